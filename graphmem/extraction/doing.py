"""What verbs say: one small rule per construction, tried in order, the first that fits decides."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from graphmem.extraction import lexicons
from graphmem.extraction.nodes import Node, coordinated, words_of
from graphmem.extraction.reading import ANY, TYPES, Op, Reading, Triple
from graphmem.extraction.referents import UNKNOWN
from graphmem.extraction.sayings import (
    Rule,
    Saying,
    Subject,
    attribute_name,
    chained_verb,
    is_cut_short,
    measured,
    modality_of_wish,
    named_as,
    passive_of,
    post,
    wishes_or_plans,
    with_object,
)
from graphmem.protocols import Name


def _preference(saying: Saying, subjects: Sequence[Subject], reading: Reading) -> list[Triple] | None:
    """I love to cook. I enjoy hiking and swimming."""
    activity = chained_verb(saying)
    verb = saying.clause.predicate
    if activity is None or activity.pos != "VERB" or saying.verb is not verb:
        return None
    predicate = lexicons.pairs("relations").get(verb.lemma)
    is_liking = predicate in {"likes", "dislikes", "prefers"}
    if "to" in activity.markers:
        if not is_liking or saying.modality != "asserted":
            return None
    elif not is_liking and verb.lemma not in {"try", "consider", "miss", "practice", "practise", "finish"}:
        return None
    activities = [activity, *(node for node in activity.all("conj") if node.tag == activity.tag)]
    return [
        with_object(saying, subject, predicate or verb.lemma, text, node, activities)
        for node in activities
        if (text := reading.verb_phrase(node)) and not is_cut_short(node, text)
        for subject in subjects
    ]


def _activity(saying: Saying, subjects: Sequence[Subject], reading: Reading) -> list[Triple] | None:
    """I go running on Sundays."""
    activity = chained_verb(saying)
    if (
        activity is None
        or activity is saying.verb
        or saying.verb.lemma != "go"
        or activity.tag != "VBG"
        or saying.objects
    ):
        return None
    is_timed = any(reading.is_time(node) for node in activity.all("obl", "obl:unmarked"))
    text = activity.lower if is_timed else reading.verb_phrase(activity)
    return [Triple(s.name, "go", text, saying.clause.predicate, activity) for s in subjects if text]


def _wish_to_be(saying: Saying, subjects: Sequence[Subject], reading: Reading) -> list[Triple] | None:
    """I want to be a pilot."""
    wished = chained_verb(saying)
    lemma = saying.clause.predicate.lemma
    if wished is None or not wished.first("cop") or not wishes_or_plans(lemma) or wished.pos == "VERB":
        return None
    modality = modality_of_wish(lemma, saying.modality)
    phrase = reading.phrase(wished)
    return [Triple(s.name, f"{lemma} to be", phrase, saying.verb, modality=modality) for s in subjects]


def _becoming(saying: Saying, subjects: Sequence[Subject], reading: Reading) -> list[Triple] | None:
    """She became a nurse. We got engaged. It is called Rust."""
    verbs = {"become", "turn", "stay", "remain", "feel", "get", "call", "name", "go"}
    if saying.lemma not in verbs or saying.objects:
        return None
    state = next(
        (n for n in saying.complements if n.role == "xcomp" and n.pos in {"NOUN", "ADJ", "PROPN", "NUM"}), None
    )
    is_mood = state is not None and state.lower in lexicons.words("feelings")
    if state is None or ((saying.lemma == "feel" or is_mood) and not reading.is_document):
        return None if state is None else []
    if saying.lemma in {"call", "name"}:
        if not saying.clause.is_passive:
            return None
        return [named_as(s.name, reading.phrase(state), saying.verb, reading) for s in subjects]
    if saying.lemma == "turn" and state.pos == "NUM":
        return [Triple(s.name, "age", state.text, saying.verb) for s in subjects]
    if saying.lemma == "become" and (held := post(state, reading)) is not None:
        return [Triple(s.name, held[0], held[1], saying.verb, kind="state") for s in subjects]
    if saying.obliques:
        return None
    if saying.lemma == "get" and state.lower not in {"married", "engaged", "divorced", "promoted", "fired", "hired"}:
        return []
    predicate = "become" if saying.lemma == "become" else "is"
    value = reading.value(state)
    return [Triple(s.name, predicate, value or state.lower, saying.verb) for s in subjects]


def _marrying(saying: Saying, subjects: Sequence[Subject], reading: Reading) -> list[Triple] | None:
    """I got married to Tom. Tom and Anna got engaged."""
    state = next((node for node in saying.complements if node.lower in {"married", "engaged"}), None)
    if state is None and saying.lemma == "marry" and not saying.objects:
        state = saying.verb
    if state is None or saying.lemma not in {"get", "marry"}:
        return None
    predicate = "engaged_to" if state.lower == "engaged" else "married_to"
    partners = [*saying.by("to"), *(node for node in state.all("obl", "nmod") if node.preposition == "to")]
    names = [name for node in partners if (name := reading.name(node)) is not None]
    people = [subject.name for subject in subjects]
    if not names and len(people) == _COUPLE:
        people.sort(key=lambda name: name != reading.speaker)
        people, names = people[:1], people[1:]
    return [Triple(person, predicate, name, saying.verb) for person in people for name in names] or None


def _birthday(saying: Saying, subjects: Sequence[Subject], _: Reading) -> list[Triple] | None:
    """I turned 35."""
    number = next((node for node in saying.clause.objects if node.pos == "NUM"), None)
    if saying.lemma != "turn" or number is None:
        return None
    return [Triple(subject.name, "age", number.text, saying.verb) for subject in subjects]


def _new_work(saying: Saying, subjects: Sequence[Subject], reading: Reading) -> list[Triple] | None:
    """I started a new job at Globex as a cook. She joined Corvane."""
    thing = saying.objects[0] if saying.objects else None
    if thing is None:
        return None
    if saying.lemma == "join" and _is_taken_on(saying) and (_is_employer(thing) or _may_be_employer(thing)):
        value = reading.value(thing)
        return [Triple(s.name, "works_at", value, saying.verb, thing) for s in subjects] if value else None
    if saying.lemma not in {"start", "begin", "get", "land", "accept", "find", "take", "have"}:
        return None
    if thing.lower not in {"job", "position", "role", "gig"}:
        return None
    places = [*saying.by("at", "with"), *(n for n in thing.all("nmod") if n.preposition in {"at", "with"})]
    titles = [*saying.by("as"), *(n for n in thing.all("nmod") if n.preposition == "as")]
    found = [(predicate, node) for predicate, nodes in (("works_at", places), ("job", titles)) for node in nodes]
    found = [(predicate, node) for predicate, node in found if _fits(predicate, node)]
    valued = [(predicate, value) for predicate, node in found if (value := reading.value(node)) is not None]
    return [Triple(s.name, p, v, saying.verb) for s in subjects for p, v in valued] or None


def _new_value(saying: Saying, subjects: Sequence[Subject], reading: Reading) -> list[Triple] | None:
    """I changed my number to 555 0192. I go by Ada now. The team was renamed to Kiln."""
    if saying.relation in {"go by", "rename"} or (saying.lemma == "go" and saying.by("by")):
        called = next(iter([*saying.by("by", "to", "as"), *saying.complements]), None)
        if called is None or called.pos != "PROPN" or (saying.lemma == "rename" and not saying.clause.is_passive):
            return None
        return [Triple(s.name, "name", reading.phrase(called), saying.verb, kind="state") for s in subjects]
    if saying.lemma not in {"change", "update", "switch"} or not _is_done(saying):
        return None
    found: list[Triple] = []
    for node in saying.objects:
        owner, called = reading.owner(node), attribute_name(reading.phrase(node))
        value = next(iter([*saying.by("to"), *(n for n in node.all("nmod") if n.preposition == "to")]), None)
        if owner is not None and value is not None and called in lexicons.words("attributes"):
            found.append(Triple(owner, called, reading.phrase(value), saying.verb, kind="state"))
    return found or None


def _is_taken_on(saying: Saying) -> bool:
    """Whether joining is a job: as somebody, or after leaving another; one joins calls and lunches as well."""
    verb = saying.clause.predicate
    before = verb.head.lemma if verb.role == "conj" and verb.head is not None else ""
    return bool(saying.by("as")) or before in {"leave", "quit", "resign"}


def _parting(saying: Saying, subjects: Sequence[Subject], reading: Reading) -> list[Triple] | None:
    """I broke up with Tom. Julia and I got divorced."""
    is_parting = (
        saying.relation in {"break up", "split up"}
        or saying.lemma in {"divorce", "separate"}
        or (saying.lemma == "get" and any(child.lower == "divorced" for child in saying.verb.children))
    )
    if not is_parting:
        return None
    named = [reading.name(node) for node in (*saying.by("with", "from"), *saying.objects)]
    others = [name for name in named if name is not None and (name.type == "person" or not name.is_common)]
    people = [subject.name for subject in subjects]
    if not others and len(people) == _COUPLE:
        people.sort(key=lambda name: name != reading.speaker)
        people, others = people[:1], people[1:]
    if not others and saying.lemma != "break":  # "My parents got divorced"
        pairs = [s for s in subjects if s.node is not None and s.node.tag in {"NNS", "NNPS"}]
        state = "separated" if saying.lemma == "separate" else "divorced"
        return [Triple(s.name, "is", state, saying.verb, kind="event") for s in pairs] or None
    return [Triple(person, "partner", other, saying.verb, op="end") for person in people for other in others]


_COUPLE = 2


def _dying(saying: Saying, subjects: Sequence[Subject], reading: Reading) -> list[Triple] | None:
    """Our dog passed away."""
    is_death = saying.lemma == "die" and saying.verb.tag != "VBG" and saying.relation == "die"
    is_passing = saying.lemma == "pass" and any(child.lower == "away" for child in saying.verb.children)
    if not (is_death or is_passing) or saying.modality != "asserted" or saying.clause.is_negated:
        return None
    found: list[Triple] = []
    for subject in subjects:
        found.append(Triple(subject.name, "died", "yes", saying.verb, kind="event"))
        owner = reading.owner(subject.node) if subject.node is not None else None
        if owner is not None and subject.node is not None and subject.node.lower in lexicons.words("kin"):
            found.append(Triple(owner, "has", subject.node.lower, saying.verb, op="end"))
    return found


def _succession(saying: Saying, subjects: Sequence[Subject], reading: Reading) -> list[Triple] | None:
    """John Doe replaced Jane Roe as CEO of Acme. Ada took over as CEO of Acme. Ben stepped down as CEO of Acme."""
    change = lexicons.pairs("succession").get(saying.relation) or lexicons.pairs("succession").get(_with_adverb(saying))
    if change is None:
        return None
    roles = [*saying.by("as"), *(n for node in saying.objects[:1] for n in node.all("nmod") if n.preposition == "as")]
    held = post(roles[0], reading) if roles else None
    if held is not None:
        op: Op = "assert" if change == "begins" else "end"
        return [Triple(s.name, held[0], held[1], saying.verb, op=op) for s in subjects]
    if not roles or saying.lemma != "replace":
        return None
    return [Triple(s.name, "is", reading.phrase(roles[0]), saying.verb) for s in subjects]


def _with_adverb(saying: Saying) -> str:
    """The verb with its adverb: "step down"."""
    adverb = next((child.lower for child in saying.verb.children if child.role == "advmod"), "")
    return f"{saying.lemma} {adverb}".strip()


def _anticipation(saying: Saying, subjects: Sequence[Subject], reading: Reading) -> list[Triple] | None:
    """I'm looking forward to the concert."""
    if saying.lemma != "look" or not any(child.lower == "forward" for child in saying.verb.children):
        return None
    awaited = next(iter(saying.by("to")), None) or next(iter(saying.verb.all("advcl", "xcomp", "obl")), None)
    if awaited is None or awaited.lower in UNKNOWN:
        return []
    text = reading.phrase(awaited) if awaited.is_nominal else reading.verb_phrase(awaited)
    return [Triple(s.name, "look forward to", text, saying.verb, modality="desire") for s in subjects if text]


