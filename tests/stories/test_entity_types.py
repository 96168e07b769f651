"""Who is a person, what a place: said by what is told of them, whatever a model takes their names for."""

from collections.abc import Callable, Sequence

from graphmem import Episode, Memory
from graphmem.models import EntityType
from graphmem.protocols import Claim, Extraction, Name, Setting

NewMemory = Callable[..., Memory]


class Mislabelling:
    """An extractor that reads "SUBJECT PREDICATE OBJECT", and takes every name for an organisation."""

    blocks = True
    identity = "mislabelling"

    async def extract(self, episodes: Sequence[Episode], settings: Sequence[Setting]) -> list[Extraction]:
        return [Extraction((self._claim(episode.text),)) for episode in episodes]

    def _claim(self, text: str) -> Claim:
        subject, predicate, object_ = (Name(word, word.lower(), "organisation") for word in text.split())
        return Claim(text, 0, len(text), subject=subject, predicate=predicate.name, object=object_)


def types(memory: Memory) -> dict[str, EntityType]:
    return {entity.name: entity.type for entity in memory.entities(user_id="ada")}


def test_where_one_lives_is_a_place_and_who_lives_there_a_person(new_memory: NewMemory) -> None:
    memory = new_memory(extractor=Mislabelling())
    memory.add(["Anna lives_in Braga", "Anna married_to Jonas", "Anna works_at Mercado"], user_id="ada")
    told = {name: type_ for name, type_ in types(memory).items() if name != "the user"}
    assert told == {"Anna": "person", "Braga": "place", "Jonas": "person", "Mercado": "organisation"}


def test_what_a_name_was_taken_for_is_put_right_by_what_is_told_later(new_memory: NewMemory) -> None:
    memory = new_memory(extractor=Mislabelling())
    memory.add("Braga sells honey", user_id="ada")
    assert types(memory)["Braga"] == "organisation"
    memory.add("Anna lives_in Braga", user_id="ada")
    assert types(memory)["Braga"] == "place"


def test_one_wrong_relation_is_outvoted_by_those_known(new_memory: NewMemory) -> None:
    memory = new_memory(extractor=Mislabelling())
    memory.add(["Anna lives_in Braga", "Tom lives_in Braga"], user_id="ada")
    memory.add("Braga works_at Acme", user_id="ada")
    assert types(memory)["Braga"] == "place"


def test_a_country_is_a_place_whatever_it_is_taken_for(new_memory: NewMemory) -> None:
    memory = new_memory(extractor=Mislabelling())
    memory.add("Portugal sells honey", user_id="ada")
    assert types(memory)["Portugal"] == "place"


def test_a_first_name_that_opens_a_sentence_is_a_name(memory: Memory) -> None:
    memory.add("Nate lives in Lisbon.", user_id="ada")
    assert types(memory)["Nate"] == "person"


def test_a_noun_stays_a_noun(memory: Memory) -> None:
    memory.add("The plumber lives in Lisbon.", user_id="ada")
    assert types(memory).keys() == {"Lisbon", "the user"}
