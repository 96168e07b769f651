"""The way of one `add`: what is new is read, reconciled with what is known, and written in one transaction."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from graphmem.models import Change, Entity, Episode
from graphmem.moment import Clock, utc
from graphmem.protocols import Draft, Embedder, Extraction, Extractor, Known, Question, Setting, Store
from graphmem.scope import Scope
from graphmem.writing import arriving, drafting, hearing, retaining
from graphmem.writing.deciding import written
from graphmem.writing.drafting import Reading
from graphmem.writing.intake import Arrival
from graphmem.writing.layering import Layering
from graphmem.writing.preparing import Consulted, as_readings, prepared
from graphmem.writing.rereading import Rereader, Tally, postponed


@dataclass(frozen=True, slots=True)
class Writer:
    """The parts by which texts become facts.

    Attributes:
        reader: Reads by a language model what was read by rules here: later, until then it is pending, or at once what
            cannot be read again, as its words are not kept.
        session_lasts: How long a session's layer is kept after its last use.
    """

    store: Store
    extractor: Extractor
    embedder: Embedder
    clock: Clock
    reader: Rereader | None
    session_lasts: timedelta

    async def remember(
        self,
        scope: Scope,
        arrivals: Sequence[Arrival],
        *,
        is_replacing: bool,
        is_explaining: bool,
        stated: Mapping[str, Extraction] | None,
        tally: Tally,
    ) -> list[Change]:
        """Extract, embed, reconcile and write; decided anew when another writer came in between.

        Args:
            scope: Whose call it is.
            arrivals: What came, in the order in which it was said.
            is_replacing: Whether what came before under the same source gives way.
            is_explaining: Whether to tell of what was passed over, too.
            stated: What is stated in each, by its id, where nothing has to be extracted.
            tally: What a language model costs meanwhile.
        """
        layering = Layering(utc(self.clock()), self.session_lasts)
        attempt = _Attempt(self, scope, arrivals, layering, stated, tally, is_replacing=is_replacing)
        changes = await written(self.store, attempt.draft)
        return [*attempt.aside, *changes, *(attempt.passed_over() if is_explaining else ())]

    async def read(
        self,
        arrivals: Sequence[Arrival],
        speakers: Mapping[str, Entity],
        stated: Mapping[str, Extraction] | None,
        layering: Layering | None,
        tally: Tally,
    ) -> dict[str, list[Reading]]:
        """What each episode says, by its id, and after it what of that only its session keeps."""
        if not arrivals:
            return {}
        episodes = [hearing.heard(arrival.episode) for arrival in arrivals]
        if stated is None:
            settings = await hearing.in_conversation(self.store, episodes, speakers)
            extractions = await self._extracted(arrivals, episodes, settings, tally)
        else:
            extractions = [stated[episode.id] for episode in episodes]
        found = [
            (arrival.episode.id, *pair)
            for arrival, extraction in map(retaining.kept, arrivals, extractions)
            for pair in (layering.layered(arrival, extraction) if layering else [(arrival, extraction)])
        ]
        readings: dict[str, list[Reading]] = {}
        indexed = await as_readings(self.embedder, [(arrival, extraction) for _, arrival, extraction in found])
        for (id_, *_), reading in zip(found, indexed, strict=True):
            readings.setdefault(id_, []).append(reading)
        return readings

    async def _extracted(
        self, arrivals: Sequence[Arrival], episodes: Sequence[Episode], settings: Sequence[Setting], tally: Tally
    ) -> list[Extraction]:
        """What each says; of what a language model is to read later, that it is pending."""
        by_rules = await self.extractor.extract(episodes, settings)
        if self.reader is None:
            return by_rules
        heard = list(zip(arrivals, episodes, settings, by_rules, strict=True))
        stays = [(episode, rules) for arrival, episode, _, rules in heard if arrival.keeps_raw]
        goes = [(episode, setting, rules) for arrival, episode, setting, rules in heard if not arrival.keeps_raw]
        later = iter(postponed([episode for episode, _ in stays], [rules for _, rules in stays]))
        now = iter(await self.reader.at_once(goes, tally))
        return [next(later if arrival.keeps_raw else now) for arrival in arrivals]


@dataclass(slots=True)
class _Attempt:
    """One call, tried until nobody came in between: what was read once is kept from try to try.

    Attributes:
        aside: What is told of those that are not written.
        readings: What is written.
    """

    writer: Writer
    scope: Scope
    arrivals: Sequence[Arrival]
    layering: Layering
    stated: Mapping[str, Extraction] | None
    tally: Tally
    is_replacing: bool = field(kw_only=True)
    aside: list[Change] = field(default_factory=list[Change])
    readings: list[Reading] = field(default_factory=list[Reading])
    _read: dict[str, list[Reading]] = field(default_factory=dict[str, list[Reading]])

    async def draft(self) -> Draft | list[Change]:
        """What to write now; an empty list for nothing."""
        origins = {
            arrival.episode.id: arriving.origin(arrival) for arrival in self.arrivals if arrival.episode.source_id
        }
        asked = self._question(origins)
        known = await self.writer.store.known(asked)
        forgotten = {id_ for id_, origin in origins.items() if origin in known.rejected}
        wanted = [arrival for arrival in self.arrivals if arrival.episode.id not in forgotten]
        fresh, old = arriving.sorted_out(wanted, known.episodes, is_replacing=self.is_replacing)
        await self._read_what_is_new(fresh, known)
        self.aside = [
            *(arriving.forgotten(arrival.episode) for arrival in self.arrivals if arrival.episode.id in forgotten),
            *(change for identity in old for change in arriving.known_changes(identity, known)),
        ]
        known_places = known.episodes.keys() - old if self.is_replacing else ()
        replaced = [known.episodes[identity] for identity in sorted(known_places)]
        self.readings = []
        if not fresh and not replaced:
            return []
        self.readings, _, draft = await prepared(
            self.writer.store,
            [reading for arrival in fresh for reading in self._read[arrival.episode.id]],
            self.scope.user_id,
            retired=replaced,
            before=Consulted(asked, known),
        )
        draft.retire(replaced)
        for reading in sorted(self.readings, key=lambda reading: reading.episode.said_at):
            draft.take(reading)
        return draft.draft(expires=self.layering.ends(arrival.episode for arrival in fresh))

    def _question(self, origins: Mapping[str, tuple[str, str]]) -> Question:
        """What has to be known before anything is read; where nothing is read in it, before it is written too."""
        episodes = [arrival.episode for arrival in self.arrivals]
        named = ((of.space, key) for of in episodes for key in drafting.given_names(of, self.scope.user_id))
        return Question(
            episodes=tuple((arrival.episode.space, arrival.identity) for arrival in self.arrivals),
            keys=tuple(dict.fromkeys(named)),
            selves=tuple(dict.fromkeys(of.space for of in episodes)),
            sources=arriving.sources(self.scope, self.arrivals) if self.is_replacing else (),
            rejections=tuple(origins.values()),
        )

    async def _read_what_is_new(self, fresh: Sequence[Arrival], known: Known) -> None:
        unread = [arrival for arrival in fresh if arrival.episode.id not in self._read]
        layering = self.layering if self.scope.layer == "auto" else None
        self._read |= await self.writer.read(unread, known.speakers, self.stated, layering, self.tally)

    def passed_over(self) -> Iterator[Change]:
        """What of it was not kept, and why."""
        return (change for reading in self.readings for change in arriving.passed_over(reading))
