"""Programs written for Mem0 run after changing one import, and keep what they were told."""

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from graphmem.compat.mem0 import AsyncMemory, Mem0Difference, Memory, MemoryClient
from graphmem.errors import InvalidInput, ScopeMissing
from tests.model_server import KEY, ModelServer, fact

PROGRAMS = Path(__file__).resolve().parents[1] / "mem0_programs"

Run = Callable[[str], dict[str, Any]]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a program of Mem0's with another import, in a store of its own."""
    monkeypatch.setenv("GRAPHMEM_URL", str(tmp_path / "memory.db"))

    def ran(name: str) -> dict[str, Any]:
        program = (PROGRAMS / f"{name}.py").read_text(encoding="utf-8")
        assert program.count("from mem0 import") == 1
        names: dict[str, Any] = {"__name__": name}
        exec(compile(program.replace("from mem0 import", "from graphmem.compat.mem0 import"), name, "exec"), names)
        return names["main"]()

    return ran


@pytest.fixture
def memory() -> Iterator[Memory]:
    with Memory({"vector_store": {"config": {"path": ":memory:"}}}) as memory:
        yield memory


def texts(answer: dict[str, Any]) -> list[str]:
    return [entry["memory"] for entry in answer["results"]]


# programs


def test_a_chatbot_finds_what_it_was_told(run: Run) -> None:
    told = run("chatbot")
    assert any("Greek" in text for text in told["known"])
    assert "short exercises" in told["prompts"][-1]
    assert not any("patient tutor" in text for text in told["known"]), "a prompt is no memory"


def test_users_do_not_see_each_other(run: Run) -> None:
    told = run("many_users")
    assert ["bicycle" in text for text in told["found"]["mara"]] == [True]
    assert ["kayak" in text for text in told["found"]["otto"]] == [True]
    assert told["left"] == {"mara": 1, "otto": 0}


def test_agents_and_runs_of_a_user_are_told_apart(run: Run) -> None:
    told = run("agents")
    assert told["travel"] == ["Window seats only."]
    assert told["cook"] == ["Allergic to peanuts."]
    assert told["of the cook itself"] == ["I answer in two sentences."]
    assert told["monday"] == ["Draft four is the good one."]
    assert len(told["kim"]) == 3
    assert told["after monday"] == ["Allergic to peanuts.", "Window seats only."]


def test_metadata_chooses(run: Run) -> None:
    told = run("metadata")
    assert told["hobbies"] == ["Likes hiking in the Alps.", "Plays the cello in a quartet."]
    assert told["urgent"] == ["Plays the cello in a quartet.", "Works as a carpenter."]
    assert told["both"] == ["Plays the cello in a quartet."]
    assert told["either"] == ["Likes hiking in the Alps.", "Works as a carpenter."]
    assert told["metadata"] == [{"category": "work", "priority": 5}]


def test_a_memory_keeps_its_id_through_corrections(run: Run) -> None:
    told = run("editing")
    assert told["texts"] == ["Likes tea.", "Likes coffee."]
    assert (told["is the same"], told["has changed"], told["was updated"]) == (True, True, True)
    assert told["events"] == [
        ("ADD", None, "Likes tea."),
        ("UPDATE", "Likes tea.", "Likes coffee."),
        ("UPDATE", "Likes coffee.", "Likes coffee."),
    ]
    assert (told["gone"], told["last"], told["twice"]) == (None, "DELETE", "there is none")


def test_a_service_awaits(run: Run) -> None:
    told = run("awaited")
    assert told["rooms"] == [[f"Room {number} for guest{number}."] for number in range(4)]
    assert told["moved"] == "Room 12 for guest0."
    assert told["events"] == ["ADD", "UPDATE"]
    assert told["left"] == []


def test_the_hosted_quickstart_needs_no_server(run: Run) -> None:
    told = run("platform")
    assert any("nuts" in text for text in told["found"])
    count, shown, following = told["page"]
    assert (shown, following) == (2, "?page=2&page_size=2")
    assert count > 2
    assert told["updated"] == "Noor has a sister in Oslo."
    assert told["events"] == ["ADD", "UPDATE"]
    assert told["users"] == [("user", "noor")]
    assert told["left"] == []


# what becomes of a text


def test_a_plain_text_is_kept_though_nothing_is_read_in_it(memory: Memory) -> None:
    [added] = memory.add("Likes to play chess on Sundays", user_id="ana")["results"]
    assert (added["event"], added["memory"]) == ("ADD", "Likes to play chess on Sundays")
    assert texts(memory.search("chess", user_id="ana")) == ["Likes to play chess on Sundays"]


def test_a_greeting_is_no_memory(memory: Memory) -> None:
    assert memory.add("hello", user_id="ana") == {"results": []}


