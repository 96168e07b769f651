"""What a new statement does to what is known. No statement may close what it does not certainly contradict."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphmem.models import Evidence, Fact
from graphmem.reconcile import TRUST, Decision, decide, slots

SPACE = "org=a/user=ada"
VERBS = {
    "lives_in": "lives in",
    "works_at": "works at",
    "job": "is a",
    "likes": "likes",
    "dislikes": "dislikes",
    "has": "has",
    "married_to": "is married to",
    "partner": "is with",
    "girlfriend": "is with",
    "ceo_of": "is the CEO of",
    "manager_of": "is a manager of",
    "prefers": "prefers",
    "drink": "drinks",
    "favorite_food": "most likes to eat",
}


def day(year, month=1, day=1):
    return datetime(year, month, day, tzinfo=UTC)


def fact(predicate, object_, *, subject="Ada", since=2024, **fields):
    """A fact as extraction gives it: "Ada lives in Porto", every object an entity."""
    verb = VERBS.get(predicate or "", predicate)
    given = {
        "id": f"{subject} {predicate} {object_} {since} {sorted(fields)}",
        "space": SPACE,
        "text": f"{subject} {verb} {object_}",
        "subject": subject,
        "subject_key": subject.lower(),
        "predicate": predicate,
        "object": object_,
        "object_key": object_.lower() if object_ else None,
        "valid_from": day(since) if isinstance(since, int) else since,
    }
    return Fact(**{**given, **fields})


def decided(new, *known, operation="assert", **given):
    """The decision about `new`, with every known fact in the slots where a store would find it."""

    def is_in(slot, other):
        mine = other.subject_key == slot.subject if slot.subject else other.object_key == slot.object
        return other.predicate == slot.predicate and mine

    found = {slot: [other for other in known if is_in(slot, other)] for slot in slots(new)}
    return decide(new, operation, found, **given)


PORTO = fact("lives_in", "Porto", since=2020)
LISBON = fact("lives_in", "Lisbon")
ACME = fact("works_at", "Acme", since=2020)


# ------------------------------------------------------------------------------------------------------ the verdicts


def test_what_is_new_is_added_and_closes_nothing():
    assert decided(LISBON) == Decision("add")
    assert decided(LISBON, ACME, fact("lives_in", "Porto", subject="Ben", since=2020)) == Decision("add")


def test_what_was_rejected_is_refused_whatever_it_says():
    assert decided(LISBON, PORTO, is_rejected=True).verdict == "refuse"
    assert decided(LISBON, PORTO, operation="end", same=LISBON, is_rejected=True).closes == ()


def test_the_same_words_again_are_skipped():
    again = LISBON.model_copy(update={"id": "again"})
    assert decided(again, same=LISBON) == Decision("skip", "the same statement is known", known=LISBON)


def test_a_sentence_without_a_triple_is_skipped_when_it_is_known():
    note = fact(None, None, text="It rained all day in Porto.")
    assert decided(note, same=note).verdict == "skip"
    assert decided(note) == Decision("add")


def test_two_things_told_in_the_same_words_are_both_kept():
    text = "Ada moved from Oslo to Bergen"
    left = fact("lives_in", "Oslo", text=text, is_negated=True)
    assert decided(fact("lives_in", "Bergen", text=text), left, same=left).verdict == "add"


@pytest.mark.parametrize("operation", ["end", "retract", "assert"])
@pytest.mark.parametrize("predicate", ["member_of", "friend_of", "ceo_of", "has"])
def test_what_is_over_for_one_goes_on_for_another(operation, predicate):
    own = fact(predicate, "Acme", since=2020)
    another = fact(predicate, "Acme", subject="Ben", since=2020)
    over = fact(predicate, "Acme", is_negated=True, text="Ada is no longer with Acme")
    assert decided(over, own, another, operation=operation).closes == (own,)


def test_the_same_triple_in_other_words_is_skipped_only_if_it_says_no_more():
    known = fact("works_at", "Acme", text="Ada works at Acme in Lisbon as a baker", since=2020)
    shorter = decided(fact("works_at", "Acme"), known)
    assert (shorter.verdict, shorter.known) == ("skip", known)
    assert decided(fact("works_at", "Acme", text="Ada works at Acme at night"), known) == Decision("add")


def test_an_end_in_time_is_more_than_was_known():
    bounded = fact("works_at", "Acme", since=2020, valid_to=day(2025))
    assert decided(bounded, ACME).verdict == "add"


def test_a_newer_value_takes_the_place_of_the_older_one():
    decision = decided(LISBON, PORTO)
    assert (decision.verdict, decision.closes, decision.valid_to) == ("supersede", (PORTO,), None)
    assert decision.rule == "lives_in has one value at a time"


@pytest.mark.parametrize(
    ("predicate", "old", "new"),
    [
        ("works_at", "Acme", "Globex"),
        ("job", "baker", "German teacher"),
        ("favorite_food", "pizza", "Thai curry"),
        ("married_to", "Ben", "Carl"),
        ("prefers", "window seats", "aisle seats"),
        ("age", "34", "35"),
    ],
)
def test_relations_with_one_value_are_listed_as_data(predicate, old, new):
    assert decided(fact(predicate, new), fact(predicate, old, since=2020)).verdict == "supersede"


def test_a_relation_with_many_values_closes_none():
    assert decided(fact("has", "a cat"), fact("has", "a dog", since=2020)) == Decision("add")
    assert decided(fact("likes", "Porto"), fact("likes", "Lisbon", since=2020)) == Decision("add")


def test_liking_and_disliking_the_same_exclude_each_other():
    liked = fact("likes", "green tea", since=2020)
    assert decided(fact("dislikes", "green tea"), liked).closes == (liked,)
    assert decided(fact("dislikes", "tea"), liked) == Decision("add")
    assert decided(fact("dislikes", "green tea"), fact("likes", "tea", since=2020)) == Decision("add")


def test_a_role_has_one_holder_at_a_time():
    ben = fact("ceo_of", "Acme", subject="Ben", since=2020)
    assert decided(fact("ceo_of", "Acme", subject="Carl"), ben).closes == (ben,)
    assert decided(fact("ceo_of", "Globex", subject="Carl"), ben) == Decision("add")


def test_of_managers_there_may_be_many():
    ben = fact("manager_of", "Acme", subject="Ben", since=2020)
    assert decided(fact("manager_of", "Acme", subject="Carl"), ben) == Decision("add")


@pytest.mark.parametrize(
    ("predicate", "text"), [("dentist", "Ada's new dentist is Lisbon"), ("located_in", "Ada moved to Lisbon")]
)
def test_what_is_called_new_takes_the_place_of_the_one_before_whichever_is_learned_first(predicate, text):
    old, new = fact(predicate, "Porto", since=2020), fact(predicate, "Lisbon", text=text)
    assert decided(new, old).closes == (old,)
    assert (decided(old, new).closes, decided(old, new).valid_to) == ((), new.valid_from)
    beside = fact(predicate, "Oslo", since=2026)
    assert decided(beside, new) == Decision("add")


def test_a_new_friend_and_a_second_dentist_take_nobodys_place():
    assert (
        decided(fact("friend", "Ben", text="Ada's new friend is Ben"), fact("friend", "Carl", since=2020)).closes == ()
    )
    assert decided(fact("dentist", "Ben"), fact("dentist", "Carl", since=2020)).closes == ()


def test_the_end_of_a_state_closes_it():
    over = fact("works_at", "Acme", text="Ada no longer works at Acme", is_negated=True)
    decision = decided(over, ACME, operation="end")
    assert (decision.verdict, decision.closes, decision.rule) == ("end", (ACME,), "works_at ended")


def test_a_plain_denial_ends_the_state():
    denied = fact("works_at", "Acme", text="Ada doesn't work at Acme anymore", is_negated=True)
    assert decided(denied, ACME).closes == (ACME,)


def test_a_separation_ends_whatever_the_two_were():
    married = fact("married_to", "Ben", since=2020)
    apart = fact("partner", "Ben", text="Ada and Ben split up", is_negated=True)
    assert decided(apart, married, operation="end").closes == (married,)
    assert decided(fact("partner", "Carl", is_negated=True), married, operation="end") == Decision("add")


def test_a_state_that_ends_again_is_closed_again():
    over = fact("works_at", "Acme", text="Ada no longer works at Acme", is_negated=True, since=2025)
    assert decided(over, ACME, same=over, operation="end").closes == (ACME,)
    assert decided(over, same=over, operation="end").verdict == "skip"


def test_what_was_never_so_is_retracted():
    wrong = fact("works_at", "Acme", text="Ada never worked at Acme")
    assert decided(wrong, ACME, operation="retract").verdict == "retract"
    assert decided(wrong, ACME, operation="retract").closes == (ACME,)


def test_a_fact_of_two_slots_is_closed_once():
    held = fact("ceo_of", "Acme", since=2020)
    over = fact("ceo_of", "Acme", text="Ada is no longer the CEO of Acme", is_negated=True)
    assert len(slots(over)) == 3  # of Ada, of Acme, and of Acme as the subject
    assert decided(over, held, operation="end").closes == (held,)


def test_what_has_ended_is_known_of_the_time_before_and_begins_anew_after():
    ended = fact("works_at", "Acme", since=2020, valid_to=day(2023))
    assert decided(fact("works_at", "Acme", since=2021), same=ended).verdict == "skip"
    assert decided(fact("works_at", "Acme", since=None), same=ended).verdict == "skip"
    assert decided(fact("works_at", "Acme", since=2023), same=ended).verdict == "add"


# --------------------------------------------------------------------------------------- what never closes anything


MODALITIES = ["desire", "intention", "future", "possible", "hypothetical", "ability", "advice", "obligation"]


@pytest.mark.parametrize("operation", ["assert", "end", "retract", "past"])
@pytest.mark.parametrize("modality", MODALITIES)
def test_wishes_plans_and_possibilities_close_nothing(modality, operation):
    for new in (fact("lives_in", "Lisbon", modality=modality), fact("lives_in", "Porto", modality=modality)):
        assert decided(new, PORTO, operation=operation) == Decision("add")


@pytest.mark.parametrize("modality", MODALITIES)
def test_wishes_plans_and_possibilities_are_no_obstacle_to_what_is_asserted(modality):
    wish = fact("lives_in", "Lisbon", text="Ada lives in Lisbon, she hopes", modality=modality, since=2020)
    assert decided(LISBON, wish) == Decision("add")
    assert decided(fact("lives_in", "Oslo"), wish) == Decision("add")


def test_the_past_closes_nothing():
    assert decided(fact("lives_in", "Rome", text="Ada used to live in Rome"), PORTO, operation="past") == Decision(
        "add"
    )


def test_what_was_over_when_it_was_told_is_no_obstacle():
    over = fact("lives_in", "Rome", text="Ada used to live in Rome", since=None, valid_to=day(2020))
    assert decided(fact("lives_in", "Rome"), over) == Decision("add")
    assert decided(LISBON, over) == Decision("add")
    assert decided(fact("lives_in", "Rome", is_negated=True), over, operation="end") == Decision("add")


@pytest.mark.parametrize("weak", TRUST)
@pytest.mark.parametrize("strong", TRUST)
def test_only_a_source_as_trusted_closes(weak, strong):
    known = PORTO.model_copy(update={"role": strong})
    for operation, object_, verdict in (("assert", "Lisbon", "supersede"), ("end", "Porto", "end")):
        decision = decided(fact("lives_in", object_, role=weak), known, operation=operation)
        is_weaker = TRUST[weak] < TRUST[strong]
        assert decision.verdict == ("dispute" if is_weaker else verdict)
        assert (decision.disputes if is_weaker else decision.closes) == (known,)
        assert (decision.closes if is_weaker else decision.disputes) == ()


@pytest.mark.parametrize("operation", ["assert", "end"])
def test_each_fact_is_closed_or_disputed_by_the_trust_of_its_own_source(operation):
    written, spoken, heard = (
        fact("lives_in", "Porto", id=role, since=2020, role=role) for role in ("document", "user", "tool")
    )
    told = fact("lives_in", "Lisbon" if operation == "assert" else "Porto")
    decision = decided(told, written, spoken, heard, operation=operation)
    assert decision.verdict == ("supersede" if operation == "assert" else "end")
    assert (decision.closes, decision.disputes) == ((spoken, heard), (written,))


def test_the_order_of_trust_is_system_document_user_assistant_tool():
    assert sorted(TRUST, key=lambda role: -TRUST[role]) == ["system", "document", "user", "assistant", "tool"]


def test_an_older_value_learned_later_ends_where_the_newer_begins():
    decision = decided(PORTO, LISBON)
    assert (decision.verdict, decision.closes, decision.valid_to) == ("add", (), LISBON.valid_from)


def test_a_value_between_two_closes_the_older_and_gives_way_to_the_newer():
    between = fact("lives_in", "Oslo", since=2022)
    decision = decided(between, PORTO, LISBON)
    assert (decision.verdict, decision.closes, decision.valid_to) == ("supersede", (PORTO,), LISBON.valid_from)


def test_a_less_trusted_newer_value_does_not_bound_a_trusted_one():
    rumour = fact("lives_in", "Lisbon", role="tool")
    assert decided(PORTO, rumour) == Decision("add")


def test_a_less_trusted_older_value_gives_way_without_a_dispute():
    decision = decided(PORTO.model_copy(update={"role": "tool"}), LISBON)
    assert (decision.verdict, decision.valid_to) == ("add", LISBON.valid_from)


def test_an_end_learned_later_closes_nothing_that_began_after_it():
    over = fact("works_at", "Acme", since=2019, is_negated=True)
    assert decided(over, ACME, operation="end") == Decision("add")


def test_a_stay_with_an_end_says_nothing_about_before_and_after():
    summer = fact("lives_in", "Rome", since=2022, valid_to=day(2022, 9))
    assert decided(summer, PORTO) == Decision("add")


@pytest.mark.parametrize("operation", ["end", "retract"])
def test_ending_or_taking_back_what_is_not_known_closes_nothing(operation):
    assert decided(fact("works_at", "Globex", is_negated=True), ACME, operation=operation) == Decision("add")


def test_an_end_that_names_nothing_ends_what_there_is_if_that_is_one():
    lost_the_job = fact("works_at", None, is_negated=True)
    elsewhere = fact("works_at", "Globex")
    assert decided(lost_the_job, ACME, operation="end").closes == (ACME,)
    assert decided(lost_the_job, ACME, elsewhere, operation="end") == Decision("add")
    assert decided(lost_the_job, ACME, operation="retract") == Decision("add")


def test_a_denial_of_what_is_not_known_closes_nothing():
    assert decided(fact("works_at", "Globex", is_negated=True), ACME) == Decision("add")


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ("Ada doesn't drink coffee at night", {}),
        ("Ada doesn't always drink coffee", {}),
        ("Ada didn't drink coffee this morning (2024-06-01)", {"kind": "event"}),
        ("Ada doesn't drink coffee", {"valid_to": day(2024, 2)}),
    ],
)
def test_a_denial_with_a_condition_or_of_one_occasion_ends_nothing(text, fields):
    known = fact("drink", "coffee", since=2020, kind="habit")
    assert decided(fact("drink", "coffee", text=text, is_negated=True, **fields), known) == Decision("add")


def test_a_negated_fact_is_not_what_ends():
    over = fact("works_at", "Acme", text="Ada no longer works at Acme", is_negated=True, since=2020)
    assert decided(fact("works_at", "Acme"), over) == Decision("add")
    assert decided(fact("works_at", "Globex"), over) == Decision("add")


def test_several_values_told_in_one_sentence_close_none_of_each_other():
    read = {"evidence": (Evidence(episode_id="1", start=0, end=27),)}
    porto, lisbon = (fact("lives_in", city, **read) for city in ("Porto", "Lisbon"))
    assert decided(lisbon, porto) == Decision("add")
    elsewhere = lisbon.model_copy(update={"evidence": (Evidence(episode_id="1", start=28, end=50),)})
    assert decided(elsewhere, porto).verdict == "supersede"


def test_a_value_told_again_together_with_another_is_not_closed_by_it():
    read = {"evidence": (Evidence(episode_id="1", start=0, end=27),)}
    again, lisbon = (fact("lives_in", city, **read) for city in ("Porto", "Lisbon"))
    oslo = fact("lives_in", "Oslo", since=2019)
    assert decided(lisbon, PORTO, again) == Decision("add")
    assert decided(lisbon, PORTO, again, oslo).closes == (oslo,)


@pytest.mark.parametrize(
    ("predicate", "old", "new"),
    [
        ("lives_in", "New York", "York"),
        ("lives_in", "York", "New York"),
        ("lives_in", "Lisbon", "Portugal"),
        ("lives_in", "Portugal", "Lisbon"),
        ("lives_in", "Lisbon", "a shared flat"),
        ("works_at", "Acme", "a bakery"),
        ("works_at", "Acme", "Acme Corporation"),
        ("married_to", "Ben", "Ben Berg"),
        ("job", "engineer", "software engineer"),
        ("job", "software engineer", "engineer"),
        ("prefers", "reading at night", "coffee at night"),
        ("prefers", "tea", "green tea"),
        ("prefers", "window seats", "red wine"),
    ],
)
def test_values_that_may_both_be_true_close_none_of_each_other(predicate, old, new):
    decision = decided(fact(predicate, new), fact(predicate, old, since=2020))
    assert decision.verdict in ("add", "skip")
    assert decision.closes == ()
    assert decision.valid_to is None


def test_a_move_to_a_country_leaves_the_town():
    moved = fact("lives_in", "Portugal", text="Ada moved to Portugal")
    berlin = fact("lives_in", "Berlin", since=2020)
    assert decided(moved, berlin).closes == (berlin,)


@pytest.mark.parametrize("operation", ["assert", "end", "retract"])
def test_what_is_said_of_a_book_or_a_friend_closes_nothing_said_of_another(operation):
    for object_ in ("Porto", "Lisbon"):
        new = fact("lives_in", object_, subject="friend")
        known = fact("lives_in", "Porto", subject="friend", since=2020, text="a friend lives in Porto now")
        assert decided(new, known, operation=operation, is_particular=False) == Decision("add")


def test_a_statement_without_an_object_closes_nothing():
    assert decided(fact("lives_in", None), PORTO) == Decision("add")
    assert decided(fact("prefers", "it"), fact("prefers", "them", since=2020)) == Decision("add")


def test_moving_from_one_town_to_another_ends_the_one_and_starts_the_other():
    text = "Ada moved from Porto to Lisbon"
    left = fact("lives_in", "Porto", text=text, is_negated=True)
    came = fact("lives_in", "Lisbon", text=text)
    assert decided(left, PORTO, operation="end").closes == (PORTO,)
    assert decided(came, left, same=left) == Decision("add")
    assert decided(came, fact("lives_in", "Oslo", since=2020), left, same=left).verdict == "supersede"


# ----------------------------------------------------------------------------------------------------------- properties


@given(
    predicate=st.sampled_from(sorted(VERBS)),
    objects=st.tuples(*[st.sampled_from(["Porto", "New York", "York", "tea", "green tea", "Portugal"])] * 2),
    years=st.tuples(*[st.integers(2018, 2026)] * 2),
    roles=st.tuples(*[st.sampled_from(sorted(TRUST))] * 2),
    operation=st.sampled_from(["assert", "end", "past", "retract"]),
    is_negated=st.booleans(),
)
def test_whatever_closes_is_as_trusted_and_not_older(predicate, objects, years, roles, operation, is_negated):
    known, new = (
        fact(predicate, object_, since=year, role=role)
        for object_, year, role in zip(objects, years, roles, strict=True)
    )
    new = new.model_copy(update={"id": "new", "is_negated": is_negated})
    decision = decided(new, known, operation=operation)
    if decision.verdict in ("supersede", "end", "retract"):
        assert TRUST[new.role] >= TRUST[known.role]
        assert known.valid_from <= new.valid_from
        assert decision.closes == (known,)
        assert decision.rule
    else:
        assert decision.closes == ()
