"""What waits to be read: by several hands at once, cut off, forgotten or replaced meanwhile."""

import threading

import pytest

from graphmem import Memory
from graphmem.errors import InvalidInput
from graphmem.testing import ScriptedModel
from tests import model_server as played
from tests.stories.language_models.seen import AT_ACME, IN_LISBON, episode_of, texts


def test_what_two_catch_up_on_at_once_is_kept_once(model, server, tmp_path) -> None:
    path = tmp_path / "memory.db"
    server.tells("moved to Lisbon", IN_LISBON)
    server.plays(played.wrong_key)
    with Memory(path, extractor="openai", model=model) as memory:
        memory.add("I moved to Lisbon.", user_id="ada")
        both = threading.Barrier(2)

        def catch_up(_: object = None) -> None:
            with Memory(path, extractor="openai", model=ScriptedModel(together)) as other:
                other.catch_up(user_id="ada")

        def together(_: object) -> str:
            both.wait(600)  # for the other hand, on however busy a machine
            return server.says(server.asked[0])

        hands = [threading.Thread(target=catch_up) for _ in range(2)]
        for hand in hands:
            hand.start()
        for hand in hands:
            hand.join()
        assert texts(memory) == ["The user lives in Lisbon."]
        assert episode_of(memory, "Lisbon").state == "done"


def test_what_was_cut_off_while_the_model_read_is_kept_and_caught_up(model, server, tmp_path) -> None:
    def dies(_: object) -> str:
        raise KeyboardInterrupt

    path = tmp_path / "memory.db"
    server.tells("moved to Lisbon", IN_LISBON)
    with Memory(path, extractor="openai", model=ScriptedModel(dies)) as memory, pytest.raises(KeyboardInterrupt):
        memory.add("I moved to Lisbon.", user_id="ada", source_id="m1")
    with Memory(path, extractor="openai", model=model) as memory:
        assert episode_of(memory, "Lisbon").state == "pending"
        assert memory.add("I moved to Lisbon.", user_id="ada", source_id="m1")[0].reason == "this episode is known"
        assert memory.catch_up(user_id="ada").episodes == 1
        assert texts(memory) == ["The user lives in Lisbon."]


def test_what_was_forgotten_while_it_waited_is_not_read(memory, server) -> None:
    server.always_plays(played.down)
    memory.add("I moved to Lisbon.", user_id="ada", source_id="m1")
    memory.forget(user_id="ada", source_id="m1")
    server.always_plays(None)
    asked = len(server.asked)
    assert memory.catch_up(user_id="ada").episodes == 0
    assert len(server.asked) == asked


def test_what_was_replaced_while_it_waited_is_read_in_its_new_words(memory, server) -> None:
    server.tells("moved to Lisbon", IN_LISBON)
    server.tells("work at Acme", AT_ACME)
    server.always_plays(played.down)
    memory.add("I moved to Lisbon.", user_id="ada", source_id="m1")
    memory.add("I work at Acme.", user_id="ada", source_id="m1", replace=True)
    server.always_plays(None)
    assert memory.catch_up(user_id="ada").episodes == 1
    assert texts(memory) == ["The user works at Acme."]


def test_one_owner_catches_up_on_their_own_memory_alone(memory, server) -> None:
    server.always_plays(played.down)
    memory.add("I moved to Lisbon.", user_id="bob")
    server.always_plays(None)
    assert memory.catch_up(user_id="ada").episodes == 0
    assert memory.catch_up(user_id="bob").episodes == 1


def test_what_waits_in_a_session_is_caught_up_on_too(memory, server) -> None:
    server.always_plays(played.down)
    memory.add({"role": "tool", "content": "Flight 7 leaves Lisbon at noon."}, user_id="ada", session_id="s1")
    memory.add("I moved to Lisbon.", user_id="ada", session_id="s1")
    server.always_plays(None)
    assert memory.catch_up(user_id="ada").pending == 0


def test_a_memory_read_by_rules_has_nothing_to_catch_up_on() -> None:
    with Memory(":memory:") as memory, pytest.raises(InvalidInput, match='extractor="openai"'):
        memory.catch_up(user_id="ada")