def _leaving(saying: Saying, subjects: Sequence[Subject], reading: Reading) -> list[Triple] | None:
    """I quit Acme. I resigned from Acme. I moved away from Rome. I sold my car. I graduated from MIT."""
    if saying.clause.is_negated or saying.modality != "asserted" or saying.op != "assert":
        return None
    ending: list[tuple[str, Name | str, Node]] = []
    for node in saying.objects:
        if _leaves_employer(saying, node):
            ending += [("works_at", value, node)] if (value := reading.value(node)) else []
        elif saying.lemma in {"leave", "quit", "lose"} and node.lower in {"job", "company"} and node.owner is not None:
            ending.append(("works_at", _employer(saying, node, reading), node))
        elif (habit := _habit(saying, node, reading)) is not None:
            ending.append((*habit, node))
        elif saying.lemma in {"sell", "lose"} and saying.relation == saying.lemma and _is_done(saying):
            ending += [("has", phrase, node)] if (phrase := reading.phrase(node)) else []
    for node in saying.by("from"):
        predicate = lexicons.pairs("ending_from").get(saying.lemma)
        if predicate and (value := reading.value(node)):
            ending.append((predicate, value, node))
    if not ending:
        return None
    found = [Triple(s.name, p, v, saying.verb, node, op="end") for s in subjects for p, v, node in ending]
    arriving = [pair for pair in saying.obliques if pair[0] in {"to", "into", "for"}]
    rest = _transitive(replace(saying, objects=(), obliques=tuple(arriving)), subjects, reading) if arriving else []
    graduated = [Triple(s.name, "graduated_from", v, saying.verb) for s in subjects for _, v, _ in ending]
    return found + (rest or []) + (graduated if saying.lemma == "graduate" else [])