def test_a_repetition_is_told_as_none_with_the_same_id(memory: Memory) -> None:
    [first] = memory.add("Ana works at Acme.", user_id="ana")["results"]
    [again] = memory.add("Ana works at Acme.", user_id="ana")["results"]
    assert (again["event"], again["id"]) == ("NONE", first["id"])
    assert len(texts(memory.get_all(user_id="ana"))) == 1


def test_a_changed_mind_updates_the_memory_that_was_there(memory: Memory) -> None:
    [porto] = memory.add("I live in Porto.", user_id="ana")["results"]
    [moved] = memory.add("I moved to Lisbon.", user_id="ana")["results"]
    assert (moved["event"], moved["id"], moved["previous_memory"]) == ("UPDATE", porto["id"], porto["memory"])
    [known] = memory.get_all(user_id="ana")["results"]
    assert (known["id"], known["memory"]) == (porto["id"], moved["memory"])
    assert [change["event"] for change in memory.history(porto["id"])] == ["ADD", "UPDATE"]


def test_a_chained_question_brings_every_memory_of_the_path(memory: Memory) -> None:
    memory.add("Ada works at Acme. Acme is in Lisbon.", user_id="ada")
    found = texts(memory.search("Which city does Ada work in?", user_id="ada"))
    assert {"Ada works at Acme.", "Acme is in Lisbon."} <= set(found)


def test_a_correction_is_in_the_words_of_the_program(memory: Memory) -> None:
    [added] = memory.add("I love tennis.", user_id="ana")["results"]
    memory.update(added["id"], data="I love squash.")
    assert memory.get(added["id"])["memory"] == "I love squash."  # type: ignore[index]
    with pytest.warns(Mem0Difference, match="refused"):
        again = memory.add("I love tennis.", user_id="ana")["results"]
    assert not any(event["event"] == "ADD" and "tennis" in event["memory"] for event in again)


def test_what_is_deleted_leaves_no_word(memory: Memory, tmp_path: Path) -> None:
    path = tmp_path / "memory.db"
    with Memory({"vector_store": {"config": {"path": str(path)}}}) as kept:
        [added] = kept.add("Zanzibarine is the password.", user_id="ana", infer=False)["results"]
        kept.update(added["id"], "Quokkadrome is the password.")
        kept.delete(added["id"])
    stored = path.read_bytes()
    assert b"anzibarine" not in stored
    assert b"uokkadrome" not in stored


def test_what_was_deleted_comes_back_when_a_program_states_it_again_and_not_from_a_chat(memory: Memory) -> None:
    chat = [{"role": "user", "content": "Ana works at Acme."}]
    [added] = memory.add(chat, user_id="ana")["results"]
    memory.delete(added["id"])
    with pytest.warns(Mem0Difference, match="refused"):
        assert memory.add(chat, user_id="ana") == {"results": []}
    assert texts(memory.get_all(user_id="ana")) == []
    [stated] = memory.add("Ana works at Acme.", user_id="ana", infer=False)["results"]
    assert (stated["event"], texts(memory.get_all(user_id="ana"))) == ("ADD", ["Ana works at Acme."])


def test_a_text_that_was_said_in_two_runs_is_found_in_both_and_left_by_one(memory: Memory) -> None:
    for run in ("one", "two"):
        memory.add("Ana is in Rome.", user_id="ana", run_id=run, infer=False)
    assert [texts(memory.get_all(user_id="ana", run_id=run)) for run in ("one", "two")] == [["Ana is in Rome."]] * 2
    memory.delete_all(user_id="ana", run_id="one")
    assert [texts(memory.get_all(user_id="ana", run_id=run)) for run in ("one", "two")] == [[], ["Ana is in Rome."]]


def test_a_memory_is_hidden_once_its_day_is_over(memory: Memory) -> None:
    [added] = memory.add("The code is 12.", user_id="ana", infer=False, expiration_date="2020-01-31")["results"]
    assert texts(memory.get_all(user_id="ana")) == texts(memory.search("code", user_id="ana")) == []
    [shown] = memory.get_all(user_id="ana", show_expired=True)["results"]
    assert (shown["expiration_date"], shown["metadata"]) == ("2020-01-31", None)
    memory.update(added["id"], expiration_date=None)
    assert texts(memory.get_all(user_id="ana")) == ["The code is 12."]


def test_the_time_of_a_text_is_the_time_it_is_dated_by(memory: Memory) -> None:
    memory.add("I went to Rome yesterday.", user_id="ana", timestamp=1_714_564_800)
    assert "2024-04-30" in texts(memory.get_all(user_id="ana"))[0]


