"""The command line: `graphmem add`, `recall`, `history`, `forget`, `export`, `import`, `move`, `reembed`, `doctor`, ...

Exit codes: 0 done · 1 it failed · 2 the input cannot be meant · 3 nothing was found · 130 stopped by Ctrl-C.
Answers go to standard output, everything else to standard error; `--json` prints the models of `graphmem.models`.
"""

import io
import json
import logging
import sys
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, NoReturn, cast

import typer
from pydantic import BaseModel, TypeAdapter

from graphmem import protocols
from graphmem._colour import drive
from graphmem._progress import COMPARING, MOVING, reported
from graphmem.counted import counted
from graphmem.demo import run as run_demo
from graphmem.demo import shown
from graphmem.errors import GraphmemError, InvalidInput, NotFound, ScopeMissing
from graphmem.handle import ExtractorChoice, Who
from graphmem.memory import Memory
from graphmem.models import Change, Ingested, Receipt
from graphmem.moment import now
from graphmem.moving import Mover, check_apart
from graphmem.scope import LayerChoice, Scope
from graphmem.sources import Lines, naming, source_of
from graphmem.stores import store_at

FAILED, WRONG_INPUT, NOTHING_FOUND, INTERRUPTED = 1, 2, 3, 130

app = typer.Typer(
    name="graphmem",
    help="A memory that answers chained questions and shows the path that proves each answer.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

Store = Annotated[
    str | None,
    typer.Option("--store", metavar="URL", help="Where memory is kept: a path, :memory:, or neo4j://host:7687."),
]
User = Annotated[str | None, typer.Option("--user", "-u", help="Whose memory it is.")]
Agent = Annotated[str | None, typer.Option("--agent", help="The agent whose memory it is, or who is asking.")]
Session = Annotated[str | None, typer.Option("--session", help="The session it belongs to.")]
Org = Annotated[str, typer.Option("--org", help="The organisation all of it belongs to.")]
Layer = Annotated[str, typer.Option("--layer", help="auto, session, user, agent or org.")]
Extraction = Annotated[
    str,
    typer.Option("--extractor", envvar="GRAPHMEM_EXTRACTOR", help="Who finds facts in texts: offline, openai or none."),
]
Model = Annotated[
    str | None, typer.Option("--model", help="The language model: openai, or openai:NAME; else none is asked.")
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON, one document.")]
At = Annotated[str | None, typer.Option("--at", metavar="MOMENT", help="An ISO 8601 moment with its time zone.")]
Filters = Annotated[
    str | None,
    typer.Option(
        "--filters", metavar="JSON", help="""Only what passes: '{"session_id": "monday"}', see docs/filters.md."""
    ),
]
KnownAt = Annotated[str | None, typer.Option("--known-at", metavar="MOMENT", help="As it was known at this moment.")]


@app.callback()
def settings(
    debug: Annotated[bool, typer.Option("--debug", help="Show tracebacks and log lines.")] = False,
) -> None:
    """A memory that answers chained questions and shows the path that proves each answer."""
    if debug:
        logging.basicConfig(level=logging.DEBUG, stream=sys.stderr)
        logging.getLogger("openai").setLevel(logging.INFO)  # below that it logs prompts


@app.command()
def demo(
    store: Store = None,
    keep: Annotated[bool, typer.Option("--keep", help="Leave the store in ./graphmem-demo.db to play with.")] = False,
    json_: Json = False,
) -> None:
    """Read a year of chats of a small firm, then ask it chained questions."""
    told = run_demo(store, is_kept=keep, show=(lambda _: None) if json_ else typer.echo)
    if json_:
        _print_json(told)


@app.command()
def add(
    what: Annotated[
        list[str], typer.Argument(help="Texts, files, JSON Lines files (*.jsonl), or - for standard input.")
    ],
    store: Store = None,
    user: User = None,
    agent: Agent = None,
    session: Session = None,
    org: Org = "default",
    layer: Layer = "auto",
    at: At = None,
    replace: Annotated[bool, typer.Option("--replace", help="Take changed files in place of what they said.")] = False,
    extractor: Extraction = "offline",
    json_: Json = False,
) -> None:
    """Remember texts and files. Stopped half way, the same command goes on where it was."""
    sources = [source_of(item) for item in what]
    moment = _moment(at)
    if moment and any(isinstance(source, Lines) for source in sources):
        raise InvalidInput('--at is for texts: each line of a JSON Lines file says its own "at"')
    who = _who(user, agent, session, layer)
    told: list[Change | Ingested] = []
    with Memory(store, org_id=org, extractor=cast("ExtractorChoice", extractor)) as memory:
        for source in sources:
            if isinstance(source, Lines):
                with naming(source):
                    ingested = memory.add_many(source, progress=not json_, **who)
                told.append(ingested)
                if not json_:
                    typer.echo(f"{source.name}: {ingested}")
            else:
                with naming(source):
                    changes = memory.add(
                        source.text, at=moment, title=source.title, source_id=source.path, replace=replace, **who
                    )
                told += changes
                if not json_:
                    _print(changes, as_json=False)
    if json_:
        _print_json(told)


@app.command()
def recall(
    question: Annotated[str, typer.Argument(help="What you want to know.")],
    store: Store = None,
    user: User = None,
    agent: Agent = None,
    session: Session = None,
    org: Org = "default",
    layer: Layer = "auto",
    limit: Annotated[int, typer.Option("--limit", "-n", help="The most answers.")] = 5,
    at: At = None,
    known_at: KnownAt = None,
    filters: Filters = None,
    context: Annotated[bool, typer.Option("--context", help="Print it as notes for a prompt.")] = False,
    json_: Json = False,
) -> None:
    """Ask memory; every answer comes with the path that proves it."""
    with Memory(store, org_id=org) as memory:
        found = memory.recall(
            question,
            limit=limit,
            at=_moment(at),
            known_at=_moment(known_at),
            filters=_filters(filters),
            **_who(user, agent, session, layer),
        )
    if json_:
        _print_json(found)
    elif context:
        typer.echo(found.context())
    else:
        for number, hit in enumerate(found.hits, 1):
            typer.echo(f"{number}. {shown(hit)}")
        if not found.enough:
            typer.echo("Memory may not hold the answer: nothing here is close enough to be sure.", err=True)
    if not found.hits:
        raise typer.Exit(NOTHING_FOUND)


@app.command()
def answer(
    question: Annotated[str, typer.Argument(help="What you want to know.")],
    store: Store = None,
    user: User = None,
    agent: Agent = None,
    session: Session = None,
    org: Org = "default",
    layer: Layer = "auto",
    at: At = None,
    known_at: KnownAt = None,
    filters: Filters = None,
    model: Model = None,
    json_: Json = False,
) -> None:
    """Ask memory, and have the answer in words with what it rests on; without --model, the best path as it stands."""
    with Memory(store, org_id=org, model=model) as memory:
        found = memory.answer(
            question,
            at=_moment(at),
            known_at=_moment(known_at),
            filters=_filters(filters),
            **_who(user, agent, session, layer),
        )
    _print(found, as_json=json_)
    if found.note and not json_:
        typer.echo(found.note, err=True)
    if found.text is None:
        raise typer.Exit(NOTHING_FOUND)


@app.command("catch-up")
def catch_up(
    store: Store = None,
    user: User = None,
    agent: Agent = None,
    org: Org = "default",
    layer: Layer = "auto",
    model: Model = None,
    json_: Json = False,
) -> None:
    """Ask the language model again about every episode of an owner that it could not read."""
    with Memory(store, org_id=org, extractor="openai", model=model) as memory:
        caught = memory.catch_up(**_who(user, agent, None, layer))
    _print(caught, as_json=json_)
    if caught.pending:
        raise typer.Exit(FAILED)


@app.command()
def history(
    fact_id: Annotated[str, typer.Argument(help="Id of a fact, as `graphmem recall --json` prints it.")],
    store: Store = None,
    user: User = None,
    agent: Agent = None,
    session: Session = None,
    org: Org = "default",
    layer: Layer = "auto",
    json_: Json = False,
) -> None:
    """What happened to a fact, oldest first."""
    with Memory(store, org_id=org) as memory:
        _print(memory.history(fact_id, **_who(user, agent, session, layer)), as_json=json_)


@app.command()
def diff(
    since: Annotated[str, typer.Option("--since", help="Changes after this moment, ISO 8601.")],
    until: Annotated[str | None, typer.Option("--until", help="Changes up to this moment; all if not given.")] = None,
    store: Store = None,
    user: User = None,
    agent: Agent = None,
    session: Session = None,
    org: Org = "default",
    layer: Layer = "auto",
    json_: Json = False,
) -> None:
    """What came to be believed (+), what no longer is (-) and what is otherwise (~), oldest first."""
    start, end = _moment(since), _moment(until)
    assert start is not None, "it was given"
    with Memory(store, org_id=org) as memory:
        _print(memory.diff(since=start, until=end, **_who(user, agent, session, layer)), as_json=json_)


@app.command()
def review(
    store: Store = None,
    user: User = None,
    agent: Agent = None,
    session: Session = None,
    org: Org = "default",
    layer: Layer = "auto",
    limit: Annotated[int, typer.Option("--limit", "-n", help="The most doubts.")] = 20,
    json_: Json = False,
) -> None:
    """What is doubtful: unsure facts, facts that may be one or exclude each other, names that may mean the same."""
    with Memory(store, org_id=org) as memory:
        _print(memory.review(limit=limit, **_who(user, agent, session, layer)), as_json=json_)


@app.command()
def forget(
    store: Store = None,
    user: User = None,
    agent: Agent = None,
    session: Session = None,
    org: Org = "default",
    layer: Layer = "auto",
    fact: Annotated[str | None, typer.Option("--fact", help="Only this fact, by id.")] = None,
    source: Annotated[str | None, typer.Option("--source", help="Only what came from this source.")] = None,
    entity: Annotated[str | None, typer.Option("--entity", help="Only what names this person or thing.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Count what would go, and leave it.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    json_: Json = False,
) -> None:
    """Erase for good, and print a receipt. Without a selection: everything of the owner named."""
    who = _who(user, agent, session, layer)
    with Memory(store, org_id=org) as memory:

        def erase(*, dry_run: bool) -> Receipt:
            return memory.forget(fact_id=fact, source_id=source, entity=entity, dry_run=dry_run, **who)

        if not dry_run and not yes:
            typer.echo(str(erase(dry_run=True)), err=True)
            typer.echo("Erase this for good? [y/N] ", nl=False, err=True)
            if sys.stdin.readline().strip().lower() not in {"y", "yes"}:
                typer.echo("nothing was erased", err=True)
                raise typer.Exit(FAILED)
        receipt = erase(dry_run=dry_run)
    _print(receipt, as_json=json_)


@app.command()
def export(
    path: Annotated[Path, typer.Argument(help="The file to write.")],
    store: Store = None,
    user: User = None,
    agent: Agent = None,
    session: Session = None,
    org: Org = "default",
    layer: Layer = "auto",
    entity: Annotated[str | None, typer.Option("--entity", help="Only what names this person or thing.")] = None,
    json_: Json = False,
) -> None:
    """Write an owner's memory to a file of JSON Lines, or all that is known about somebody or something."""
    with Memory(store, org_id=org) as memory:
        records = memory.export(path, entity=entity, **_who(user, agent, session, layer))
    # The records are the answer, and may go to standard output by the name of /dev/stdout.
    written = counted(records, "records")
    _print_json({"records": records}) if json_ else typer.echo(f"{written} written to {path}", err=True)


@app.command("import")
def import_(
    path: Annotated[Path, typer.Argument(help="A file that `graphmem export` wrote.")],
    store: Store = None,
    user: User = None,
    agent: Agent = None,
    session: Session = None,
    org: Org = "default",
    layer: Layer = "auto",
    json_: Json = False,
) -> None:
    """Read an exported file into an owner's memory: what is new in it, and what changed since in what is known."""
    with Memory(store, org_id=org) as memory:
        records = memory.load(path, **_who(user, agent, session, layer))
    _print_json({"records": records}) if json_ else typer.echo(f"{records} new records from {path}")


@app.command()
def move(
    source: Annotated[str, typer.Argument(metavar="SOURCE", help="The store to read, which stays as it is.")],
    target: Annotated[
        str, typer.Argument(metavar="TARGET", help="The store to write; a file is made if it is missing.")
    ],
    user: User = None,
    agent: Agent = None,
    org: Annotated[str | None, typer.Option("--org", help="The organisation; alone: all that belongs to it.")] = None,
    layer: Layer = "auto",
    json_: Json = False,
) -> None:
    """Carry the whole store into another; with --user, --agent or --org only what is theirs, sessions too.

    Stopped half way, the same command goes on where it was. It ends when both stores hold the same.
    """
    from graphmem.embedding.static import StaticEmbedder

    home = _home(user, agent, org, layer)
    check_apart(source, target)
    with _opened(source) as here, _opened(target) as there:
        mover = Mover(here, there, StaticEmbedder(), clock=now)
        with reported(iter(()), is_shown=not json_, deed=COMPARING) as done:
            plan = drive(mover.plan(home, progress=done))
        with reported(range(plan.missing), is_shown=not json_, deed=MOVING) as done:
            moved = drive(mover.move(plan, progress=done))
    _print(moved, as_json=json_)


@app.command()
def reembed(store: Store = None, json_: Json = False) -> None:
    """Make every vector of a store anew, after a change of embedder."""
    with Memory(store) as memory:
        texts = memory.reembed()
    _print_json({"texts": texts}) if json_ else typer.echo(f"{counted(texts, 'texts')} embedded anew")


@app.command()
def doctor(store: Store = None, json_: Json = False) -> None:
    """Look whether everything that memory needs is there and well."""
    from graphmem.doctor import examine

    findings = examine(store)
    if json_:
        _print_json(findings)
    else:
        for finding in findings:
            typer.echo(str(finding))
    if not all(finding.is_well for finding in findings):
        raise typer.Exit(FAILED)


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run one command and end the process with its exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal that cannot show a character shows another
    try:
        app(given, prog_name="graphmem")
    except SystemExit as end:
        if end.code == INTERRUPTED:
            typer.echo("stopped; what was committed stays, and the same command goes on from there", err=True)
        raise
    except Exception as error:
        if "--debug" in given:
            raise
        typer.echo(f"graphmem: {error if isinstance(error, GraphmemError) else _unforeseen(error)}", err=True)
        sys.exit(_exit_code(error))
    sys.exit(0)


def _who(user: str | None, agent: str | None, session: str | None, layer: str) -> Who:
    if user is None and agent is None and layer != "org":
        raise ScopeMissing(
            "nobody is named: pass --user (or --agent) to say whose memory it is, "
            "or --layer org for what the whole organisation shares"
        )
    return Who(user_id=user, agent_id=agent, session_id=session, layer=cast("LayerChoice", layer))


def _home(user: str | None, agent: str | None, org: str | None, layer: str) -> str | None:
    """The key of what `move` is about, with all below it. None: the whole store."""
    if user is None and agent is None and layer == "auto":
        return None if org is None else Scope.of(org, layer="org").owned.rpartition("/")[0]
    who = _who(user, agent, None, layer)
    return Scope.of("default" if org is None else org, **who).owned


@contextmanager
def _opened(url: str) -> Generator[protocols.Store]:
    """The store at an address, closed at the end of the block."""
    store = store_at(url)
    try:
        yield store
    finally:
        drive(store.close())


def _moment(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
        return moment if moment.tzinfo else moment.astimezone()
    except (ValueError, OverflowError) as error:  # no date, or one before this machine's calendar
        raise InvalidInput(f"{text!r} is not a moment: write 2025-03-01T12:00:00+00:00") from error


def _filters(text: str | None) -> dict[str, Any] | None:
    if text is None:
        return None
    try:
        return json.loads(text)
    except ValueError as error:
        raise InvalidInput(f'--filters {text!r:.80} is not JSON: write \'{{"role": "user"}}\'') from error


def _print(told: Sequence[BaseModel] | BaseModel, *, as_json: bool) -> None:
    if as_json:
        _print_json(told)
    else:
        for model in [told] if isinstance(told, BaseModel) else told:
            typer.echo(str(model))


def _print_json(told: object) -> None:
    plain = TypeAdapter(object).dump_python(told, mode="json")
    is_unicode = (getattr(sys.stdout, "encoding", None) or "").lower().startswith("utf")
    typer.echo(json.dumps(plain, indent=2, ensure_ascii=not is_unicode))


def _exit_code(error: Exception) -> int:
    if isinstance(error, NotFound):
        return NOTHING_FOUND
    return WRONG_INPUT if isinstance(error, InvalidInput) else FAILED


def _unforeseen(error: Exception) -> str:
    return f"{type(error).__name__}: {error} (run `graphmem --debug` to see where)"
