"""A headless Chromium for tests, driven over the DevTools protocol.

Belongs here: opening pages and reading their text. Doesn't: what a page should say. Source: Chrome DevTools Protocol, domains
Page, Runtime and Emulation; Chromium writes the port that it took to `DevToolsActivePort` in its profile.
"""

import base64
import itertools
import json
import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import requests
from websockets.sync.client import ClientConnection, connect

SECONDS = 30.0  # a page may take, on a busy machine


def chromium() -> str:
    """Chromium's path; skips the test by name where it is absent, and fails it in CI, which must have it."""
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if found is None:
        missing = "needs Chromium (Debian package chromium)"
        pytest.fail(missing) if os.environ.get("CI") else pytest.skip(missing)
    return str(found)


class Tab:
    """One page. Not shared between threads."""

    def __init__(self, connection: ClientConnection, pictures: Path | None = None) -> None:
        self._connection, self._pictures = connection, pictures
        self._ids = itertools.count(1)

    def open(self, url: str) -> None:
        """Go to an address; what it shows comes later."""
        self._ask("Page.navigate", url=url)

    def evaluate(self, expression: str) -> Any:
        """The value of a JavaScript expression, as JSON has it."""
        answer = self._ask("Runtime.evaluate", expression=expression, returnByValue=True)
        return answer["result"].get("value")

    def size(self, width: int = 0, height: int = 0) -> None:
        """Show pages as a screen of this size would, in pixels; without one, as the browser's window does."""
        self._ask("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width > 0)

    def picture(self, name: str) -> None:
        """Keep what the page shows as `name`.png, where `--pictures` names a folder."""
        if self._pictures is not None:
            time.sleep(2)  # fonts, pictures and animations come behind the text
            self._pictures.mkdir(parents=True, exist_ok=True)
            drawn = self._ask("Page.captureScreenshot", format="png")
            (self._pictures / f"{name}.png").write_bytes(base64.b64decode(drawn["data"]))

    def text(self) -> str:
        """What the page shows, as a person could mark and copy it."""
        return str(self.evaluate("document.body ? document.body.innerText : ''") or "")

    def wait_for(self, *texts: str) -> str:
        """The page's text, once it holds all of these. Fails naming those that didn't come."""
        until = time.monotonic() + SECONDS
        while missing := [text for text in texts if text not in (shown := self.text())]:
            if time.monotonic() > until:
                pytest.fail(f"The page {self.evaluate('location.href')} does not show {missing}, but:\n{shown}")
            time.sleep(0.1)
        return shown

    def wait_until(self, expression: str, good: Callable[[Any], bool]) -> Any:
        """The expression's value, once it is good."""
        until = time.monotonic() + SECONDS
        while not good(value := self.evaluate(expression)):
            assert time.monotonic() < until, (
                f"The page {self.evaluate('location.href')} goes on giving {value!r} for {expression}"
            )
            time.sleep(0.1)
        return value

    def _ask(self, method: str, **parameters: Any) -> dict[str, Any]:
        number = next(self._ids)
        self._connection.send(json.dumps({"id": number, "method": method, "params": parameters}))
        while (answer := json.loads(self._connection.recv(SECONDS))).get("id") != number:
            pass  # an event that nobody asked for
        assert "error" not in answer, answer["error"]
        result: dict[str, Any] = answer["result"]
        return result


@pytest.fixture(scope="module")
def tab(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[Tab]:
    """A tab of a browser that a module's tests share."""
    with browser(tmp_path_factory.mktemp("chromium"), request.config.getoption("--pictures")) as one:
        yield one


@contextmanager
def browser(profile: Path, pictures: Path | None = None) -> Iterator[Tab]:
    """A browser with one tab, until the block ends. `profile`: an empty folder; `pictures`: see `Tab.picture`."""
    # No sandbox: containers don't let it make one. Nothing but this machine's own pages is opened.
    flags = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--window-size=1600,1200"]
    arguments = [chromium(), *flags, f"--user-data-dir={profile}", "--remote-debugging-port=0", "about:blank"]
    with (profile / "chromium.log").open("wb") as log:
        process = subprocess.Popen(arguments, stdout=log, stderr=subprocess.STDOUT)
    try:
        with connect(_page(process, profile), max_size=None) as connection:
            yield Tab(connection, pictures)
    finally:
        process.terminate()
        process.wait()


def _page(process: subprocess.Popen[bytes], profile: Path) -> str:
    """The WebSocket address of the first tab."""
    note, until = profile / "DevToolsActivePort", time.monotonic() + SECONDS
    while not note.exists() or len(note.read_text().splitlines()) < 2:
        assert process.poll() is None, (profile / "chromium.log").read_text(errors="replace")
        assert time.monotonic() < until, "Chromium did not start in time"
        time.sleep(0.05)
    port = note.read_text().splitlines()[0]
    tabs = requests.get(f"http://127.0.0.1:{port}/json/list", timeout=SECONDS).json()
    return str(next(tab["webSocketDebuggerUrl"] for tab in tabs if tab["type"] == "page"))