def test_a_run_may_be_the_only_owner(memory: Memory) -> None:
    memory.add("Step two failed.", run_id="r1", infer=False)
    [known] = memory.get_all(run_id="r1")["results"]
    assert (known["run_id"], "user_id" in known) == ("r1", False)
    assert texts(memory.get_all(run_id="r2")) == []
    assert texts(memory.get_all(user_id="r1")) == []


def test_owners_of_one_filter_are_asked_each(memory: Memory) -> None:
    for user in ("ana", "bo", "cy"):
        memory.add(f"{user} was here.", user_id=user, infer=False)
    filters = {"OR": [{"user_id": "ana"}, {"user_id": {"in": ["bo"]}}]}
    assert sorted(texts(memory.get_all(filters=filters))) == ["ana was here.", "bo was here."]


def test_what_a_user_told_one_agent_or_app_is_forgotten_and_nothing_else() -> None:
    with MemoryClient(host=":memory:") as client:
        for mark in ({}, {"agent_id": "cook"}, {"app_id": "shop"}, {"agent_id": "cook", "run_id": "one"}):
            client.add(f"Said with {sorted(mark)}.", user_id="ana", infer=False, **mark)
        client.add("Said by the cook.", agent_id="cook", infer=False)
        client.delete_all(user_id="ana", agent_id="cook")
        left = texts(client.get_all(filters={"user_id": "ana"}))
        assert sorted(left) == ["Said with ['app_id'].", "Said with []."]
        client.delete_all(filters={"AND": [{"user_id": "ana"}, {"app_id": "shop"}]})
        assert texts(client.get_all(filters={"user_id": "ana"})) == ["Said with []."]
        assert texts(client.get_all(filters={"agent_id": "cook"})) == ["Said by the cook."]


def test_an_id_may_be_a_number_or_a_uuid(memory: Memory) -> None:
    for user_id in (7, UUID(int=7)):
        memory.add("Likes tea.", user_id=user_id, infer=False)
        [known] = memory.get_all(filters={"user_id": user_id})["results"]
        assert known["user_id"] == str(user_id)


def test_the_language_model_of_the_settings_reads_what_is_added() -> None:
    server = ModelServer()
    server.tells("moved to Lisbon", fact("the user", "lives_in", "Lisbon", "The user lives in Lisbon."))
    model = {"provider": "openai", "config": {"model": "stub-1", "api_key": KEY, "openai_base_url": server.url}}
    config = {"llm": model, "vector_store": {"provider": "qdrant", "config": {"path": ":memory:"}}}
    with Memory.from_config(config) as memory:
        [added] = memory.add([{"role": "user", "content": "I moved to Lisbon."}], user_id="ana")["results"]
        assert (added["event"], added["memory"]) == ("ADD", "The user lives in Lisbon.")
        assert texts(memory.search("Where does the user live?", user_id="ana")) == ["The user lives in Lisbon."]
        assert memory.native.usage.calls == 1
    server.close()


# what is refused, and what is passed over


@pytest.mark.parametrize("ids", [{}, {"user_id": ""}, {"user_id": "  "}, {"user_id": "*"}, {"agent_id": "*"}])
def test_nobody_is_everybody(memory: Memory, ids: dict[str, str]) -> None:
    memory.add("Likes tea.", user_id="ana", infer=False)
    for call in (
        lambda: memory.delete_all(**ids),
        lambda: memory.get_all(filters=ids),
        lambda: memory.search("tea", **ids),
        lambda: memory.add("x", **ids),
    ):
        with pytest.raises(ScopeMissing):
            call()
    assert texts(memory.get_all(user_id="ana")) == ["Likes tea."]


def test_a_filter_cannot_reach_another_user(memory: Memory) -> None:
    memory.add("Likes tea.", user_id="ana", infer=False)
    with pytest.raises(InvalidInput):
        memory.search("tea", user_id="bo", filters={"user_id": "ana"})
    for filters in (
        {"user_id": "bo", "OR": [{"user_id": "ana"}, {"user_id": "bo"}]},
        {"user_id": "bo", "NOT": [{"user_id": "bo"}]},
    ):
        assert texts(memory.search("tea", filters=filters)) == []
        assert texts(memory.get_all(filters=filters)) == []


def test_a_filter_that_never_ends_is_refused(memory: Memory) -> None:
    filters: dict[str, Any] = {"user_id": "ana"}
    for _ in range(5000):
        filters = {"AND": [filters]}
    with pytest.raises(InvalidInput, match="too deep"):
        memory.get_all(filters=filters)


def test_deleting_by_what_is_no_id_is_refused_and_not_widened(memory: Memory) -> None:
    client = MemoryClient(host=":memory:")
    client.add("Likes tea.", user_id="ana", infer=False)
    for more in ({"filters": {"category": "tea"}}, {"metadata": {"a": 1}}):
        with pytest.raises(InvalidInput):
            client.delete_all(user_id="ana", **more)
    with pytest.raises(ScopeMissing):
        client.delete_users()
    assert client.get_all(filters={"user_id": "ana"})["count"] == 1
    client.close()


