import os
import subprocess
import sys
from importlib.metadata import entry_points
from pathlib import Path

import pytest

from akeneo_assets.cli import main


def _said(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[object, str, str]:
    monkeypatch.setattr(sys, "argv", ["akeneo-sfcc", *arguments])
    with pytest.raises(SystemExit) as left:
        main()
    return left.value.code, *capsys.readouterr()


def test_the_help_tells_what_each_command_does(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = _said(monkeypatch, capsys)
    assert code == 0
    told = dict(line.split(maxsplit=1) for line in out.splitlines() if line.startswith("  "))
    assert sorted(told) == [
        *("adopt", "apply", "confirm", "demo", "dev", "doctor", "events", "init", "migrate", "plan", "readiness", "run"),
        *("sandbox", "schema", "show", "verify"),
    ]
    assert told["run"] == "Run one job now."


def test_a_mistyped_command_is_named_beside_those_that_exist(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = _said(monkeypatch, capsys, "rnu", "3-1")
    assert (code, out) == (2, "")
    assert err.startswith("'rnu' is no command.")
    assert "  run " in err


def test_a_terminal_that_lacks_a_letter_shows_its_code(tmp_path: Path) -> None:
    (tmp_path / "connector.yaml").write_text("é: 1\n")
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "PYTHONIOENCODING": "ascii:strict"}
    done = subprocess.run(
        [Path(sys.executable).with_name("akeneo-sfcc"), "doctor"], cwd=tmp_path, env=environment, capture_output=True, check=False
    )
    assert (done.returncode, done.stderr) == (1, b"")
    assert b"connector.yaml: \\xe9 is no known key;" in done.stdout


@pytest.mark.parametrize("command", ["doctor", "init", "run", "schema", "show"])
def test_an_unforeseen_error_shows_no_variables_since_they_may_hold_secrets(command: str) -> None:
    (entry,) = entry_points(group="akeneo_sfcc.commands", name=command)
    assert entry.load().pretty_exceptions_show_locals is False
