"""What shoppers can't find or buy after a load: the table and its figures in the store, and what is new since the load before.

Belongs here: writing, counting, comparing, finding them again. Doesn't: judging (`shop_judgement`), how people see it
(`akeneo_assets.assets.readiness_page`, `akeneo_assets.commands.readiness`).

They tell of the whole store, not of one import, as the ledger does: materialized again after the same load, they are made again.
Those of the last two loads are kept. Where nothing that is judged has changed since the load before, its table holds on: most
differentials of a quiet hour send nothing.
"""

import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final, NamedTuple

from akeneo_assets import tables
from akeneo_assets.errors import ConnectorError, shown
from akeneo_assets.loads.ledger import Ledger
from akeneo_assets.loads.package import Package, connector_version
from akeneo_assets.loads.window import Window, last_successful
from akeneo_assets.readiness.shop_judgement import EFFECTS, Problem, ShopCategories, ShopJudgement
from akeneo_assets.readiness.shop_reading import shop_state
from akeneo_assets.readiness.storefronts import Storefronts
from akeneo_assets.store import Store, TableWriter, read_json, rows, sql_empty, sql_table, sql_texts, write_json
from sfcc_resources.archive_paths import safe_name

_SAME: Final = (
    "f.site = b.site AND f.locale IS NOT DISTINCT FROM b.locale AND f.kind = b.kind AND f.id = b.id AND f.reason = b.reason"
)


class Choice(NamedTuple):
    """What people ask for: of one site, of one locale with what holds in all of them; None: of all."""

    site: str | None = None
    locale: str | None = None

    def has(self, problem: Mapping[str, Any]) -> bool:
        """Whether a row of `tables.READINESS` is asked for."""
        of_site = self.site is None or problem["site"] == self.site
        return of_site and (self.locale is None or problem["locale"] in (self.locale, None))

    @property
    def sql(self) -> str:
        """The same as a condition."""
        site = "true" if self.site is None else f"site IN {sql_texts([self.site])}"
        locale = "true" if self.locale is None else f"(locale IS NULL OR locale IN {sql_texts([self.locale])})"
        return f"{site} AND {locale}"


_ALL: Final = Choice()


@dataclass(frozen=True)
class Readiness:
    """What was found after one load: `folder` holds its table, figures and page."""

    store: Store
    folder: Path

    @property
    def table(self) -> Path:
        """`tables.READINESS`."""
        return self.folder / "problems.parquet"

    @property
    def page(self) -> Path:
        """The same for people."""
        return self.folder / "page.html"

    @property
    def _figures(self) -> Path:
        return self.folder / "figures.json"

    @property
    def figures(self) -> dict[str, Any]:
        """The figures, as `write` makes them; empty: it is not whole."""
        return dict(read_json(self._figures) or {})

    def problems(self, choice: Choice = _ALL) -> Iterator[dict[str, Any]]:
        """The rows of the table, those of one object together. Raises DamagedFileError."""
        return filter(choice.has, rows([self.table]))

    def keep(self, figures: dict[str, Any]) -> None:
        """Write the figures, with which it is whole."""
        write_json(self._figures, figures)

    def figures_of(self, choice: Choice) -> dict[str, Any]:
        """The figures of what is asked for.

        Raises:
            ConnectorError: no site or locale is called so.
            DamagedFileError: a table is missing or can't be read.
        """
        figures = self.figures
        sites = [site for site in figures["sites"] if choice.site in (None, site["id"])]
        if not sites:
            known = ", ".join(shown(site["id"]) for site in figures["sites"] if site["id"]) or "none has an id"
            raise ConnectorError(f"connector.yaml has no site '{shown(choice.site or '')}': its sites are {known}.")
        if choice.locale is not None:
            sites = [{**site, "locales": [choice.locale]} for site in sites if choice.locale in site["locales"]]
        if not sites:
            known = ", ".join(sorted({locale for site in figures["sites"] for locale in site["locales"]}))
            raise ConnectorError(f"No such site has the locale '{shown(choice.locale or '')}': SFCC's locales there are {known}.")
        before = self.store.readiness / figures["before"] / self.table.name if figures["before"] else None
        return (
            figures | {"sites": sites} | _since(self.store, self.table, before, choice) | _counted(self.store, self.table, choice)
        )


