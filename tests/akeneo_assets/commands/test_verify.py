"""`akeneo-sfcc verify`: what it needs. What it finds is in tests/integration/test_verify.py."""

from collections.abc import Callable

from click.testing import Result

from akeneo_assets.commands import verify

Run = Callable[..., Result]


def test_it_asks_what_to_verify(run: Run) -> None:
    result = run(verify.app)
    assert result.exit_code == 2
    assert "say what to verify: --sfcc" in result.output


def test_without_an_environment_it_names_what_is_missing(run: Run) -> None:
    result = run(verify.app, "--sfcc")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "SFCC_URL" in result.stderr
