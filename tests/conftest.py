"""What holds for the whole session: no network, nobody's own settings, and an honest account of what was left out."""

import os
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, settings

from tests import network

pytest_plugins = ["tests.neo4j_fixtures", "tests.browser_fixtures"]

HERE = Path(__file__).resolve().parent
DEVELOPMENT_DATA = Path(os.environ.get("GRAPHMEM_DATA", HERE.parents[1] / "shared" / "data"))

# The same examples in every run, so that a red run can be repeated; no time limits, as machines differ.
SAME_EVERYWHERE = settings(
    derandomize=True, database=None, deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
settings.register_profile("suite", SAME_EVERYWHERE)
settings.load_profile("suite")


def pytest_configure(config: pytest.Config) -> None:
    network.block()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the checks whose development data is not here; `pytest_terminal_summary` names them."""
    left_out = {item: missing for item in items if (missing := missing_folders(item))}
    if left_out:
        items[:] = [item for item in items if item not in left_out]
        config.hook.pytest_deselected(items=list(left_out))
    config.stash[LEFT_OUT] = {item.nodeid: missing for item, missing in left_out.items()}


LEFT_OUT = pytest.StashKey[dict[str, list[str]]]()


def missing_folders(item: pytest.Item) -> list[str]:
    marks = item.iter_markers("development_data")
    return [folder for mark in marks for folder in mark.args if not (DEVELOPMENT_DATA / folder).exists()]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    left_out = config.stash.get(LEFT_OUT, {})
    if left_out:
        terminalreporter.section("left out: development data not found", sep="-")
        terminalreporter.write_line(f"looked in {DEVELOPMENT_DATA} (GRAPHMEM_DATA names another folder)")
        for nodeid, missing in left_out.items():
            terminalreporter.write_line(f"{nodeid}: needs {', '.join(missing)}")


@pytest.fixture(scope="session")
def development_data() -> Path:
    """The folder of the data sets; a test that takes it says which of them by `@pytest.mark.development_data`."""
    return DEVELOPMENT_DATA


@pytest.fixture(scope="session", autouse=True)
def nobodys_settings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """No setting, key or data folder of the person who runs the tests reaches them."""
    with pytest.MonkeyPatch.context() as environment:
        for name in os.environ:
            if name.startswith(("GRAPHMEM_", "OPENAI_", "NEO4J_")):
                environment.delenv(name)
        home = tmp_path_factory.mktemp("home")
        for name in ("HOME", "USERPROFILE", "LOCALAPPDATA", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"):
            environment.setenv(name, str(home))
        yield


@pytest.fixture
def reachable() -> Iterator[Path]:
    """A folder that anybody may read and only its owner may write to.

    It is none of pytest's: each session that begins shuts the folder above those of all sessions, also to this one.
    """
    with TemporaryDirectory(prefix="anybody-") as folder:
        path = Path(folder)
        path.chmod(0o755)
        yield path
