import sys

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
    assert sorted(told) == ["demo", "dev", "doctor", "init", "run", "sandbox", "schema"]
    assert told["run"] == "Run one job now."


def test_a_mistyped_command_is_named_beside_those_that_exist(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = _said(monkeypatch, capsys, "rnu", "3-1")
    assert (code, out) == (2, "")
    assert err.startswith("'rnu' is no command.")
    assert "  run " in err