def load_judged(store: Store) -> Window:
    """The load after which it is judged: the last that was imported. Raises ConnectorError: there is none."""
    last = last_successful(store)
    if last is None:
        raise ConnectorError(f"No load was imported from {store.root} yet: run job 3-2 first (akeneo-sfcc run 3-2).")
    return last


def newest(store: Store) -> Readiness:
    """What was found last. Raises ConnectorError: nothing was yet."""
    found = _all(store)
    if not found:
        raise ConnectorError(
            f"Nothing tells yet what shoppers find of what was imported from {store.root}: run job 3-1 or 3-2 "
            "(akeneo-sfcc run 3-1), or materialize the asset sfcc/readiness."
        )
    return found[-1]


def write(store: Store, load: Window, shop: Storefronts, now: datetime) -> Readiness:
    """Judge what SFCC has after a load, and write the table and its figures.

    The figures: `load`, `poll_start` (when the load began to read the PIM), `judged` (when), `state` (`_state`; null: the table
    doesn't hold on), `sites` (id, locales and currencies), `products` judged, `not_known` (of how many no package has the record
    any more), `before` (the folder of the load before), `concerned` (products with a reason), `new` and `solved` (reasons since
    the load before), `reasons` and `effects` (objects by reason and effect), `by_site` (objects by site, locale and reason),
    `not_judged` (sentences).

    Raises:
        DamagedFileError: a file of the store is missing or can't be read.
    """
    made = Readiness(store, store.readiness / safe_name(load.key))
    others = [other for other in _all(store) if other.folder != made.folder]
    state = _state(store, shop)
    figures = {"load": load.key, "poll_start": load.poll_start, "judged": now.isoformat(timespec="milliseconds"), "state": state}
    if others and others[-1].figures["state"] == state:
        last = others[-1]
        with TableWriter(made.table, tables.READINESS) as table:
            for row in last.problems():
                table.write(row | {"new": False})
        made.keep(last.figures | figures | {"before": last.folder.name, "new": 0, "solved": 0})
    else:
        made.keep(figures | _judged(store, made, others, load, shop, now))
    for other in others[:-1]:
        shutil.rmtree(other.folder)
    return made


def _state(store: Store, shop: Storefronts) -> str:
    """What is judged, and by what: equal where it would be judged alike, the clock set aside."""
    return f"{connector_version()} {Ledger(store).recorded()} {shop.fingerprint()}"


def _judged(
    store: Store, made: Readiness, others: list[Readiness], load: Window, shop: Storefronts, now: datetime
) -> dict[str, Any]:
    """Judge all of it and write the table; returns the figures that follow from it."""
    found = made.folder / ".found.parquet"
    with shop_state(Package.of_load(store, load.key), shop) as state:
        categories = ShopCategories(state.by_catalog, now)
        judgement = ShopJudgement(shop, categories, now, unknown_masters=state.unknown_masters)
        with TableWriter(found, tables.READINESS) as table:
            for group in state.groups():
                for problem in judgement.group(group):
                    table.write(_row(problem))
            for problem in judgement.empty_categories():
                table.write(_row(problem))
    before = others[-1].table if others else None
    _compare(store, found, before, made.table)
    figures = {
        "sites": [{"id": s.id, "locales": list(s.locales), "currencies": list(s.books)} for s in shop.sites],
        "products": judgement.products,
        "not_known": judgement.not_known,
        "before": others[-1].folder.name if others else "",
        **_since(store, made.table, before, _ALL),
        **_counted(store, made.table, _ALL),
        "not_judged": shop.not_judged(),
    }
    found.unlink()
    # Dates pass, and a package that is folded away may take what was known: neither can be told from the state.
    return figures | ({"state": None} if judgement.dated or judgement.not_known else {})


