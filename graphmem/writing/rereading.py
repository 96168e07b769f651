"""Episodes that a language model reads: kept as pending first, then read in groups, one call and one transaction each.

Nothing said is lost when the model fails: rules read the episode for now, it stays pending, and `catch_up` asks again.
Whoever reads an episode second is told by the store that it is not pending any more, so that nothing is kept twice.
"""

import logging
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

from graphmem.counted import counted
from graphmem.errors import Failure, ModelError
from graphmem.extraction import asked, names
from graphmem.extraction.told import Given, claims_of
from graphmem.llm import asking
from graphmem.models import Change, Episode, Fact, Usage
from graphmem.moment import LATEST, Clock, Moment, utc
from graphmem.protocols import (
    Bounds,
    Claim,
    Draft,
    Embedder,
    Extraction,
    Extractor,
    LanguageModel,
    Question,
    Setting,
    Store,
)
from graphmem.words import stems
from graphmem.writing import hearing
from graphmem.writing.deciding import written
from graphmem.writing.drafting import Reading
from graphmem.writing.intake import Arrival
from graphmem.writing.layering import SESSION_LASTS, Layering
from graphmem.writing.preparing import as_readings, prepared

log = logging.getLogger("graphmem.llm")

PAGE = 200
"""Pending episodes that are looked for at a time."""

STOPPING: frozenset[Failure] = frozenset({"away", "busy", "failed", "key", "model", "quota", "timeout", "unsupported"})
"""Failures that the next text would meet as well: nobody asks again within the same call."""

TOKENS_A_FACT = 110
"""Of an answer, for an estimate: what sixteen fields of JSON come to."""

_LOOKED_FOR = 2_000  # characters of a group that near facts are looked for by
_STEMS = 60
_BOUNDS = Bounds(episodes=1, facts=asked.KNOWN, about=asked.KNOWN, mentions=1, hub=1)


@dataclass(slots=True)
class Tally:
    """What one call of a memory asked of a model: the cost, how many episodes it read and how many not, why no more."""

    usage: Usage = field(default_factory=Usage)
    read: int = 0
    pending: int = 0
    stopped: ModelError | None = None


def postponed(episodes: Sequence[Episode], extractions: Sequence[Extraction]) -> list[Extraction]:
    """What is written before a model is asked: nothing but the episodes, and pending where there is something to ask.

    That is where rules find anything worth keeping in the group, or a language they do not know; its other turns are
    shown with it.
    """
    kept: list[Extraction] = []
    for group in asked.together(episodes):
        own = extractions[len(kept) : len(kept) + len(group)]
        if any(extraction.claims or extraction.state == "raw" for extraction in own):
            kept += [replace(extraction, claims=(), state="pending") for extraction in own]
        else:
            kept += own
    return kept


