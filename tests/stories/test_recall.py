"""What people tell an agent, and what they expect it to know later."""

from datetime import UTC, datetime

from graphmem import Memory


def said_in(recall: object) -> str:
    return str(recall)


def test_a_diet_told_once_is_known_in_a_new_session(memory: Memory) -> None:
    memory.add("I'm vegetarian and I'm allergic to nuts.", user_id="ada", session_id="monday")
    memory.add("The meeting with the printers went well.", user_id="ada", session_id="tuesday")
    found = memory.recall("Suggest a place for dinner that I can eat at.", user_id="ada", session_id="friday")
    assert "vegetarian" in str(found)
    assert "nuts" in found.context()


def test_a_preference_told_on_one_trip_is_known_on_the_next(memory: Memory) -> None:
    memory.add("For this trip to Rome: I prefer small boutique hotels.", user_id="ada", session_id="rome")
    memory.add("The train to Porto leaves at nine.", user_id="ada", session_id="porto")
    found = memory.recall("What kind of hotel do I like?", user_id="ada", session_id="porto")
    assert "boutique" in found.hits[0].text


def test_two_facts_told_apart_answer_a_question_about_both_and_show_the_path(memory: Memory) -> None:
    memory.add("Alice works at Acme.", user_id="ada")
    memory.add("The canteen closes at two.", user_id="ada")
    memory.add("Acme is in Berlin.", user_id="ada")
    found = memory.recall("Which city does Alice work in?", user_id="ada")
    chained = next(hit for hit in found if hit.path and len(hit.path) == 2)
    assert [step.text for step in chained.path.steps] == ["Alice works at Acme.", "Acme is in Berlin."]
    assert chained.path.steps[0].via == "Acme"
    assert (chained.path.start, chained.path.end) == ("Alice", "Berlin")
    assert found.enough


def test_of_many_turns_that_one_leads_to_only_a_few_are_brought_forward(memory: Memory) -> None:
    memory.add("Alice works at Acme.", user_id="ada")
    for city in ("Berlin", "Oslo", "Porto", "Turin", "Ghent", "Lyon"):
        memory.add(f"Acme has an office in {city}.", user_id="ada")
    found = memory.recall("Which city does Alice work in?", user_id="ada", limit=20)
    assert 0 < sum("path" in hit.signals for hit in found) <= 5


def test_whom_a_team_mate_knows_is_found_through_the_client_met_last_week(memory: Memory) -> None:
    monday = datetime(2025, 6, 9, 9, tzinfo=UTC)
    memory.add("I met a new client last week, Jonas Weber from Nordwind.", user_id="ada", at=monday)
    memory.add("Priya is on my team.", user_id="ada", at=monday)
    memory.add("Tom is on my team.", user_id="ada", at=monday)
    memory.add("Priya went to school with Jonas Weber.", user_id="ada", at=monday)
    memory.add("The printer on the third floor is broken again.", user_id="ada", at=monday)
    question = "Who on my team also knows the client I met last week?"
    found = memory.recall(question, user_id="ada", limit=3, at=monday)
    paths = [hit.path.steps for hit in found if hit.path]
    who = next(steps for steps in paths if steps[-1].text == "Priya is on the user's team.")
    assert "Priya went to school with Jonas Weber." in [step.text for step in who]
    assert "Jonas Weber" in [step.via for step in who]


def test_a_question_about_now_gets_the_new_employer_and_one_about_then_the_old(memory: Memory) -> None:
    memory.add("I work at Acme.", user_id="ada", at=datetime(2024, 1, 10, tzinfo=UTC))
    memory.add("I work at Beta now.", user_id="ada", at=datetime(2024, 9, 2, tzinfo=UTC))
    now = memory.recall("Where do I work?", user_id="ada")
    then = memory.recall("Where do I work?", user_id="ada", at=datetime(2024, 3, 1, tzinfo=UTC))
    assert "Beta" in now.hits[0].text
    assert not now.hits[0].is_outdated
    assert "Acme" in then.hits[0].text
    assert [hit.is_outdated for hit in now if "Acme" in hit.text] == [True]


def test_what_we_learned_later_was_not_known_before(memory: Memory) -> None:
    memory.add("I live in Porto.", user_id="ada", at=datetime(2024, 1, 10, tzinfo=UTC))
    [lisbon] = [change for change in memory.add("I moved to Lisbon.", user_id="ada") if change.kind == "added"]
    assert lisbon.at is not None
    as_known_before = memory.facts(
        user_id="ada", predicate="lives_in", known_at=lisbon.at.replace(year=lisbon.at.year - 1)
    )
    assert as_known_before == []
    assert [fact.object for fact in memory.facts(user_id="ada", predicate="lives_in")] == ["Lisbon"]


def test_a_question_about_nothing_kept_is_not_answered(memory: Memory) -> None:
    memory.add("Ada works at Acme. Acme is in Lisbon.", user_id="ada")
    assert not memory.recall("Which sonata did the violinist play in Vienna?", user_id="ada").enough
    assert not memory.recall("Where does Ada work?", user_id="nobody").hits