def _all(store: Store) -> list[Readiness]:
    """All that are whole, the earliest first."""
    made = [Readiness(store, path) for path in store.readiness.glob("*") if path.is_dir()]
    whole = [(datetime.fromisoformat(figures["judged"]), each) for each in made if (figures := each.figures)]
    return [each for _, each in sorted(whole, key=lambda pair: (pair[0], pair[1].folder.name))]


def _row(problem: Problem) -> dict[str, Any]:
    return problem._asdict() | {"effect": EFFECTS[problem.reason], "new": False}


def _compare(store: Store, found: Path, before: Path | None, made: Path) -> None:
    """Write what was found, the objects with the gravest reasons first, and what of it is new."""
    columns = ", ".join(f"f.{name}" for name in tables.READINESS.columns.names if name != "new")
    with store.query() as query:
        query.execute(f"CREATE TEMP VIEW found AS {sql_table(found, tables.READINESS)}")
        query.execute(f"CREATE TEMP VIEW earlier AS {_earlier(before)}")
        lines = f"""
            SELECT {columns}, b.id IS NULL AS new
            FROM (
                SELECT *, min(rank) OVER (PARTITION BY kind, id) AS gravest
                FROM (SELECT *, row_number() OVER () AS place, list_position({list(EFFECTS)}, reason) AS rank FROM found)
            ) f LEFT JOIN earlier b ON {_SAME} ORDER BY f.gravest, f.kind, f.id, f.rank, f.place
        """
        with TableWriter(made, tables.READINESS) as table:
            for batch in query.sql(lines).to_arrow_reader():
                table.write_batch(batch)


def _earlier(before: Path | None) -> str:
    return sql_table(before, tables.READINESS) if before else sql_empty(tables.READINESS)


def _since(store: Store, table: Path, before: Path | None, choice: Choice) -> dict[str, int]:
    """How many reasons are `new` since the load before, and how many `solved`."""
    with store.query() as query:
        new, solved = query.sql(f"""
            WITH found AS (FROM ({sql_table(table, tables.READINESS)}) WHERE {choice.sql}),
                earlier AS (FROM ({_earlier(before)}) WHERE {choice.sql})
            SELECT (SELECT count(*) FROM found WHERE new),
                   (SELECT count(*) FROM earlier b ANTI JOIN found f ON {_SAME})
        """).fetchall()[0]
    return {"new": new, "solved": solved}


def _counted(store: Store, table: Path, choice: Choice) -> dict[str, Any]:
    """How many objects each reason concerns. A product counts once, however many sites and locales it concerns."""
    with store.query() as query:
        query.execute(f"CREATE TEMP VIEW problems AS FROM ({sql_table(table, tables.READINESS)}) WHERE {choice.sql}")
        of = {
            name: dict(query.sql(f"SELECT {name}, count(DISTINCT (kind, id)) FROM problems GROUP BY ALL").fetchall())
            for name in ("reason", "effect")
        }
        by_site = query.sql("""
            SELECT site, locale, reason, count(DISTINCT (kind, id)) AS objects FROM problems
            GROUP BY ALL ORDER BY site, locale NULLS FIRST, reason
        """)
        concerned = query.sql("SELECT count(DISTINCT id) FROM problems WHERE kind <> 'category'").fetchall()[0][0]
        return {
            "concerned": concerned,
            "reasons": {reason: of["reason"].get(reason, 0) for reason in EFFECTS},
            "effects": {effect: of["effect"].get(effect, 0) for effect in dict.fromkeys(EFFECTS.values())},
            "by_site": by_site.to_arrow_table().to_pylist(),
        }
