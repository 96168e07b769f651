"""From what was read in episodes and what is known, one draft to write: entities resolved, facts reconciled.

Pure: the engine asks the store what `question` names, hands the answer to `Drafting`, and writes the draft it makes.
"""

from collections import defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from types import MappingProxyType

from graphmem import reconcile
from graphmem.extraction import names
from graphmem.extraction.known import known_in, learned_later, named_anew
from graphmem.first_use import on_first_use
from graphmem.models import Change, ChangeKind, Entity, EntityType, Episode, Evidence, Fact, State
from graphmem.protocols import (
    Claim,
    Draft,
    Extraction,
    Index,
    Known,
    Name,
    NewEpisode,
    NewFact,
    Question,
    Slot,
)
from graphmem.scope import layer_of
from graphmem.words import stems
from graphmem.writing.believing import Believed
from graphmem.writing.claiming import claim_fact, named_in, of_place
from graphmem.writing.intake import Arrival


@dataclass(frozen=True)
class Reading:
    """An episode, what was read in it, and how each of its texts is found again; itself by no index if it is known."""

    arrival: Arrival
    extraction: Extraction
    index: Index | None
    claim_indexes: tuple[Index, ...]

    @property
    def episode(self) -> Episode:
        """The episode itself."""
        return self.arrival.episode

    @on_first_use
    def facts(self) -> tuple[Fact, ...]:
        """Each claim as a fact that is not yet reconciled."""
        return tuple(claim_fact(self.episode, claim) for claim in self.extraction.claims)


def question(
    readings: Sequence[Reading],
    user: str | None,
    *,
    retired: Iterable[Episode] = (),
    rejections: tuple[tuple[str, str], ...] = (),
) -> Question:
    """What has to be known before these readings can be written and those episodes retired."""
    keys: dict[tuple[str, str], None] = {}
    slots: dict[Slot, Slot] = {}  # each from the earliest moment that is asked for
    statements: dict[tuple[str, str], None] = {}
    unlinked: dict[tuple[str, str], str] = {}
    has_claims = any(reading.extraction.claims for reading in readings)  # else nobody asks what their texts name
    for reading in readings:
        space = reading.episode.space
        found = names.candidate_keys(reading.episode.text) if has_claims else ()
        keys.update(((space, candidate.key), None) for candidate in found)
        keys.update(((space, key), None) for key in given_names(reading.episode, user))
        if learned := reading.extraction.learned_name:
            keys[space, names.canonical(learned)] = None
        for claim, fact in zip(reading.extraction.claims, reading.facts, strict=True):
            placed = of_place(fact)
            for slot in (*reconcile.slots(fact), *(reconcile.slots(placed) if placed is not fact else ())):
                slots[slot] = min(slots.get(slot, slot), slot, key=lambda of: of.since)
            statements[space, reconcile.digest(claim.kept_text)] = None
            for name in named_in(claim):
                keys[space, name.key] = None
                if not name.is_common:
                    unlinked[space, name.key] = " ".join(stems(name.name))
    return Question(
        keys=tuple(keys),
        slots=tuple(slots.values()),
        statements=tuple(statements),
        rejections=rejections,
        selves=tuple({reading.episode.space: None for reading in readings}),
        unlinked=tuple((space, key, words) for (space, key), words in unlinked.items() if words),
        retires=tuple((episode.space, episode.id) for episode in retired),
    )


def given_names(episode: Episode, user: str | None) -> list[str]:
    """Keys of what whoever speaks is called, before anything is read."""
    return [names.canonical(name) for name in (episode.speaker, user) if name]


