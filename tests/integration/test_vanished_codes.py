"""Codes in use that the PIM's lists no longer have: every job stops, SFCC keeps all, a confirmation lets it go on."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from sandbox.catalogue_edits import Pim

GONE = "no longer have what is in use: "


@pytest.fixture
def place(pim_of: Callable[[str], str], place_at: Any) -> Any:
    """An installation whose instance holds the demo catalogue."""
    made = place_at(pim_of("demo"))
    made.jobs("3-2")
    return made


@pytest.fixture
def misbehave(place: Any, tell_pim: Callable[..., None]) -> Callable[..., None]:
    """Makes the PIM misbehave."""
    return partial(tell_pim, place.pim_url)


def test_a_hidden_locale_has_vanished_though_its_channel_names_it(place: Any, misbehave: Any) -> None:
    misbehave({"kind": "hide", "locales": ["fr_FR"]})
    assert GONE + "locale 'fr_FR of ecommerce'." in place.job("3-1").failures[0]


def test_hidden_codes_stop_every_job_and_the_next_load_after_the_right_is_back_sends_nothing(place: Any, misbehave: Any) -> None:
    before = place.export().objects()
    misbehave({"kind": "hide", "attributes": ["brand"]})
    for number in ("1", "2", "3-1", "3-2"):
        run = place.job(number)
        assert not run.ok
        assert len(run.failures) == 1, run.failures
        assert GONE + "attribute 'brand'." in run.failures[0]
    assert place.export().objects() == before
    misbehave()
    assert place.job("3-1").sent == {}
    assert place.export().objects() == before


def test_a_locale_taken_from_its_channel_stops_until_it_is_confirmed_by_the_stopped_loads_name(
    place: Any, editor: Callable[[str], Pim]
) -> None:
    pim = editor(place.pim_url)
    locales = pim.get("channels/ecommerce")["locales"]
    assert "fr_FR" in locales
    pim.patch("channels/ecommerce", {"locales": [locale for locale in locales if locale != "fr_FR"]})
    stopped = place.command("3-1", "--load", "night 7")
    assert stopped.returncode == 1
    assert GONE + "locale 'fr_FR of ecommerce'." in stopped.stdout
    assert "Traceback" not in stopped.stdout + stopped.stderr
    nothing = place.command("3-1", "--confirm", "night 8")
    assert nothing.returncode == 1
    assert "There is nothing to confirm: the import 'night 8' was stopped for nothing" in nothing.stdout
    confirmed = place.command("3-1", "--load", "night 7", "--confirm", "night 7")
    assert confirmed.returncode == 0, confirmed.stdout + confirmed.stderr
    place.jobs("1", "2", "3-2")


def test_a_confirmation_is_good_for_what_had_vanished_and_only_once(place: Any, misbehave: Any) -> None:
    misbehave({"kind": "hide", "attributes": ["brand"]})
    stopped = place.job("1")
    misbehave({"kind": "hide", "attributes": ["brand", "material"]})
    run = place.job("1", confirm=stopped.id)
    assert GONE + "attribute 'material'." in run.failures[0]
    misbehave()
    place.jobs("3-1")
    misbehave({"kind": "hide", "attributes": ["brand"]})
    again = place.job("1", confirm=stopped.id)
    assert GONE + "attribute 'brand'." in again.failures[0]