@dataclass(frozen=True, slots=True)
class Rereader:
    """Reads pending episodes by a language model, and by rules where that fails."""

    store: Store
    rules: Extractor
    model: LanguageModel
    embedder: Embedder
    clock: Clock
    session_lasts: timedelta = SESSION_LASTS

    async def after(self, changes: Sequence[Change], user: str | None, tally: Tally) -> list[Change]:
        """Read what was just written as pending, and return those changes with what came of it.

        That an episode was added is only said of one that says nothing to keep as a fact.
        """
        ids = list(dict.fromkeys(change.episode_id for change in changes if change.id and change.episode_id))
        spaces = tuple({change.space: None for change in changes})
        there = await self.store.episodes(spaces, ids, known_at=LATEST) if ids else []
        later = await self.read([episode for episode in there if episode.state == "pending"], user, tally)
        told = {change.episode_id for change in later if change.fact_id}
        is_said = [
            change.kind != "added" or change.fact_id is not None or change.episode_id not in told for change in changes
        ]
        return [*(change for change, said in zip(changes, is_said, strict=True) if said), *later]

    async def read(self, episodes: Sequence[Episode], user: str | None, tally: Tally) -> list[Change]:
        """Read pending episodes of some spaces, in the order given; those that somebody else read are passed over."""
        changes: list[Change] = []
        for group in asked.together(episodes):
            changes += await self._read(group, user, tally)
        return changes

    async def at_once(self, heard: Sequence[tuple[Episode, Setting, Extraction]], tally: Tally) -> list[Extraction]:
        """What episodes say whose words are not kept, so that nobody can read them later; each comes with what rules
        read in it, which stays where the model fails.
        """
        found: list[Extraction] = []
        for group in asked.together([episode for episode, _, _ in heard]):
            own = heard[len(found) : len(found) + len(group)]
            by_rules = [rules for _, _, rules in own]
            if not any(rules.claims or rules.state == "raw" for rules in by_rules):
                found += by_rules
                continue
            try:
                if tally.stopped is not None:
                    raise tally.stopped
                found += await self._asked(group, [setting for _, setting, _ in own], tally)
            except ModelError as error:
                tally.stopped = self._failed(error, group)
                note = f"{self.model.identity} did not read it ({error.reason}): rules did, and its words are not kept"
                found += [replace(rules, notes=(note,)) for rules in by_rules]
        return found

    async def catch_up(self, spaces: Sequence[str], user: str | None, tally: Tally) -> list[Change]:
        """Read every pending episode of some spaces once."""
        changes: list[Change] = []
        met: set[str] = set()
        limit = PAGE
        while tally.stopped is None:
            page = await self.store.pending(spaces, limit=limit)
            new = [episode for episode in page if episode.id not in met]
            if not new:
                break
            met.update(episode.id for episode in new)
            in_turn = sorted(new, key=lambda of: (spaces.index(of.space), of.session or "", of.said_at))
            changes += await self.read(in_turn, user, tally)
            limit = PAGE + len(met)  # those that stay pending come again, and in front
        return changes

    async def estimate(self, episodes: Sequence[Episode], extractions: Sequence[Extraction]) -> Usage:
        """About what reading these would cost, by what rules read in them. Nobody is asked."""
        usage = Usage()
        done = 0
        for group in asked.together(episodes):
            own = extractions[done : done + len(group)]
            done += len(group)
            facts = sum(len(extraction.claims) for extraction in own)
            if not facts:
                continue
            settings = hearing.settings(group, {})
            known = await self._known(group)
            calls = asked.calls(group, settings)
            prompts = [asked.prompt(messages, known, settings[0]) for messages in calls]
            usage += Usage(
                calls=len(prompts),
                tokens_in=sum(map(asking.length_of, prompts)),
                tokens_out=TOKENS_A_FACT * facts,
            )
        return usage

    # one group

    async def _read(self, group: Sequence[Episode], user: str | None, tally: Tally) -> list[Change]:
        heard = [hearing.heard(episode) for episode in group]
        spaces = tuple({episode.space: None for episode in group})
        speakers = (await self.store.known(Question(selves=spaces))).speakers
        settings = await hearing.in_conversation(self.store, heard, speakers)
        try:
            if tally.stopped is not None:
                raise tally.stopped
            extractions = await self._asked(heard, settings, tally)
        except ModelError as error:
            tally.pending += len(group)
            tally.stopped = self._failed(error, group)
            note = f"{self.model.identity} did not read it ({error.reason}): rules did for now, catch_up() asks again"
            extractions = [
                replace(extraction, state="pending", notes=(note,), read_by=f"read by {self.rules.identity}")
                for extraction in await self.rules.extract(heard, settings)
            ]
        else:
            tally.read += len(group)
        layering = Layering(utc(self.clock()), self.session_lasts)
        found = [
            layering.layered(Arrival(episode, ""), extraction)
            for episode, extraction in zip(group, extractions, strict=True)
        ]
        return await self._written([await as_readings(self.embedder, said) for said in found], layering, user)

    def _failed(self, error: ModelError, group: Sequence[Episode]) -> ModelError | None:
        """Note that nobody read a group; the error where the next one would meet it as well."""
        log.warning("%d episodes are not read by %s: %s", len(group), self.model.identity, error.reason)
        return error if error.reason in STOPPING else None

    async def _asked(self, heard: Sequence[Episode], settings: Sequence[Setting], tally: Tally) -> list[Extraction]:
        known = await self._known(heard)
        claims: dict[str, list[Claim]] = {episode.id: [] for episode in heard}
        left_out = Counter[str]()
        for messages in asked.calls(heard, settings):
            prompt = asked.prompt(messages, known, settings[0])
            try:
                given, usage = await asking.ask(self.model, prompt, Given)
            except ModelError as error:
                tally.usage += error.usage or Usage()
                raise
            tally.usage += usage
            told, notes = claims_of(given, messages, known)
            left_out += notes
            for episode, found in told.items():
                claims[episode] += found
        read_by = f"read by {self.model.identity}, {asked.version()}"
        notes = tuple(
            f"the model gave {counted(count, 'facts')} {why}: left out" for why, count in sorted(left_out.items())
        )
        return [
            Extraction(tuple(claims[episode.id]), read_by=read_by, notes=notes if episode is heard[0] else ())
            for episode in heard
        ]

    async def _known(self, group: Sequence[Episode]) -> list[Fact]:
        """The known facts nearest to what is said, without those that only this group tells."""
        space = group[0].space
        said = "\n".join(episode.text for episode in group)[:_LOOKED_FOR]
        [vector] = await self.embedder.embed([said], purpose="query")
        moment = Moment(at=utc(self.clock()), known_at=LATEST)
        excerpt = await self.store.excerpt(
            [space],
            vector=vector,
            stems=list(dict.fromkeys(stems(said)))[:_STEMS],
            keys=list(dict.fromkeys(names.canonical(span) for span in names.spans(said))),
            moment=moment,
            bounds=_BOUNDS,
        )
        facts = excerpt.facts
        near = [place for place in excerpt.near_facts.tolist() if facts.holds[place]]
        nearest = sorted(near, key=lambda place: -float(facts.similarity[place]))[: 2 * asked.KNOWN]
        if not nearest:
            return []
        known = await self.store.facts([space], [str(facts.ids[place]) for place in nearest], moment=moment)
        own = {episode.id for episode in group}
        return [fact for fact in known if any(place.episode_id not in own for place in fact.evidence)][: asked.KNOWN]

    # writing

    async def _written(
        self, readings: Sequence[Sequence[Reading]], layering: Layering, user: str | None
    ) -> list[Change]:
        """Write what was read in those that are still pending, each the first of its group; what follows it only their
        session keeps. Decided anew when another writer came in between.
        """
        spaces = tuple({first.episode.space: None for first, *_ in readings})
        ids = [first.episode.id for first, *_ in readings]

        async def decided() -> Draft | list[Change]:
            there = await self.store.episodes(spaces, ids, known_at=LATEST)
            waiting = {(episode.space, episode.id) for episode in there if episode.state == "pending"}
            left = [of for of in readings if (of[0].episode.space, of[0].episode.id) in waiting]
            if not left:
                return []
            known_ids = {first.episode.id for first, *_ in left}
            retired = [first.episode for first, *_ in left]
            told, known, draft = await prepared(
                self.store, [reading for of in left for reading in of], user, retired=retired
            )
            anew = [reading for reading in told if reading.episode.id in known_ids]
            if known.orphans and all(reading.extraction.state == "pending" for reading in anew):
                return []  # rules read them before, and have nothing to add
            draft.reread(anew)
            for note in told:
                if note.episode.id not in known_ids:
                    draft.take(note)
            return replace(draft.draft(), expires=layering.ends(retired))

        return await written(self.store, decided)
