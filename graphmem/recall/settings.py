"""The weights of recall, in one place, by embedder: a weak dense signal wants more weight on words.

What is the same for every embedder and no weight, such as the degree of a hub, stands where it is used. Sources of the
weights: MiniLM weights and everything without a remark: tuned on the development halves of MuSiQue, 2WikiMultiHopQA and
HotpotQA with all-MiniLM-L6-v2. Static weights: the same questions with the table of `graphmem.embedding.static`. Chat
weights: the development halves of LoCoMo and REALTALK. What nearness, links, the walk, cover and following count in the
end, and what a turn is found by: `benchmarks/learn.py`, on the same sets. Evidence: `benchmarks/calibrate.py`. Worth of
each: `benchmarks/ablate.py`.
"""

from dataclasses import dataclass, field, replace


@dataclass(frozen=True, slots=True)
class Base:
    """How an episode's nearness to the question is put together; each part is divided by its maximum."""

    dense: float = 0.7  # share of the episode's cosine against its BM25 score, within what facts leave over
    fact_dense: float = 0.4  # weight of the nearest fact's cosine
    fact_words: float = 0.0  # weight of the best fact's word overlap
    link: float = 1.1  # a fact about an entity of the question, times the entity's idf
    kept: float = 0.25  # of the nearness, that still counts once it is known what leads where, if a name leads there


@dataclass(frozen=True, slots=True)
class Walk:
    """Activation spread from the question's entities, and the two half-steps of a walk from the best episodes."""

    prior_top: int = 50  # nearest episodes, that it starts from
    prior_power: float = 4.0  # of their nearness: the higher, the more of the start is with the best of them
    facts: int = 3  # taken per entity and round
    threshold: float = 0.1  # weight below which activation goes no further
    damping: float = 0.6  # of each half-step; the rest is activation, and then the start
    entities: int = 150  # the heaviest, that lead back to episodes
    power: float = 0.3  # of what flowed back, so that the first does not count alone
    weight: float = 1.0  # of that in the score of a document


@dataclass(frozen=True, slots=True)
class Chain:
    """The path step: from an episode's facts over an entity to the facts about it."""

    weight: float = 1.5  # of the best way to a document, in its score
    front: int = 15  # nearest documents, that the first step starts from
    beam: int = 10  # best documents reached, that the next one starts from
    facts: int = 8  # of an episode, that lead on
    about: int = 45  # facts about an entity, that it leads to
    mentions: int = 15  # and facts that only mention it
    strength: float = 0.6  # of the way so far
    rarity: float = 0.2  # of the entity
    words: float = 0.5  # of the question, by idf, that the target has and the way has not met
    mentioned: float = 0.7  # a target that only mentions the entity, against one about it


@dataclass(frozen=True, slots=True)
class Chat:
    """What a turn of a conversation is found by: itself, what stands around it, who said it and when."""

    dense: float = 0.52
    fact_dense: float = 0.4  # of what its nearest fact is nearer than the turn
    words: float = 0.3
    covered: float = 0.2  # share of the question's words in it and the two turns on either side, by idf
    before: float = 0.35  # the nearness of the turn before; the better of the two counts
    answer: float = 0.1  # more, where the turn before asks
    after: float = 0.4
    further: float = 0.2  # of the better one of those two turns away
    session: float = 0.45  # of how much its session is about the question
    session_top: int = 3  # best turns, that say how much that is
    focus: float = 0.1  # what the turns of the asker's session are about
    speaker: float = 0.42  # who is named in the question, and
    teller: float = 0.25  # the asker, where the question is about "I"
    date: float = 0.5  # twice that for the very day
    user: float = 0.2  # a turn of the user
    fact: float = 0.1  # a turn that states something
    asks: float = -0.15  # a turn that asks
    length: float = 0.22  # a turn of mean length, by the logarithm of stems
    longest: float = 1.5  # of that


@dataclass(frozen=True, slots=True)
class Record:
    """What a document is found by that has no topic of its own, say the record of a whole chat."""

    dense: float = 0.3
    fact_dense: float = 0.3
    words: float = 0.4
    covered: float = 0.2  # share of the question's words in it, by idf
    date: float = 0.45


