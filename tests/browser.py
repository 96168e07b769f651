"""A headless Chromium that tests open pages in: driven over a pipe, so that no port is open and nothing is installed.

It speaks the DevTools protocol: JSON messages that end with a zero byte, commands on descriptor 3, answers on 4.
"""

import base64
import contextlib
import fcntl
import json
import os
import shutil
import signal
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
FLAGS = (
    "--headless=new",
    "--remote-debugging-pipe",
    "--no-sandbox",  # tests may run as root, in a container; the pages are ours
    "--use-angle=swiftshader",  # WebGL without a graphics card
    "--enable-unsafe-swiftshader",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--host-resolver-rules=MAP * ~NOTFOUND",  # what a page asks for is noted, and not fetched
    "--hide-scrollbars",
)
PATIENCE_S = 120.0  # for an answer that does not come: a browser that hangs is a failure, not a hang of the tests
CARD_COMPLAINT = "GPU stall due to ReadPixels"  # what the software renderer says of itself


def find() -> str | None:
    """Return the browser of this machine, None where there is none."""
    return next((found for name in NAMES if (found := shutil.which(name))), None)


class Browser:
    """One running Chromium; `open` gives a page."""

    def __init__(self, program: str, folder: Path) -> None:
        (in_read, self._to), (self._from, out_write) = _pipe(), _pipe()
        actions = [
            (os.POSIX_SPAWN_DUP2, in_read, 3),
            (os.POSIX_SPAWN_DUP2, out_write, 4),
            (os.POSIX_SPAWN_OPEN, 1, str(folder / "browser.log"), os.O_WRONLY | os.O_CREAT, 0o600),
            (os.POSIX_SPAWN_DUP2, 1, 2),
        ]
        command = [program, *FLAGS, f"--user-data-dir={folder / 'profile'}", "about:blank"]
        surroundings = {**os.environ, "HOME": str(folder)}
        self._process = os.posix_spawn(program, command, surroundings, file_actions=actions, setpgroup=0)
        os.close(in_read)
        os.close(out_write)
        os.set_blocking(self._from, False)
        self._folder = folder
        self._number = 0
        self._unread = b""
        self._answers: dict[int, Mapping[str, Any]] = {}
        self.events: list[Mapping[str, Any]] = []

    def open(self, html: str, *, dark: bool = False, size: tuple[int, int] = (1000, 700)) -> "Page":
        """Open a document in a page of its own."""
        self._number += 1
        file = self._folder / f"page{self._number}.html"
        file.write_text(html, encoding="utf-8")
        target = self.ask("Target.createTarget", {"url": "about:blank"})["targetId"]
        session = self.ask("Target.attachToTarget", {"targetId": target, "flatten": True})["sessionId"]
        page = Page(self, session, target)
        page.prepare(dark=dark, size=size)
        page.load(file.as_uri())
        return page

    def ask(self, method: str, values: Mapping[str, Any] | None = None, session: str | None = None) -> Any:
        """Give a command and return its answer; events that arrive before it are kept."""
        self._number += 1
        number = self._number
        message = {"id": number, "method": method, "params": values or {}}
        os.write(self._to, json.dumps(message | ({"sessionId": session} if session else {})).encode() + b"\0")
        self.wait(lambda: number in self._answers, method)
        answer = self._answers.pop(number)
        assert "error" not in answer, f"{method}: {answer['error']}"
        return answer["result"]

    def wait(self, is_so: Any, what: str) -> None:
        """Read what the browser says until something is so."""
        until = time.monotonic() + PATIENCE_S
        while not is_so():
            assert time.monotonic() < until, f"the browser did not answer: {what}\n{self._log()}"
            self._read()

    def _read(self) -> None:
        try:
            heard = os.read(self._from, 1 << 20)
        except BlockingIOError:
            time.sleep(0.005)
            return
        assert heard, f"the browser ended\n{self._log()}"
        *messages, self._unread = (self._unread + heard).split(b"\0")
        for message in map(json.loads, messages):
            if "id" in message:
                self._answers[message["id"]] = message
            else:
                self.events.append(message)

    def _log(self) -> str:
        return (self._folder / "browser.log").read_text(errors="replace")[-2000:]

    def close(self) -> None:
        """End the browser and everything that it started."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process, signal.SIGKILL)
        os.waitpid(self._process, 0)
        os.close(self._to)
        os.close(self._from)


class Page:
    """An open page and the frames in it: what they asked for, what they complained about, and what they show."""

    def __init__(self, browser: Browser, session: str, target: str) -> None:
        self._browser = browser
        self._sessions = [session]
        self._target = target
        self._first = len(browser.events)

    def prepare(self, *, dark: bool, size: tuple[int, int]) -> None:
        """Listen to the page and to each frame that it will have, and set the window and the colours."""
        attach = {"autoAttach": True, "waitForDebuggerOnStart": True, "flatten": True}
        self._ask("Target.setAutoAttach", attach)
        self._listen(self._sessions[0])
        width, height = size
        metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        self._ask("Emulation.setDeviceMetricsOverride", metrics)
        self._ask("Emulation.setEmulatedMedia", {"features": [_scheme(dark=dark)]})
        self._dark = dark

    def _listen(self, session: str) -> None:
        for domain in ("Runtime", "Network", "Page", "Log"):
            self._browser.ask(f"{domain}.enable", session=session)

    def load(self, url: str) -> None:
        """Go there, and wait until the page and its frames are loaded."""
        self._ask("Page.navigate", {"url": url})
        self._until(lambda: bool(self._heard("Page.loadEventFired")), "the page to load")

    def frame(self) -> "Page":
        """The frame in this page, as a page: one that is sandboxed has a process of its own."""
        self._until(lambda: bool(self._heard("Target.attachedToTarget")), "a frame")
        session = self._heard("Target.attachedToTarget")[-1]["sessionId"]
        inner = Page(self._browser, session, self._target)
        inner._first = self._first
        inner._dark = self._dark
        if session not in self._sessions:
            self._sessions.append(session)
            self._listen(session)
            features = {"features": [_scheme(dark=self._dark)]}
            self._browser.ask("Emulation.setEmulatedMedia", features, session)
            self._browser.ask("Runtime.runIfWaitingForDebugger", session=session)
        return inner

    def run(self, script: str) -> Any:
        """Run a script, wait for what it promises, and return it."""
        values = {"expression": script, "awaitPromise": True, "returnByValue": True}
        answer = self._ask("Runtime.evaluate", values)
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def wait(self, condition: str) -> None:
        """Wait until a script gives something true."""
        self._until(lambda: bool(self.run(condition)), condition)

    def click(self, x: float, y: float) -> None:
        """Click as a mouse does, at a place in this page."""
        for kind in ("mouseMoved", "mousePressed", "mouseReleased"):
            button = "none" if kind == "mouseMoved" else "left"
            event = {"type": kind, "x": x, "y": y, "button": button, "clickCount": 1}
            self._ask("Input.dispatchMouseEvent", event)

    def press(self, key: str) -> None:
        """Press a key, as on a keyboard."""
        text = {"Enter": "\r"}[key]
        for kind in ("keyDown", "keyUp"):
            self._ask(
                "Input.dispatchKeyEvent",
                {"type": kind, "key": key, "code": key, "text": text, "windowsVirtualKeyCode": 13},
            )

    def picture(self) -> bytes:
        """What is seen, as PNG."""
        return base64.b64decode(self._ask("Page.captureScreenshot")["data"])

    def requests(self) -> Sequence[str]:
        """Everything asked for, beyond the page itself and what is written in it."""
        asked = [event["request"]["url"] for event in self._heard("Network.requestWillBeSent")]
        return [url for url in asked if not url.startswith(("file:", "data:", "about:"))]

    def complaints(self) -> Sequence[str]:
        """Errors and warnings of the console, and exceptions nobody caught."""
        logged = [event["entry"]["text"] for event in self._heard("Log.entryAdded")]
        said = [
            str(event["args"])
            for event in self._heard("Runtime.consoleAPICalled")
            if event["type"] in ("error", "warning", "assert")
        ]
        thrown = [str(event["exceptionDetails"]) for event in self._heard("Runtime.exceptionThrown")]
        return [text for text in (*logged, *said, *thrown) if CARD_COMPLAINT not in text]

    def close(self) -> None:
        """Close the page."""
        self._browser.ask("Target.closeTarget", {"targetId": self._target})

    def _ask(self, method: str, values: Mapping[str, Any] | None = None) -> Any:
        return self._browser.ask(method, values, self._sessions[0])

    def _until(self, is_so: Any, what: str) -> None:
        self._browser.wait(is_so, what)

    def _heard(self, method: str) -> list[Mapping[str, Any]]:
        heard = self._browser.events[self._first :]
        return [event["params"] for event in heard if event["method"] == method and self._is_mine(event)]

    def _is_mine(self, event: Mapping[str, Any]) -> bool:
        return event.get("sessionId") in self._sessions


def _scheme(*, dark: bool) -> Mapping[str, str]:
    return {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}


def _pipe() -> tuple[int, int]:
    """A pipe beyond the descriptors that the browser is given."""
    ends = os.pipe()
    above = tuple(fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, 10) for end in ends)
    for end in ends:
        os.close(end)
    return above[0], above[1]
