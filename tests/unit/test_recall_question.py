"""What is read out of a question, and how it is matched with a conversation."""

from datetime import UTC, datetime

import numpy as np
import pytest

from graphmem.models import Entity
from graphmem.moment import to_micros
from graphmem.protocols import Lookup, Statistics
from graphmem.recall.question import (
    Words,
    date_asked,
    entities_named,
    foreign_share,
    speakers_named,
    speaks_of_self,
    word_weight,
)

SPACE = "org=acme/user=ada"


def known(*entities: Entity, speakers: frozenset[str] = frozenset()) -> Lookup:
    return Lookup(entities, Statistics(), speakers)


def entity(key: str, *, degree: int = 1, space: str = SPACE, aliases: tuple[str, ...] = ()) -> Entity:
    return Entity(space=space, key=key, name=key, degree=degree, aliases=aliases)


def test_a_longer_name_hides_the_shorter_one_inside_it() -> None:
    lookup = known(entity("anna"), entity("anna berg", degree=3))
    assert entities_named("Where does Anna Berg live?", lookup) == ["anna berg"]


def test_names_that_memory_never_met_are_foreign_but_months_and_degrees_are_nobodys_names() -> None:
    met = Statistics(episode_df={"berg": 3})
    assert foreign_share("Where did Berg do her PhD in May?", met) == 0
    assert foreign_share("Where did Berg meet Okafor in May?", met) == 1 / 2


def test_a_noun_is_asked_about_in_small_letters_and_a_name_in_capitals() -> None:
    noun = Entity(space=SPACE, key="choir", name="choir", is_common=True)
    lookup = known(noun, entity("director"), entity("titanic"))
    assert entities_named("Is the director of Titanic in the choir?", lookup) == ["titanic", "choir"]


def test_an_entity_is_found_by_its_alias() -> None:
    assert entities_named("Who is Bob?", known(entity("robert hale", aliases=("Bob",)))) == ["robert hale"]


def test_one_name_may_mean_several_and_counts_in_all_spaces() -> None:
    lookup = known(entity("anna"), entity("anna#2"), entity("anna", degree=4, space="org=acme/shared"))
    assert entities_named("Where is Anna?", lookup) == ["anna", "anna#2"]


@pytest.mark.parametrize(("question", "is_own"), [("Where do I live?", True), ("my dog", True), ("Is Ada in?", False)])
def test_i_and_my_speak_of_the_asker(question: str, is_own: bool) -> None:
    assert speaks_of_self(question) is is_own


def test_a_speaker_is_known_by_the_first_name() -> None:
    lookup = known(speakers=frozenset({"caroline hale", "will"}))
    assert speakers_named("Will Caroline's dog be there?", lookup) == {"caroline", "will"}
    assert speakers_named("What will Caroline do?", lookup) == {"caroline"}


def test_rare_words_weigh_more_than_common_ones_and_words_without_topic_least() -> None:
    weight = word_weight(Statistics(episodes=100, episode_df={"dog": 50, "viola": 1}))
    assert weight("the") < weight("dog") < weight("viola") < weight("unheard")


def test_words_that_memory_lacks_are_counted_as_unknown() -> None:
    words = Words.of(["viola", "unheard"], Statistics(episodes=10, episode_df={"viola": 1}), limit=24)
    assert words.stems == ["viola"]
    assert words.unknown > 0


def test_the_overlap_of_a_text_grows_with_shared_words_and_falls_with_its_length() -> None:
    words = Words({"dog": 2.0, "viola": 3.0})
    viola = words.mask(["viola", "tree"])
    short, long, other = words.overlap(np.array([viola, viola, 0]), np.array([1, 4, 2], dtype=np.int32))
    assert short > long > other == 0.0


def test_a_date_in_the_question_is_matched_as_far_as_it_goes() -> None:
    said = np.array([to_micros(datetime(2024, 5, 7, tzinfo=UTC))])
    fits = {
        question: float(date_asked(question).fits(said)[0])
        for question in (
            "What happened on 7 May, 2024?",
            "What happened in May 2024?",
            "And in June 2024?",
            "What did I say on 2024-05-07?",
            "Who came on 20240507?",
            "Is 20240599 paid?",
            "May I ask?",
            "Who?",
        )
    }
    assert list(fits.values()) == [2.0, 1.0, 0.0, 2.0, 2.0, 0.0, 0.0, 0.0]