@dataclass(frozen=True, slots=True)
class Hop:
    """The path step out of a turn. Bridges are nouns as often as names.

    A way to a turn does not add to what the turn is by itself; the better of the two counts. Adding costs 10 points of
    R@5 on LoCoMo, where most questions are answered by one turn. Source: our chat worlds, where the hop raises chained
    questions with all evidence found from 15 % to 75 %.
    """

    weight: float = 0.81  # a perfect way, against the best turn by itself
    front: int = 8  # nearest turns, that the first step starts from
    beam: int = 5  # best turns reached, that the next one starts from
    onward: float = 0.9  # of its score, that a way goes on with
    lifted: int = 5  # turns that count by a way to them and not by themselves (no bound: .4 of R@20 less on LoCoMo)
    targets: int = 100  # of a step, that are read and count (60: .7 points of R@5 less on HotpotQA and MuSiQue)
    degree: int = 8  # highest of a bridge
    asked_degree: int = 6  # and of one that the question names itself
    strength: float = 0.5  # of the way so far
    rarity: float = 0.5  # of the bridge
    common: float = 0.85  # of a noun's rarity, against a name's
    words: float = 0.1  # of the question, by idf, that the target has and the way has not met
    dense: float = 0.2  # the target's own cosine
    length: int = 40  # stems; into a longer text a hop counts less


@dataclass(frozen=True, slots=True)
class Choice:
    """Which of the best come first, and when memory has enough to answer."""

    top: int = 40  # of the best, that are put in order together
    cover: float = 2.0  # of the question's words, by idf, that those before leave open
    said_cover: float = 0.3  # the same of what was said
    follows: float = 2.0  # what goes on about a thing that one before it names, see `pairs`
    outdated: float = 0.5  # what no longer holds keeps this share of its score
    sources: int = 40  # episodes beyond the hits whose source is named
    newest: int = 5  # hits among which a newer value of the same thing comes first, where it scores at least
    newer: float = 0.65  # of the older one, and
    shared: int = 2  # entities that are no hubs stand in both


@dataclass(frozen=True, slots=True)
class Evidence:
    """The logistic curve of the chance that memory answers a question, by evidence that means the same for all.

    Source: benchmarks/calibrate.py. Questions of chat worlds, LoCoMo and REALTALK, asked of the memory they are about
    and of the others; judged without the world or conversation asked, 84, 92 and 92 % of those that belong elsewhere
    are recognised, and 11, 1 and 9 % of the others refused.
    """

    hits: int = 5  # that are asked whether they answer
    constant: float = -3.66
    foreign: float = -3.85  # the share of the question's names that memory has never met
    together: float = 0.87  # for each word of the question, the most of them that stand in one episode
    named: float = 0.55  # for each entity that the question names
    covered: float = 3.56  # largest share of the question's idf in a hit, its facts and the turns beside
    nearness: float = 1.47  # highest cosine of a fact of the hits
    enough: float = 0.42


@dataclass(frozen=True, slots=True)
class Settings:
    """All weights of one recall, and how much it reads."""

    base: Base = field(default_factory=Base)
    walk: Walk = field(default_factory=Walk)
    chain: Chain = field(default_factory=Chain)
    chat: Chat = field(default_factory=Chat)
    record: Record = field(default_factory=Record)
    hop: Hop = field(default_factory=Hop)
    choice: Choice = field(default_factory=Choice)
    evidence: Evidence = field(default_factory=Evidence)
    episodes: int = 400  # nearest by meaning, and as many by words
    facts: int = 200  # the same of facts
    whole: int = 100  # best seeds that are read with all their facts and the turns around them (60: .4 less on LoCoMo)
    late: int = 60  # others so read: those of the linked facts, and the most hopeful of those found over the graph
    stems: int = 24  # of the question, the rarest

    def wider(self) -> "Settings":
        """The same with more to begin with, where a filter leaves too little."""
        return replace(self, episodes=WIDER * self.episodes, facts=WIDER * self.facts)


WIDER = 8
"""How much more a recall begins with where a filter leaves too little of what it began with."""

MINILM = Settings()
STATIC = replace(
    MINILM,
    base=Base(dense=0.4, fact_dense=0.2, fact_words=0.4),
    walk=replace(MINILM.walk, prior_power=6.0),
    chain=replace(MINILM.chain, weight=2.0, facts=6),
    chat=replace(MINILM.chat, dense=0.38, words=0.5, covered=0.15),
    record=Record(dense=0.25, fact_dense=0.25, words=0.5),
    choice=replace(MINILM.choice, top=20),
)
_BY_MODEL = {"static-minilm-256": STATIC}


def settings_for(identity: str) -> Settings:
    """The constants that belong to an embedder, by the model's part of its identity; the MiniLM ones where unknown."""
    return _BY_MODEL.get(identity.partition("/")[0], MINILM)
