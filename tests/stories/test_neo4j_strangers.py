"""Many users of one Neo4j, with names and words meant to break out of a query or a search: nobody meets another's."""

from collections.abc import Iterator
from uuid import uuid4

import pytest

from graphmem import Memory
from graphmem.errors import GraphmemError
from graphmem.stores.neo4j import Neo4jStore
from graphmem.stores.neo4j.area import token_of
from tests.servers import Server

pytestmark = pytest.mark.neo4j

USERS = (
    "ann",
    "Ann",
    "ann ",
    "ann/bob",
    "ann'",
    'ann" OR "a"="a',
    "ann\\",
    "$space",
    "ann\nbob",
    "100%20ann",
    "*",
    "ann@example.org-s1",
    "\u202eann",
    "\U0001f600" * 512,
)

WORDS = (
    'a OR b" +token:(*) \\',
    "*:* OR stems:[* TO *]",
    "+token:{token} +stems:secret",
    "{token}",
    "' RETURN 1 UNION MATCH (n) DETACH DELETE n //",
    "}) DETACH DELETE n //",
    "$space `label` {{param}}",
    "fuzzy~2 boost^9 AND NOT (a && b) || !c",
    "\u05e9\u05dc\u05d5\u05dd \u0645\u0631\u062d\u0628\u0627 \u202e",
    "/regular.*expression/",
)


@pytest.fixture
def memory(neo4j_server: Server) -> Iterator[Memory]:
    with (
        neo4j_server.driver() as driver,
        Memory(
            Neo4jStore(driver, database=neo4j_server.database), org_id=f"strangers-{uuid4().hex}", extractor="none"
        ) as memory,
    ):
        yield memory


def test_users_with_odd_names_and_the_same_ids_never_meet(memory: Memory) -> None:
    fact = {"subject": "Kim", "predicate": "likes", "object": "Acme"}
    for number, user in enumerate(USERS):
        memory.add(f"The secret is {number}.", user_id=user, session_id="s1", source_id="note")
        memory.add_facts([{"text": f"Kim likes Acme for {number}.", **fact}], user_id=user)
    for number, user in enumerate(USERS):
        met = [hit.text for hit in memory.recall("secret Kim Acme", user_id=user, session_id="s1", limit=100).hits]
        assert met
        assert all(text.rstrip(".").endswith(f" {number}") for text in met)
        assert [each.text for each in memory.facts(user_id=user, entity="kim")] == [f"Kim likes Acme for {number}."]
        assert memory.stats(user_id=user).facts == 1


def test_the_languages_of_search_and_query_are_only_words(memory: Memory) -> None:
    memory.add("The secret is marzipan.", user_id="other")
    secret = memory.facts(user_id="other")
    space = memory.scoped(user_id="other")._scope({}).owned  # whose token an attacker might learn
    for number, word in enumerate(WORDS):
        text = word.replace("{token}", token_of(space, "episode"))
        user = f"user {number}"
        memory.add(f"{text} secret", user_id=user, session_id=text, source_id=text, title=text)
        memory.add_facts([{"text": text, "subject": text, "predicate": "likes", "object": text[::-1]}], user_id=user)
        for question in (text, "secret"):
            recall = memory.recall(question, user_id=user, session_id=text)
            assert recall.hits
            assert "marzipan" not in str(recall)
        assert len(memory.facts(user_id=user, entity=text)) == 1
    assert memory.facts(user_id="other") == secret
    assert memory.stats(user_id="other").episodes == 1


def test_what_is_as_long_as_may_be_is_kept_or_refused_whole(memory: Memory) -> None:
    longest = ("The secret is kept. " * 50_000)[:1_000_000]
    memory.add(longest, user_id="long")
    assert memory.stats(user_id="long").episodes == 1
    endless = "x" * 100_000
    for call in (
        lambda: memory.add("Fine.", user_id="ends", source_id=endless),
        lambda: memory.add_facts(
            [{"text": "Kim likes it.", "subject": endless, "predicate": "likes", "object": "Kim"}], user_id="ends"
        ),
        lambda: memory.add_facts(
            [{"text": "Kim likes it.", "subject": "Kim", "predicate": endless, "object": "Acme"}], user_id="ends"
        ),
        lambda: memory.add({"role": "user", "name": endless, "content": "Fine too."}, user_id="ends"),
        lambda: memory.recall(endless[:32_000], user_id="ends"),
    ):
        before = memory.stats(user_id="ends")
        try:
            call()
        except GraphmemError:  # refused; either will do
            after = memory.stats(user_id="ends")
            assert (after.episodes, after.facts) == (before.episodes, before.facts)