class Drafting:
    """Readings in the order they were said, against what is known, one after the other into a draft."""

    def __init__(
        self,
        known: Known,
        *,
        user: str | None,
        types: Mapping[tuple[str, str], EntityType] = MappingProxyType({}),
        proper: Container[tuple[str, str]] = frozenset(),
        retold: Mapping[str, Sequence[datetime]] = MappingProxyType({}),
    ) -> None:
        """Start from what is known.

        Args:
            known: The answer to `question`.
            user: The user id, one of the names of whoever speaks.
            types: What entities are, by (space, key).
            proper: (space, key) of those that were taken for nouns and are names.
            retold: When facts were told again, by their ids, oldest first.
        """
        self._user = names.canonical(user) if user else ""
        self._entities = {(space, entity.key): entity for (space, _), entity in known.entities.items()}
        self._entities |= known.entities
        self._selves = dict(known.selves)
        self._known = known
        self._types = types
        self._proper = proper
        self._retold = retold
        self._names: defaultdict[str, set[str]] = defaultdict(set)
        self._first_met: dict[tuple[str, str], int] = {}  # by how many facts were drafted before
        self._touched: dict[tuple[str, str], Entity] = {}
        self._self_keys: dict[str, str] = {}
        self._episodes: list[NewEpisode] = []
        self._mentions: dict[tuple[str, str, str], None] = {}
        self._retires: list[tuple[str, str]] = []
        self._read: list[tuple[str, str, State]] = []
        self._unrejected: dict[tuple[str, str], None] = {}
        self._changes: list[Change] = []
        self._one = {(of, one.key): key for (of, key), ones in known.merged.items() for one in ones}
        for space, key in known.entities:
            self._names[space].add(key)
        slots = [(self._resolved(slot), facts) for of in (known.slots, known.ended) for slot, facts in of.items()]
        self._believed = Believed(slots, known.statements, known.outdated)

    def retire(self, episodes: Iterable[Episode]) -> None:
        """What replaced episodes alone said was wrong. Comes before what takes their place, which may say it again."""
        by_id = {episode.id: episode for episode in episodes}
        self._retires += [(episode.space, episode.id) for episode in by_id.values()]
        reason = "its source was replaced"
        for fact in self._known.orphans:
            teacher = next(by_id[place.episode_id] for place in fact.evidence if place.episode_id in by_id)
            self._change("retracted", teacher, fact=fact, reason=reason)
            self._believed.end(fact)
        for episode in by_id.values():
            if not any(change.episode_id == episode.id for change in self._changes):
                self._change("retracted", episode, reason=reason)

    def mention(self, mentions: Iterable[tuple[str, str, str]]) -> None:
        """(space, fact id, key): names that known facts mention from now on."""
        self._mentions.update(dict.fromkeys(mentions))

    def take(self, reading: Reading) -> None:
        """Add one episode with everything read in it."""
        episode, state = reading.episode, reading.extraction.state
        if state != episode.state:
            episode = episode.model_copy(update={"state": state})
        assert reading.index is not None, "a new episode is to be found"
        self._episodes.append(NewEpisode(episode, reading.arrival.identity, reading.index))
        before = len(self._changes)
        self._learn_self(reading)
        for claim, fact, index in zip(reading.extraction.claims, reading.facts, reading.claim_indexes, strict=True):
            self._claim(episode, claim, fact, index, read_by=reading.extraction.read_by)
        for note in reading.extraction.notes:
            self._change("skipped", episode, reason=note)
        for kind in reading.arrival.secrets:
            self._change("redacted", episode, reason=f"a {kind} was replaced before anything was stored")
        if len(self._changes) == before:
            self._change("added", episode)

    def reread(self, readings: Sequence[Reading]) -> None:
        """Take what was read anew in episodes that are known and pending.

        What only their first reading said, and this one does not say again, is taken back.
        """
        said = {
            (reading.episode.space, reconcile.digest(claim.text), claim.predicate)
            for reading in readings
            for claim in reading.extraction.claims
        }
        teachers = {reading.episode.id: reading.episode for reading in readings}
        kept: set[tuple[str, str, str | None]] = set()
        for fact in self._known.orphans:
            statement = (fact.space, reconcile.digest(fact.text), fact.predicate)
            if statement in said:
                kept.add(statement)
                continue
            teacher = next(teachers[place.episode_id] for place in fact.evidence if place.episode_id in teachers)
            self._change("retracted", teacher, fact=fact, reason="its episode was read again")
            self._believed.end(fact)
        for reading in sorted(readings, key=lambda of: of.episode.said_at):
            episode, extraction = reading.episode, reading.extraction
            self._read.append((episode.space, episode.id, extraction.state))
            self._learn_self(reading)
            for claim, fact, index in zip(extraction.claims, reading.facts, reading.claim_indexes, strict=True):
                if (episode.space, reconcile.digest(claim.text), claim.predicate) not in kept:
                    self._claim(episode, claim, fact, index, read_by=extraction.read_by)
            for note in extraction.notes:
                self._change("skipped", episode, reason=note)

    def draft(self, *, expires: Mapping[str, datetime] = MappingProxyType({})) -> Draft:
        """Everything taken so far, as one transaction, and when its spaces are over."""
        self._fill_in_older_text()
        self._fill_in_this_draft()
        return Draft(
            spaces=tuple(dict.fromkeys((*(of.space for of in self._changes), *(of[0] for of in self._read)))),
            episodes=tuple(self._episodes),
            entities=tuple(map(self._with_own_names, self._touched.values())),
            facts=tuple(self._believed.new.values()),
            supports=tuple(self._believed.supports),
            mentions=tuple(self._mentions),
            closings=tuple(self._believed.closings.values()),
            beliefs=tuple(self._believed.beliefs.values()),
            retires=tuple(self._retires),
            read=tuple(self._read),
            selves=self._self_keys,
            unrejected=tuple(self._unrejected),
            expires=expires,
            changes=tuple(self._changes),
            assumes={slot: frozenset(fact.id for fact in facts) for slot, facts in self._known.slots.items()},
        )

    # entities

    def _resolve(self, space: str, key: str) -> str:
        """The entity that a key or an alias stands for."""
        entity = self._entities.get((space, key))
        return entity.key if entity else key

    def _by_itself(self, space: str, key: str) -> Entity:
        """The entity that a key or an alias is told of: one that was merged keeps what is told under its names."""
        told, entity = self._known.by_itself(space, key), self._entities[space, key]
        return told if told is not None and (space, told.key) in self._one else entity

    def _as_merged(self, fact: Fact) -> Fact:
        """A fact with the keys that its entities have by now, which decide what it says anew."""
        if not self._one:
            return fact
        told = (fact.subject_key, fact.object_key, *fact.mention_keys)
        subject, object_, *others = (key and self._one.get((fact.space, key), key) for key in told)
        return fact.model_copy(update={"subject_key": subject, "object_key": object_, "mention_keys": tuple(others)})

    def _with_own_names(self, entity: Entity) -> Entity:
        """An entity without the names of those that were merged into it."""
        merged = self._known.merged.get((entity.space, entity.key), ())
        lent = {name for one in merged for name in (one.key, *one.aliases)}
        return entity.model_copy(update={"aliases": tuple(name for name in entity.aliases if name not in lent)})

    def _resolved(self, slot: Slot) -> Slot:
        return Slot(
            slot.space,
            slot.predicate,
            subject=slot.subject and self._resolve(slot.space, slot.subject),
            object=slot.object and self._resolve(slot.space, slot.object),
        )

    def _meet(self, space: str, name: Name) -> str:
        """The key of the entity that a name stands for; a name never met becomes one."""
        known = self._entities.get((space, name.key))
        if known is None:
            self._first_met[space, name.key] = len(self._believed.new)
        entity = known or Entity(space=space, key=name.key, name=name.name, type=name.type, is_common=name.is_common)
        seen = self._as_told(entity, name)
        if seen != known:
            self._entities.update(((space, key), seen) for key in (seen.key, *seen.aliases))
            self._touched[space, seen.key] = seen
            self._names[space].add(name.key)
        return seen.key

    def _as_told(self, entity: Entity, name: Name) -> Entity:
        """An entity as what its relations say it is, and by its name where it was taken for a noun."""
        place = (entity.space, entity.key)
        type_ = self._types.get(place, entity.type)
        if entity.is_common and place in self._proper:
            return entity.model_copy(update={"type": type_, "is_common": False, "name": name.name})
        return entity if type_ == entity.type else entity.model_copy(update={"type": type_})

    def _learn_self(self, reading: Reading) -> None:
        """Who "I" is: of several speakers the one called like the user id, else the first; and by which names."""
        episode = reading.episode
        space = episode.space
        is_shared = layer_of(space) == "org" or (layer_of(space) == "agent" and bool(self._user))
        if episode.role != "user" or is_shared:
            return
        spoken = episode.speaker or SELF
        key = names.canonical(spoken)
        known = self._selves.get(space)
        if known is None or (key == self._user and self._resolve(space, key) != known.key):
            known = self._entities[space, self._meet(space, Name(spoken, key, "person"))]
            self._selves[space] = known
            self._self_keys[space] = self._by_itself(space, key).key
        if episode.speaker is None or self._resolve(space, key) == known.key:
            if reading.extraction.learned_name:
                self._call_self(known, reading.extraction.learned_name)
            if self._user.isalpha() and (episode.speaker is None or self._user in key.split()):
                self._call_self(self._selves[space], self._user, is_shown=False)

    def _call_self(self, known: Entity, name: str, *, is_shown: bool = True) -> None:
        """Another name for "I". A name that somebody else bears already stays theirs."""
        alias = names.canonical(name)
        if not alias or (known.space, alias) in self._entities:
            return
        shown = name if is_shown and known.name == SELF else known.name
        called = known.model_copy(update={"aliases": (*known.aliases, alias), "name": shown})
        self._entities[known.space, alias] = self._entities[known.space, known.key] = called
        self._names[known.space].add(alias)
        self._touched[known.space, known.key] = self._selves[known.space] = called

    def _fill_in_older_text(self) -> None:
        """A name that is new is looked for in older facts."""
        texts: dict[tuple[str, str], Fact] = {}
        new: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
        for (space, key), facts in self._known.unlinked.items():
            entity = self._entities.get((space, key))
            if entity is not None and not entity.is_common:
                for fact in facts:
                    texts[space, fact.id] = fact
                    new[space, fact.id].add(key)
        for (space, id_), keys in new.items():
            for key in named_anew(texts[space, id_], keys):
                self._mentions[space, id_, self._entities[space, key].key] = None

    def _fill_in_this_draft(self) -> None:
        """A name that is new is looked for in what was read just before it, too."""
        met = {place: number for place, number in self._first_met.items() if not self._entities[place].is_common}
        for fact, keys in learned_later([new.fact for new in self._believed.new.values()], met):
            found = {self._resolve(fact.space, key): None for key in named_anew(fact, keys)}
            self._believed.mention(fact.id, found, (self._entities[fact.space, key].name for key in found))

    # facts

    def _claim(self, episode: Episode, claim: Claim, said: Fact, index: Index, *, read_by: str | None = None) -> None:
        told = self._resolved_fact(said, claim)
        fact = self._as_merged(told)
        statement = (episode.space, reconcile.digest(claim.kept_text))
        called = self._known.called(episode.space)
        kept_as = reconcile.rejection(claim.kept_text)
        digests = [(episode.space, digest) for digest in (kept_as, *reconcile.rejections(fact, called))]
        beside = self._believed.beside(fact)
        decision = reconcile.decide(
            fact,
            claim.op,
            beside,
            same=self._believed.said(statement),
            outdated=self._believed.outdated,
            corrected=self._known.corrected,
            again=self._told_after(episode.said_at, chain.from_iterable(beside.values())),
            is_rejected=not self._known.rejected.isdisjoint(digests),
            is_particular=claim.subject is not None and _is_particular(claim.subject),
            replaces=claim.replaces,
        )
        if decision.verdict == "refuse":
            self._change("refused", episode, reason=decision.rule)
            return
        self._unrejected.update(dict.fromkeys(digests))
        if decision.verdict == "skip":
            self._support(episode, fact, decision)
            return
        is_outdated = decision.valid_to is not None and (fact.valid_to is None or decision.valid_to < fact.valid_to)
        if is_outdated:
            fact = fact.model_copy(update={"valid_to": decision.valid_to})
            self._believed.outdated.add(fact.id)
        kept = told.model_copy(update={"text": claim.kept_text, "valid_to": fact.valid_to})
        self._believed.add(fact, NewFact(kept, statement[1], index))
        self._change("added", episode, fact=kept, reason=read_by)
        if is_outdated and decision.by is not None:
            kind: ChangeKind = "ended" if decision.by.is_negated else "superseded"
            self._change(kind, episode, fact=kept, after=decision.by.id, reason=decision.rule, told=decision.by)
        for old in decision.closes if episode.expires_at is None else ():  # what stays is not ended by what passes
            self._close(old, fact, decision, episode)
        for old in decision.disputes if episode.expires_at is None else ():
            reason = f"{decision.rule}, and a more trusted source says otherwise"
            self._change("disputed", episode, fact=old, after=fact.id, reason=reason, told=fact)

    def _resolved_fact(self, fact: Fact, claim: Claim) -> Fact:
        """What a claim says as a fact whose names are entities, those the space knows already included."""
        space = fact.space
        for name in named_in(claim):
            self._meet(space, name)
        told = {name.key: self._by_itself(space, name.key) for name in named_in(claim)}
        met = {name: entity.key for name, entity in told.items()}
        shown = {entity.key: entity.name for entity in told.values()}
        shown_as = fact if claim.kept_as is None else fact.model_copy(update={"text": claim.kept_as})
        for key in known_in(shown_as, self._names[space]):
            entity = self._by_itself(space, key)
            shown.setdefault(entity.key, entity.name)
        goal = met.get(fact.object_key) if fact.object_key else None
        if goal is not None and self._entities[space, goal].type == "place":
            fact = of_place(fact)
        subject = met.get(fact.subject_key) if fact.subject_key else None
        others = [key for key in shown if key != subject]
        return fact.model_copy(
            update={
                "subject_key": subject,
                "object_key": goal,
                "mention_keys": tuple(others),
                "mentions": tuple(shown[key] for key in others),
            }
        )

    def _told_after(self, moment: datetime, facts: Iterable[Fact]) -> dict[str, datetime]:
        """When some facts were first told again after a moment, by their ids."""
        again = ((fact.id, self._retold[fact.id]) for fact in facts if fact.id in self._retold)
        later = ((id_, [at for at in moments if at > moment]) for id_, moments in again)
        return {id_: moments[0] for id_, moments in later if moments}

    def _support(self, episode: Episode, fact: Fact, decision: reconcile.Decision) -> None:
        known = decision.known
        assert known is not None, "a statement is skipped for one that is known"
        [evidence] = fact.evidence
        self._believed.support(known, evidence)
        self._change("skipped", episode, fact=known, reason=decision.rule)
        if decision.since is not None:
            self._believed.hold(known, decision.since, known.valid_to)

    def _close(self, old: Fact, new: Fact, decision: reconcile.Decision, episode: Episode) -> None:
        kinds: Mapping[str, ChangeKind] = {"supersede": "superseded", "end": "ended", "retract": "retracted"}
        self._change(kinds[decision.verdict], episode, fact=old, after=new.id, reason=decision.rule, told=new)
        if decision.verdict == "retract":
            self._believed.end(old)
        else:
            self._believed.close(old, decision.at or new.valid_from or episode.said_at)

    # journal

    def _change(
        self,
        kind: ChangeKind,
        episode: Episode,
        *,
        fact: Fact | None = None,
        after: str | None = None,
        reason: str | None = None,
        told: Fact | None = None,
    ) -> None:
        """Note what happened to a fact. What ends it, `told`, is the evidence; else where its episode says it."""
        evidence: Iterable[Evidence] = fact.evidence if fact else ()
        self._changes.append(
            Change(
                space=episode.space,
                kind=kind,
                actor=episode.speaker or episode.role,
                fact_id=fact.id if fact else None,
                episode_id=episode.id,
                before=fact.id if fact and after else None,
                after=after,
                reason=reason,
                evidence=told.evidence if told else tuple(of for of in evidence if of.episode_id == episode.id),
                text=fact.text if fact else None,
            )
        )


SELF = "the user"
"""How the person is called who speaks without a name."""

SOMEONE = "someone"
"""How they are called in what an organisation shares, where "the user" would be whoever reads it."""


def _is_particular(name: Name) -> bool:
    """Whether a name stands for the same one every time: "Ada" and "Ada's dog", but not "book"."""
    return not name.is_common or "'s " in name.name
