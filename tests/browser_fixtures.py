"""The fixture of tests that draw in a browser, and `--no-browser`."""

from collections.abc import Iterator

import pytest

from tests.browser import NAMES, Browser, find

FIXTURE = "browser"
LEFT_OUT = pytest.StashKey[int]()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--no-browser", action="store_true", help="leave out the tests that draw in a Chromium")


def pytest_report_header(config: pytest.Config) -> str:
    return "browser: left out by --no-browser" if config.getoption("--no-browser") else f"browser: {find() or 'none'}"


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark what takes the fixture, so that `-m browser` and `--no-browser` hold for it; leave it out if asked."""
    drawing = [item for item in items if FIXTURE in getattr(item, "fixturenames", ())]
    for item in drawing:
        item.add_marker("browser")
    if config.getoption("--no-browser"):
        items[:] = [item for item in items if item not in drawing]
        config.hook.pytest_deselected(items=drawing)
        config.stash[LEFT_OUT] = len(drawing)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if left_out := config.stash.get(LEFT_OUT, 0):
        terminalreporter.section("left out: --no-browser", sep="-")
        terminalreporter.write_line(f"{left_out} tests that draw in a Chromium")


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """A Chromium that the tests share, or a failure that says how to get one."""
    program = find()
    if program is None:
        pytest.fail(
            f"no browser: looked for {', '.join(NAMES)} on the PATH. Install one (Debian: apt-get install chromium), "
            "or leave these tests out, knowingly, by --no-browser",
            pytrace=False,
        )
    running = Browser(program, tmp_path_factory.mktemp("browser"))
    yield running
    running.close()