@pytest.mark.parametrize("unknown", ["00000000-0000-0000-0000-000000000000", "", "nul\x00", "\ud800", 7, None])
def test_an_unknown_id_is_found_nowhere(memory: Memory, unknown: Any) -> None:
    memory.add("Likes tea.", user_id="ana", infer=False)
    assert memory.get(unknown) is None
    assert memory.history(unknown) == []
    for call in (lambda: memory.update(unknown, "x"), lambda: memory.delete(unknown)):
        with pytest.raises(ValueError, match="no memory with the id"):
            call()


def test_of_a_message_with_pictures_the_words_are_kept_and_the_rest_is_named(memory: Memory) -> None:
    picture = {"type": "image_url", "image_url": {"url": "https://example.org/cat.png"}}
    said = {"role": "user", "content": [{"type": "text", "text": "My cat is called Mog."}, picture]}
    with pytest.warns(Mem0Difference, match="image_url") as warned:
        added = memory.add([said, {"role": "user", "content": picture}], user_id="ana", infer=False)
    assert texts(added) == ["My cat is called Mog."]
    assert len(warned) == 1
    assert warned[0].filename == __file__


@pytest.mark.parametrize(
    "messages",
    [
        "",
        "  ",
        [],
        [""],
        [{"role": "user", "content": None}],
        [{"role": "assistant", "content": None, "tool_calls": []}],
    ],
)
def test_where_nothing_was_said_nothing_is_kept(memory: Memory, messages: Any) -> None:
    assert memory.add(messages, user_id="ana") == {"results": []}
    assert memory.add(messages, user_id="ana", infer=False) == {"results": []}


def test_any_text_is_kept_and_found_again(memory: Memory) -> None:
    said = [
        "Ich mag Nudeln. 🍜",
        "我喜欢吃面条",
        "'; DROP TABLE facts; --",
        '{"user_id": "*"}',
        "ᚠᛇᚻ\u200b᛫",
        "a" * 5000,
    ]
    for text in said:
        assert texts(memory.add(text, user_id="ünï-✓", infer=False)) == [text]
    assert sorted(texts(memory.get_all(user_id="ünï-✓"))) == sorted(said)
    assert texts(memory.search("Nudeln", user_id="ünï-✓", limit=10**12))[0] == said[0]


def test_one_warning_names_all_that_means_nothing(memory: Memory) -> None:
    with pytest.warns(Mem0Difference) as warned:
        memory.add("Likes tea.", user_id="ana", prompt="Only drinks.", async_mode=True, version="v2")
    [warning] = warned
    assert all(name in str(warning.message) for name in ("prompt", "async_mode", "version"))


def test_limits_and_thresholds_are_numbers(memory: Memory) -> None:
    memory.add("Likes tea.", user_id="ana", infer=False)
    assert texts(memory.search("tea", user_id="ana", top_k=0)) == []
    for wrong in ({"top_k": -1}, {"limit": "many"}, {"threshold": 2}, {"threshold": "high"}):
        with pytest.raises(InvalidInput):
            memory.search("tea", user_id="ana", **wrong)


def test_metadata_names_no_owner(memory: Memory) -> None:
    with pytest.warns(Mem0Difference, match="user_id"):
        memory.add("Likes tea.", user_id="ana", metadata={"user_id": "bo", "a": 1}, infer=False)
    [known] = memory.get_all(user_id="ana")["results"]
    assert (known["user_id"], known["metadata"]) == ("ana", {"a": 1})


def test_resetting_empties_one_collection(tmp_path: Path) -> None:
    def at(collection: str) -> Memory:
        return Memory({"vector_store": {"config": {"path": str(tmp_path), "collection_name": collection}}})

    with at("one") as one, at("two") as two:
        one.add("Likes tea.", user_id="ana", infer=False)
        two.add("Likes ink.", user_id="ana", infer=False)
        one.reset()
        assert texts(one.get_all(user_id="ana")) == []
        assert texts(two.get_all(user_id="ana")) == ["Likes ink."]


def test_an_async_memory_may_be_awaited_into_being_and_closed_by_a_call() -> None:
    async def program() -> list[str]:
        memory = await AsyncMemory.from_config({"vector_store": {"config": {"path": ":memory:"}}})
        await memory.add("Likes tea.", user_id="ana", infer=False)
        found = texts(await memory.search("tea", user_id="ana"))
        await memory.close()  # type: ignore[misc]
        return found

    assert asyncio.run(program()) == ["Likes tea."]
