"""The figures after a load, what is new and solved since the one before, and how long they are kept."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from akeneo_assets.errors import ConnectorError
from akeneo_assets.loads.package import Package
from akeneo_assets.loads.window import Window
from akeneo_assets.readiness import readiness_tables
from akeneo_assets.readiness.readiness_tables import Choice, Readiness, load_judged, newest, write
from akeneo_assets.readiness.storefronts import Storefronts
from akeneo_assets.store import Store

NOW = datetime(2026, 6, 20, tzinfo=UTC)

PRICE = ("price-table", "eur-list", {"id": "TENT", "amounts": [("1", "10.00")]})


def tent(**changes: Any) -> tuple[str, str, dict[str, Any]]:
    """A product that lacks nothing but a price and a category."""
    texts = {name: dict.fromkeys(("x-default", "en-US", "fr-FR"), "Tent") for name in ("display-name", "long-description")}
    images = [{"view_type": "large", "images": [{"path": "tent.jpg"}]}]
    return "product", "shop", {"id": "TENT", "fields": {**texts, "online-flag": {"": "true"}, **changes}, "images": images}


@pytest.fixture
def judged(give: Callable[..., Package], store: Store, shop: Storefronts) -> Callable[..., Readiness]:
    """What is found after a load that gave SFCC these records; each load is judged a day after the one before."""
    days = iter(range(100))

    def judge(load: str, *records: Any) -> Readiness:
        give(load, records)
        return write(store, load_judged(store), shop, NOW + timedelta(days=next(days)))

    return judge


def test_the_figures_count_objects_by_reason_effect_site_and_locale(judged: Callable[..., Readiness]) -> None:
    found = judged("monday", tent(**{"display-name": {"x-default": "Tent", "en-US": "Tent"}}))
    figures = found.figures
    assert (figures["load"], figures["products"], figures["concerned"], figures["not_known"]) == ("monday", 1, 1, 0)
    assert {reason: count for reason, count in figures["reasons"].items() if count} == {
        "no category": 1,
        "no price": 1,
        "missing translation": 1,
    }
    assert {effect: count for effect, count in figures["effects"].items() if count} == {
        "can't be found": 1,
        "can't be bought": 1,
        "looks unfinished": 1,
    }
    assert figures["by_site"] == [
        {"site": "Web", "locale": None, "reason": "no category", "objects": 1},
        {"site": "Web", "locale": None, "reason": "no price", "objects": 1},
        {"site": "Web", "locale": "fr-FR", "reason": "missing translation", "objects": 1},
    ]


def test_what_is_new_and_solved_is_counted_against_the_load_before(judged: Callable[..., Readiness]) -> None:
    first = judged("monday", tent()).figures
    assert (first["new"], first["solved"]) == (2, 0)
    second = judged("tuesday", tent(**{"online-flag": {"": "false"}}), PRICE)
    assert (second.figures["new"], second.figures["solved"]) == (1, 1)
    assert {row["reason"]: row["new"] for row in second.problems()} == {"offline": True, "no category": False}


def test_judged_again_after_the_same_load_it_is_compared_with_the_load_before(
    judged: Callable[..., Readiness], store: Store, shop: Storefronts
) -> None:
    judged("monday", tent())
    judged("tuesday", PRICE)
    again = write(store, load_judged(store), shop, NOW + timedelta(days=9))
    assert (again.figures["load"], again.figures["new"], again.figures["solved"]) == ("tuesday", 0, 1)


def test_where_nothing_has_changed_the_table_of_the_load_before_holds_on(
    judged: Callable[..., Readiness], store: Store, shop: Storefronts, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = judged("monday", tent())
    monkeypatch.setattr(readiness_tables, "_judged", None)  # nothing is judged again
    window = Window("tuesday", "differential", "2026-06-02T00:00:00+00:00", "2026-06-01T00:00:00+00:00", "monday", "")
    again = write(store, window, shop, NOW + timedelta(days=5))
    assert [row | {"new": True} for row in again.problems()] == list(first.problems())
    kept = ("products", "concerned", "reasons", "by_site", "not_judged")
    assert {name: again.figures[name] for name in kept} == {name: first.figures[name] for name in kept}
    assert (again.figures["load"], again.figures["new"], again.figures["solved"]) == ("tuesday", 0, 0)


def test_what_goes_online_by_the_clock_is_judged_anew_though_nothing_was_sent(
    judged: Callable[..., Readiness], store: Store, shop: Storefronts
) -> None:
    judged("monday", tent(**{"online-from": {"": "2026-06-22T00:00:00Z"}}))
    window = Window("tuesday", "differential", "2026-06-02T00:00:00+00:00", "2026-06-01T00:00:00+00:00", "monday", "")
    assert write(store, window, shop, NOW + timedelta(days=5)).figures["solved"] == 1  # it is online now


def test_the_gravest_reasons_stand_first_and_an_objects_reasons_together(judged: Callable[..., Readiness]) -> None:
    mug: dict[str, Any] = {"id": "MUG", "fields": {"online-flag": {"": "false"}}}
    found = judged("monday", tent(), ("product", "shop", mug))
    assert list(dict.fromkeys((row["id"], row["reason"]) for row in found.problems()))[:2] == [
        ("MUG", "offline"),
        ("MUG", "no category"),
    ]
    ids = [row["id"] for row in found.problems()]
    assert ids == sorted(ids)


def test_one_locale_is_shown_with_what_holds_in_all(judged: Callable[..., Readiness]) -> None:
    found = judged("monday", tent(**{"display-name": {"fr": "Tente"}}))
    assert {row["reason"] for row in found.problems(Choice(locale="fr-FR"))} == {"no price", "no category"}
    assert {row["reason"] for row in found.problems(Choice("Web", "en-US"))} == {"no price", "no category", "no name"}
    assert found.figures_of(Choice("Web", "fr-FR"))["reasons"]["no name"] == 0
    assert found.figures_of(Choice("Web", "fr-FR"))["new"] == 2
    assert found.figures_of(Choice())["reasons"]["no name"] == 1


@pytest.mark.parametrize(
    ("choice", "sentence"),
    [
        (Choice(site="Wep"), "connector.yaml has no site 'Wep': its sites are Web."),
        (Choice(locale="de-DE"), "No such site has the locale 'de-DE': SFCC's locales there are en-US, fr-FR."),
    ],
)
def test_an_unknown_site_or_locale_is_named_beside_the_known(
    judged: Callable[..., Readiness], choice: Choice, sentence: str
) -> None:
    found = judged("monday", tent())
    with pytest.raises(ConnectorError) as refused:
        found.figures_of(choice)
    assert str(refused.value) == sentence


def test_those_of_two_loads_are_kept(judged: Callable[..., Readiness], store: Store) -> None:
    for load in ("monday", "tuesday", "wednesday"):
        judged(load, tent())
    assert sorted(path.name for path in store.readiness.iterdir()) == ["tuesday", "wednesday"]
    assert newest(store).figures["load"] == "wednesday"


def test_before_the_first_load_a_sentence_says_what_to_do(store: Store) -> None:
    with pytest.raises(ConnectorError, match=r"run job 3-1 or 3-2 \(akeneo-sfcc run 3-1\)"):
        newest(store)
    with pytest.raises(ConnectorError, match=r"run job 3-2 first \(akeneo-sfcc run 3-2\)"):
        load_judged(store)