def _habit(saying: Saying, node: Node, reading: Reading) -> tuple[str, str] | None:
    """What is done no longer, where the model takes it for a kind of thing: "quit smoking cigars"."""
    doing = next((child for child in node.children if child.tag == "VBG" and child.role in {"amod", "compound"}), None)
    is_given_up = saying.lemma in {"quit", "stop"} or saying.relation == "give up"
    if doing is None or not is_given_up or saying.modality != "asserted":
        return None
    opening, _, rest = reading.phrase(node).partition(" ")
    return (doing.lemma, rest) if opening.lower() == doing.lower and rest else None


def _employer(saying: Saying, job: Node, reading: Reading) -> Name | str:
    places = [*saying.by("at", "with"), *(node for node in job.all("nmod") if node.preposition in {"at", "with"})]
    return next((value for node in places if (value := reading.value(node))), ANY)


def _is_done(saying: Saying) -> bool:
    """Whether it has happened: "I sold my boat", unlike "I sell boats"."""
    return saying.clause.tense in {"past", "perfect"}


def _leaves_employer(saying: Saying, node: Node) -> bool:
    """Whether leaving a name is leaving a job. The model takes many a firm for a person or a town, and to end working
    where nobody worked ends nothing; but one leaves a firm "early" or "for lunch" without leaving it for good.
    """
    if saying.lemma not in {"leave", "quit"} or node.pos != "PROPN" or node.all("det"):
        return False
    if node.entity in {"LOC", "EVENT", "FAC", "NORP"} or node.lower in lexicons.words("countries"):
        return False
    is_firm_of_two = any(child.lower in lexicons.words("firm_endings") for child in node.all("flat"))
    is_name_of_firm = node.entity == "ORG" or len(node.subtree) == 1 or is_firm_of_two
    is_for_now = saying.obliques or {child.lower for child in saying.verb.children} & {"early", "late", "again"}
    return saying.lemma == "quit" or (not is_for_now and is_name_of_firm)


