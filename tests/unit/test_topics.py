"""What a document without a title is about."""

import pytest

from graphmem.extraction.topics import topic_of


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Jane Roe (born 1 May 1822) was a miller. She lived in Orsk.", "Jane Roe"),
        ("The Orsk Mill, also known as Blue Mill, is a mill.", "The Orsk Mill"),
        ("Maria Berg, Countess of Orsk was the owner.", "Maria Berg, Countess of Orsk"),
        ('"How I Met Your Mother" is a series.', "How I Met Your Mother"),
        ("Orsk refers to several towns.", "Orsk"),
        ("The 1996 Orsk Cup Final took place at the mill.", "The 1996 Orsk Cup Final"),
        ("The 2018 Orsk Awards will be held there.", "The 2018 Orsk Awards"),
        ("I Cover the Mill is a 1955 film.", "I Cover the Mill"),
        ("The Orsk Terrier also known as the Ratter is a dog.", "The Orsk Terrier"),
        ("Maria Roe, née Berg, (1742-1820) was a singer.", "Maria Roe"),
        ("Millea, the alias of Jane Roe, is a composer.", "Millea"),
        ("Maria of Orsk, princess of the old mill and of the new one, was rich.", "Maria of Orsk"),
    ],
)
def test_a_definition_says_what_it_is_about(text: str, name: str) -> None:
    topic = topic_of(text)
    assert topic is not None
    assert (topic.name, topic.is_defined) == (name, True)


@pytest.mark.parametrize(
    ("text", "others"),
    [
        ("Jana Doe, professionally known as Janka, was a miller.", ["Janka"]),
        ("Orsk Mill, also called the Blue Mill or Old Mill, is a mill.", ["Blue Mill", "Old Mill"]),
        ("Jane Roe (born Jane Doe; 1 May 1822) was a miller.", ["Jane Doe"]),
        ("Jane Roe (née Berg; 1822) was a miller.", []),
        ("Jane Roe (born Porto, 1822) was a miller.", []),
        ("The Pearl, known by its Chinese name Zhujiang, is a river.", []),
        ('Robert "Bo" Roe Jr. was a miller.', ["Bo Roe"]),
        ('Prince "Bo" Karl of Orsk was a miller.', []),
        ("Michael Francklin or Franklin was a miller.", ["Franklin"]),
        ("Sayyida Roe, simply known as Sayyida, was a miller.", []),
        ("Jana Doe (born 1822), better known by her pen name Janka Roe, was a poet.", ["Janka Roe"]),
        ("Orsk Mill Works (OMW) is a firm.", ["OMW"]),
        ("Orsk Mill Works (TLA; 1822) is a firm.", []),
        ('The Blue Mill (German: "Blaue Mühle"; built 1822) is a mill.', ["Blaue Mühle"]),
        ('The Blue Mill (in German "Blaue Mühle") is a mill.', ["Blaue Mühle"]),
        ("Jana Doe (Orsk, 1 May 1822) was a miller.", []),
        ("Éva Roe, known as Émilie Berg, was a miller.", ["Émilie Berg"]),
    ],
)
def test_a_definition_gives_other_names(text: str, others: list[str]) -> None:
    topic = topic_of(text)
    assert topic is not None
    assert list(topic.others) == others


@pytest.mark.parametrize(
    ("text", "name", "is_defined"),
    [
        ("Une partie de rien (A Piece) is a 1975 film.", "Une partie de rien", True),
        ("Acral rust is a disease of rye.", "Acral rust", True),
        ("A tide mill is a mill that the tide drives.", "tide mill", False),
        ("# Orsk Mill\n\nIt was built in 1822.", "Orsk Mill", True),
    ],
)
def test_what_is_not_written_like_a_name_may_be_defined_too(text: str, name: str, is_defined: bool) -> None:
    topic = topic_of(text)
    assert topic is not None
    assert (topic.name, topic.is_defined) == (name, is_defined)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ('"So Blue" is a song of the mill.', "So Blue"),
        ('" All the Rye I Want," also sung as "Rye", was a song.', "All the Rye I Want"),
        ('"Grind It (Slowly)" (1974) is a song.', "Grind It (Slowly)"),
    ],
)
def test_a_quoted_title_is_a_name_however_it_begins(text: str, name: str) -> None:
    topic = topic_of(text)
    assert topic is not None
    assert (topic.name, topic.is_defined) == (name, True)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("The Orsk Knights football team was founded by millers.", "The Orsk Knights football team"),
        ("The 1901 Orsk mill strike was long.", "The 1901 Orsk mill strike"),
        ("Conn mac Roe was king of Orsk.", "Conn mac Roe"),
    ],
)
def test_the_noun_behind_a_name_belongs_to_it(text: str, name: str) -> None:
    topic = topic_of(text)
    assert topic is not None
    assert (topic.name, topic.is_defined) == (name, True)


@pytest.mark.parametrize(
    "text", ["Jane Roe née Berg was rich.", "Jane Roe later was rich.", "Jane Roe, later Berg was rich."]
)
def test_what_is_told_of_somebody_does_not_belong_to_the_name(text: str) -> None:
    topic = topic_of(text)
    assert topic is None or not topic.is_defined or topic.name == "Jane Roe"


def test_words_of_a_place_or_a_field_may_stand_before_a_definition() -> None:
    topic = topic_of("In the lore of Orsk, Despina, Despoena or Despine, was the daughter of a miller.")
    assert topic is not None
    assert topic.name.startswith("Despina")
    assert topic_of("In June 1901, Jane Roe was elected.") is None


def test_braces_are_no_part_of_a_name() -> None:
    topic = topic_of("Jane Maria Roe {order: first} (born 1822) was a miller.")
    assert topic is not None
    assert topic.name == "Jane Maria Roe"


@pytest.mark.parametrize(
    "text",
    [
        "Jane Roe (1801-1877) owned it. She was rich.",
        "Jane Roe: Hey Bo! 😊 I was at the mill.",
        "Born in Orsk, she was a miller.",
    ],
)
def test_a_definition_ends_with_its_sentence(text: str) -> None:
    topic = topic_of(text)
    assert topic is None or not topic.is_defined


@pytest.mark.parametrize("text", ["Jane Roe built a mill. It was blue.", "Jane Roe"])
def test_a_document_may_open_with_a_name_without_saying_what_it_is(text: str) -> None:
    topic = topic_of(text)
    assert topic is not None
    assert (topic.name, topic.is_defined) == ("Jane Roe", False)


@pytest.mark.parametrize(
    "text",
    [
        "She was a miller.",
        "In Orsk the mill was sold.",
        "The mill is old.",
        "Direct action stops the mill.",
        "Millers sold it. Millers own it.",
        "Many people are tall.",
        "",
        " \n",
        "is was",
    ],
)
def test_other_openings_name_nothing(text: str) -> None:
    assert topic_of(text) is None


def test_a_very_long_text_is_read_at_its_beginning_only() -> None:
    assert topic_of("word " * 200_000 + "Orsk is a town.") is None
