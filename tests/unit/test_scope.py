"""Whose memory a call is about: keys that nobody can imitate, and readers that fail closed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphmem.errors import InvalidInput, ScopeMissing
from graphmem.scope import LONGEST_ID, Scope, checked, layer_of, sessions_of

IDS = st.text(
    st.one_of(st.sampled_from("ab/~%=._-+ \\\x00éе\u0301\u200bｆ"), st.characters(exclude_categories=["Cs"])),
    min_size=1,
    max_size=9,
).filter(str.strip)
MAYBE = st.none() | IDS


SCOPES = (
    st.fixed_dictionaries({"org_id": IDS, "user_id": MAYBE, "agent_id": MAYBE, "session_id": MAYBE})
    .filter(lambda ids: ids["user_id"] is not None or ids["agent_id"] is not None)
    .map(lambda ids: Scope.of(ids.pop("org_id"), **ids))
)


# ---------------------------------------------------------------------------------------------------------------- keys


def test_a_space_key_names_every_id_on_the_way_down():
    scope = Scope.of("acme", user_id="ada", agent_id="guide", session_id="s1")
    assert scope.readable == (
        "org=acme/user=ada",
        "org=acme/user=ada/session=s1",
        "org=acme/agent=guide",
        "org=acme/shared",
    )


def session_space(scope: Scope) -> str:
    [space] = [space for space in scope.readable if layer_of(space) == "session"]
    return space


OWNERS = st.tuples(IDS, st.sampled_from(["user_id", "agent_id"]), IDS, MAYBE)


@given(OWNERS, OWNERS)
def test_no_two_owners_or_sessions_share_a_space_key(mine, yours):
    def key(org, kind, owner, session):
        scope = Scope.of(org, **{kind: owner}, session_id=session)
        return scope.home if session is None else session_space(scope)

    assert (key(*mine) == key(*yours)) == (mine == yours)


@pytest.mark.parametrize(
    ("org", "user"),
    [
        ("a", "b/user=c"),
        ("a/user=b", "c"),
        ("a", "b%2Fuser%3Dc"),
        ("a", "b~"),
        ("a", "b%7E"),
        ("a", "е"),  # Cyrillic
        ("a", "e"),
        ("a", "é"),
        ("a", "e\u0301"),
        ("a", "E"),
        ("a", " e"),
        ("a", "e\u200b"),
        ("a", "shared"),
        ("a", "e" * LONGEST_ID),
        ("a", "e" * (LONGEST_ID - 1)),
    ],
)
def test_an_id_that_looks_like_another_is_another(org, user):
    others = [("a", "b"), ("a", "b/session=c"), ("a", "ｅ")]
    key = Scope.of(org, user_id=user).home
    assert all(key != Scope.of(other_org, user_id=other).home for other_org, other in others)
    assert key.count("/") == 1
    assert key.isascii()


@given(IDS, IDS, IDS, IDS)
def test_the_sessions_of_an_owner_are_those_under_its_prefix(org, owner, other, session):
    prefix = sessions_of(Scope.of(org, user_id=owner).home)
    assert session_space(Scope.of(org, user_id=owner, session_id=session)).startswith(prefix)
    assert not session_space(Scope.of(org, agent_id=owner, session_id=session)).startswith(prefix)
    if owner != other:
        assert not session_space(Scope.of(org, user_id=other, session_id=session)).startswith(prefix)


@given(SCOPES)
def test_no_key_reaches_behind_a_tilde_which_ends_the_range_of_a_prefix(scope):
    assert all(key.isascii() and max(key) < "~" for key in scope.readable)


@given(SCOPES)
def test_a_key_tells_its_layer(scope):
    assert {layer_of(key) for key in scope.readable} == {
        layer
        for layer, named in (
            ("session", scope.session_id),
            ("user", scope.user_id),
            ("agent", scope.agent_id),
            ("org", scope.org_id),
        )
        if named is not None
    }


# ------------------------------------------------------------------------------------------------------------- readers


@given(SCOPES, SCOPES)
def test_a_call_reads_its_own_spaces_and_nothing_else(mine, yours):
    names = ("org_id", "user_id", "agent_id", "session_id")
    differ = {name for name in names if getattr(mine, name) != getattr(yours, name)}
    common = set(mine.readable) & set(yours.readable)
    if "org_id" in differ:
        assert not common
    if "user_id" in differ:
        assert not {key for key in common if layer_of(key) == "user"}
    if "agent_id" in differ:
        assert not {key for key in common if layer_of(key) == "agent"}
    if "session_id" in differ:
        assert not {key for key in common if layer_of(key) == "session"}


@given(SCOPES)
def test_what_a_call_writes_it_can_read(scope):
    assert scope.home in scope.readable
    assert len(set(scope.readable)) == len(scope.readable)


def test_the_best_layer_comes_first():
    scope = Scope.of("acme", user_id="ada", agent_id="guide", session_id="s1")
    assert [layer_of(key) for key in scope.readable] == ["user", "session", "agent", "org"]


@pytest.mark.parametrize(
    ("layer", "home"),
    [
        ("auto", "org=acme/user=ada"),
        ("user", "org=acme/user=ada"),
        ("agent", "org=acme/agent=guide"),
        ("session", "org=acme/user=ada/session=s1"),
        ("org", "org=acme/shared"),
    ],
)
def test_a_layer_chooses_where_to_write(layer, home):
    assert Scope.of("acme", user_id="ada", agent_id="guide", session_id="s1", layer=layer).home == home


def test_an_agent_without_a_user_has_sessions_of_its_own():
    scope = Scope.of("acme", agent_id="guide", session_id="s1")
    assert scope.home == "org=acme/agent=guide"
    assert scope.readable[0] == "org=acme/agent=guide/session=s1"


@pytest.mark.parametrize(
    "ids",
    [
        {},
        {"session_id": "s1"},
        {"layer": "user"},
        {"layer": "session"},
        {"layer": "agent"},
        {"layer": "org", "session_id": "s1"},
        {"user_id": "ada", "layer": "session"},
        {"user_id": "ada", "layer": "agent"},
        {"agent_id": "guide", "layer": "user"},
        {"user_id": ""},
        {"user_id": " \n"},
        {"user_id": "ada", "agent_id": ""},
        {"user_id": "ada", "session_id": "\t"},
    ],
)
def test_nobody_is_never_read_as_everybody(ids):
    with pytest.raises(ScopeMissing):
        Scope.of("acme", **ids)


def test_what_the_whole_organisation_shares_has_to_be_said():
    assert Scope.of("acme", layer="org").readable == ("org=acme/shared",)


@pytest.mark.parametrize("name", ["org_id", "user_id", "agent_id", "session_id"])
@pytest.mark.parametrize("value", [7, True, b"ada", ["ada"], "\ud800", "a" * (LONGEST_ID + 1)])
def test_an_id_that_is_no_text_that_can_be_kept_is_refused_by_name(name, value):
    ids = {"org_id": "acme", "user_id": "ada", name: value}
    with pytest.raises(InvalidInput, match=name):
        Scope.of(ids.pop("org_id"), **ids)


@pytest.mark.parametrize("layer", ["conversation", "all", "", "*", None, ["user"]])
def test_an_unknown_layer_is_refused(layer):
    with pytest.raises(InvalidInput, match="layer="):
        Scope.of("acme", user_id="ada", layer=layer)


@pytest.mark.parametrize("spaces", [(), [], [""], ["org=acme/user=ada", ""]])
def test_a_store_call_without_a_space_is_refused(spaces):
    with pytest.raises(ScopeMissing):
        checked(spaces)


def test_the_spaces_of_a_store_call_may_come_in_any_collection():
    assert checked(iter(["org=a/shared"])) == ("org=a/shared",)


def test_one_space_given_as_a_text_is_not_read_letter_by_letter():
    assert checked("org=a/shared") == ("org=a/shared",)