def _is_employer(node: Node) -> bool:
    """Whether a name can be that of a firm."""
    return node.pos == "PROPN" and node.entity not in {"PERSON", "LOC", "EVENT", "FAC"} and not node.all("det")


def _may_be_employer(node: Node) -> bool:
    """Whether a name that the model takes for somebody's is no first name that we know: Corvane."""
    known = lexicons.words("female_names", "male_names")
    return node.entity == "PERSON" and not node.all("compound", "det") and node.lower not in known


def _transitive(saying: Saying, subjects: Sequence[Subject], reading: Reading) -> list[Triple] | None:
    """Whatever else somebody does to something, or somewhere."""
    found: list[Triple] = []
    for subject in subjects:
        found += _by_agent(saying, subject, reading)
        found += _of_objects(saying, subject, reading)
        if found or not saying.objects or saying.clause.is_passive:
            found += _of_obliques(saying, subject, reading, has_object=bool(found))
        elif not found:  # "had a blast on the trip", "add it to the list": what it is about is not said
            found += [triple for triple in _of_obliques(saying, subject, reading, has_object=True) if _is_known(triple)]
    return found or list(_without_object(saying, subjects, reading))


def _is_known(triple: Triple) -> bool:
    """Whether its predicate is one that the rules name themselves, rather than a verb with its preposition."""
    return triple.predicate in lexicons.pairs("relations").values()


def _without_object(saying: Saying, subjects: Sequence[Subject], reading: Reading) -> Iterator[Triple]:
    """I graduated in 2012. My passport expires in June. I want to learn how to sail. I no longer smoke."""
    about = saying.clause.predicate
    skill = next(
        (node for node in saying.complements if {child.lower for child in node.children} >= {"how", "to"}), None
    )
    if skill is not None and not saying.clause.is_negated:
        yield from (Triple(s.name, saying.relation, words_of(skill.subtree), about, skill) for s in subjects)
        return
    times = [(preposition, node) for preposition, node in saying.clause.obliques if reading.is_time(node)]
    if (
        times
        and not saying.clause.objects
        and saying.lemma not in lexicons.words("light")
        and (reading.is_document or not saying.clause.is_passive)
    ):
        preposition, node = times[0]
        when = words_of(word for word in node.subtree if word not in node.prepositions).strip(" .,!")
        done = passive_of(saying) if saying.clause.is_passive else saying.relation
        predicate = f"{done} {preposition}".strip()
        yield from (Triple(s.name, predicate, when, about, node, confidence=0.7) for s in subjects)
    elif saying.op == "end" and not (saying.complements or saying.obliques):
        yield from (Triple(s.name, saying.relation, ANY, about) for s in subjects)


def _fits(predicate: str, node: Node, *, by: str = "") -> bool:
    """Whether a word can be where somebody lives, works or studies: "at Acme", "at a bakery"; not "at night"."""
    if predicate not in {"lives_in", "works_at", "studies_at"}:
        return True
    if node.pos == "PROPN" or node.entity in {"GPE", "LOC", "FAC", "ORG"}:
        return not (by == "move" and node.entity in {"ORG", "PRODUCT", "WORK_OF_ART"} and node.preposition == "to")
    if node.lower in lexicons.words("workplaces"):
        return predicate != "lives_in"
    # Typed without a capital, a name still stands alone: "i live in lisbon".
    is_bare = node.pos == "NOUN" and node.tag == "NN" and not node.all("det", "amod", "nmod:poss", "compound", "nmod")
    return is_bare and node.lower not in lexicons.words("no_places")


def _by_agent(saying: Saying, subject: Subject, reading: Reading) -> Iterator[Triple]:
    """Who did it. A document goes on about what it was done to: "Tarn was founded by Bo" is about Tarn."""
    if not saying.clause.is_passive:
        return
    relations = lexicons.pairs("relations")
    for node in (name for agent in saying.by("by") for name in _each(agent)):
        known = relations.get(f"{saying.lemma} by")
        if reading.is_document:
            if (value := reading.value(node)) is not None:
                text = (
                    f"{subject.name.name} was {saying.verb.text} by {(value if isinstance(value, str) else value.name)}"
                )
                yield Triple(subject.name, known or f"{passive_of(saying)} by", value, saying.verb, node, text=text)
            continue
        agent = reading.name(node)
        if agent is None or (agent.is_common and agent.type != "person"):
            continue  # spliced by hand, delayed by snow
        if known:
            yield Triple(subject.name, known, agent, saying.verb)
        else:
            yield Triple(agent, relations.get(saying.relation, saying.relation), subject.name, saying.verb)


def _each(agent: Node) -> list[Node]:
    """Who is meant by several people named: "by the sisters Ada and Bea"."""
    named = next((child for child in agent.all("appos") if child.pos == "PROPN"), None)
    return coordinated(named) if named is not None and agent.tag == "NNS" else [agent]


def _of_objects(saying: Saying, subject: Subject, reading: Reading) -> Iterator[Triple]:
    predicate = lexicons.pairs("relations").get(saying.relation, saying.relation)
    objects = [measured(node) for node in saying.objects]
    for node in objects:
        if reading.is_vague(node):
            continue
        value = reading.value(node)
        if predicate == "has" and node.lower in lexicons.words("kin"):
            value = reading.phrase(node)
        is_none = False
        if isinstance(value, str) and value.lower().startswith("no "):  # "I have no siblings"
            is_none, value = True, value[len("no ") :]
        if predicate == "prefers" and isinstance(value, str):
            value = re.split(r" (?:over|to|rather) ", value)[0]
        if value:
            done = passive_of(saying) if saying.clause.is_passive else predicate
            told = with_object(saying, subject, done, value, node, objects)
            yield replace(told, is_negated=is_none)


def _of_obliques(saying: Saying, subject: Subject, reading: Reading, *, has_object: bool) -> Iterator[Triple]:
    relations = lexicons.pairs("relations")
    for preposition, node in saying.obliques:
        known = relations.get(f"{saying.relation} {preposition}")
        known = known if known is None or _fits(known, node, by=saying.lemma) else None
        is_agent = preposition == "by" and saying.clause.is_passive
        is_named = node.pos == "PROPN" or node.entity in TYPES
        if is_agent or not preposition or reading.is_vague(node) or (has_object and not known and not is_named):
            continue
        value = reading.value(node)
        if value is not None:
            has_object = True
            done = passive_of(saying) if saying.clause.is_passive else saying.relation
            predicate = known or f"{done} {preposition}"
            same = [other for pair, other in saying.obliques if pair == preposition]
            yield with_object(saying, subject, predicate, value, node, same)


DOING: tuple[Rule, ...] = (
    _preference,
    _activity,
    _wish_to_be,
    _birthday,
    _marrying,
    _becoming,
    _new_work,
    _new_value,
    _parting,
    _dying,
    _succession,
    _anticipation,
    _leaving,
    _transitive,
)
