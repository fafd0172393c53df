"""The PIM: does it answer, may the connection read what a load reads, does it have what connector.yaml names.

Belongs here: the PIM's own state. Doesn't: how much of it SFCC takes (`quotas`).
"""

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from akeneo_assets.diagnosis.finding import Finding
from akeneo_assets.mapping.categories import unknown_enriched
from akeneo_assets.mapping.filters import compile_filter
from akeneo_assets.mapping.settings_check import validate
from akeneo_assets.pim.clock import printed_moment
from akeneo_assets.pim.paging import items
from akeneo_assets.pim.pim_client import PimClient
from akeneo_assets.pim.pim_errors import AuthenticationError, PermanentPimError, PimError
from akeneo_assets.settings.connector import ConnectorSettings
from akeneo_assets.structure import pim_lists
from akeneo_assets.structure.pim_structure import Structure

AREA: Final = "PIM"

Lists = dict[str, list[dict[str, Any]]]

_LARGE: Final = ("attribute_options", "asset_attribute_options", "assets", "reference_entity_attribute_options", "records")
"""Lists of which a page is enough here."""
_PAGES: Final[tuple[tuple[str, str | None, str, dict[str, Any]], ...]] = (
    ("options", "attributes", "attributes/{code}/options", {"limit": 1}),
    ("assets", "asset_families", "asset-families/{code}/assets", {}),
    ("records", "reference_entities", "reference-entities/{code}/records", {}),
    ("products", None, "products-uuid", {"limit": 1, "with_completenesses": True}),
    ("product models", None, "product-models", {"limit": 1}),
    ("media files", None, "media-files", {"limit": 1}),
)
"""What is called how; the list whose first item its path names; path; parameters."""
_CLOCKS_APART: Final = timedelta(minutes=2)


def examine(client: PimClient, settings: ConnectorSettings | None) -> Generator[Finding, None, Structure | None]:
    """The findings; returns the PIM's lists, or None when too few of them could be read."""
    if (refused := _refused(client)) is not None:
        yield refused
        return None
    yield Finding(AREA, "login", "ok", f"{client.host} accepts the credentials.")
    yield from _about(client)
    lists, failures = read_lists(client)
    pages, page_failures = _first_pages(client, lists)
    yield from _rights(lists, [*failures, *page_failures])
    yield timezone(settings.akeneo.timezone if settings else "UTC", pages.get("products", []))
    needed = ("channels", "attributes", "families", "family_variants", "association_types", "categories")
    if any(name not in lists for name in needed):
        yield Finding(
            AREA, "connector.yaml", "unknown", "Not compared with the PIM: lists are missing.", "Mend the rights first."
        )
        return None
    chosen: dict[str, Any] = dict(lists)
    found = Structure.build(**chosen)
    if settings is not None:
        yield from fits(settings, found)
        yield from _filters(client, settings, found)
    return found


def _refused(client: PimClient) -> Finding | None:
    try:
        client.connect()
    except AuthenticationError as error:
        return Finding(AREA, "login", "problem", str(error))
    except PimError as error:
        return Finding(AREA, "answer", "problem", str(error))
    return None


def _about(client: PimClient) -> Iterator[Finding]:
    before = datetime.now(UTC)
    try:
        answer = client.fetch("system-information")
    except PimError as error:
        yield Finding(AREA, "version", "problem", str(error))
        return
    version, edition = (client.readable(answer.body[name]) for name in ("version", "edition"))
    yield Finding(AREA, "version", "ok", f"Version {version}, edition {edition}.")
    yield clock(answer.server_time, before, datetime.now(UTC))


def clock(server: datetime, before: datetime, after: datetime) -> Finding:
    """The PIM's Date header against this machine's clock around the call.

    Loads are timed by the PIM's clock, so that a difference misleads people and schedules, not loads.
    """
    apart = max(before - server, server - after, timedelta())
    if apart <= _CLOCKS_APART:
        return Finding(AREA, "clock", "ok", "Its Date header agrees with this machine's clock.")
    return Finding(
        AREA,
        "clock",
        "warning",
        f"Its Date header ({server:%Y-%m-%d %H:%M:%S} UTC) and this machine's clock are {apart.total_seconds():.0f} s apart.",
        "Set the wrong clock right: loads go by the PIM's, schedules by this machine's.",
    )


def read_lists(client: PimClient) -> tuple[Lists, list[str]]:
    """Every list that mappings are read against, the large ones excepted; and a sentence for each that the PIM refused."""
    read: Lists = {}
    failures: list[str] = []
    for pim_list in pim_lists.PIM_LISTS:
        if pim_list.name in _LARGE or any(need not in read for need in pim_list.needs):
            continue
        with _noted(failures):
            read[pim_list.name] = list(pim_list.read(client, read.__getitem__) or ())
    return read, failures


def _first_pages(client: PimClient, lists: Lists) -> tuple[Lists, list[str]]:
    """The first page of everything else that a load reads, as far as there is any; and a sentence for each refusal."""
    read: Lists = {}
    failures: list[str] = []
    for name, parents, path, params in _PAGES:
        above = [item for item in lists.get(parents, []) if name != "options" or "select" in item["type"]] if parents else [{}]
        if above:
            with _noted(failures):
                read[name] = items(client.get(path.format(**above[0]), params))
    return read, failures


@contextmanager
def _noted(failures: list[str]) -> Iterator[None]:
    try:
        yield
    except PermanentPimError as error:
        old = " Products by uuid came with version 7.0." if error.status == 404 and "products-uuid" in str(error) else ""
        failures.append(f"{error}{old}")
    except PimError as error:
        failures.append(str(error))


def _rights(lists: Lists, failures: list[str]) -> Iterator[Finding]:
    counted = ", ".join(f"{len(found):,} {name.replace('_', ' ')}" for name, found in lists.items() if found)
    if not failures:
        yield Finding(AREA, "rights", "ok", f"Everything that a load reads may be read: {counted}, products, models, media.")
    for sentence in failures:
        yield Finding(AREA, "rights", "problem", sentence)


def timezone(zone: str, products: list[dict[str, Any]]) -> Finding:
    """`akeneo.timezone` against a date that the PIM printed, which carries its server's offset.

    Source: Akeneo API, filters: `updated` is read in the server's zone, without offset.
    """
    name = "akeneo.timezone"
    printed = printed_moment(products[0]) if products else None
    if printed is None:
        advice = "Ask whoever runs the server; SaaS is in UTC."
        return Finding(AREA, name, "unknown", f"connector.yaml says {zone}; the PIM shows no product whose date tells.", advice)
    if printed.utcoffset() == printed.astimezone(ZoneInfo(zone)).utcoffset():
        return Finding(AREA, name, "ok", f"connector.yaml says {zone}, and the PIM prints {printed.isoformat()}.")
    return Finding(
        AREA,
        name,
        "problem",
        f"connector.yaml says {zone}, but the PIM prints {printed.isoformat()}: differential loads would miss changes.",
        "Set akeneo.timezone to the zone of the PIM's server.",
    )


def _filters(client: PimClient, settings: ConnectorSettings, structure: Structure) -> Iterator[Finding]:
    """Asks the PIM for one match of a filter that only the PIM can decide: it says itself what it doesn't take."""
    if validate(settings, structure):
        return
    chosen = settings.products
    for name, search, path in (
        ("filter", chosen.filter, "products-uuid"),
        ("model_filter", chosen.model_filter, "product-models"),
    ):
        if compile_filter(search, structure).unsupported:
            try:
                client.get(path, {"limit": 1, "search": search})
            except PimError as error:
                yield Finding(AREA, f"products.{name}", "problem", str(error))
            else:
                yield Finding(AREA, f"products.{name}", "ok", "The PIM takes it; each load asks the PIM what matches.")


def fits(settings: ConnectorSettings, structure: Structure) -> Iterator[Finding]:
    """What connector.yaml names against what the PIM has."""
    problems = validate(settings, structure)
    for sentence in problems:
        yield Finding(AREA, "connector.yaml", "problem", sentence)
    if not problems:
        channels = ", ".join(site.channel for site in settings.organization.sites)
        yield Finding(AREA, "connector.yaml", "ok", f"The PIM has everything that connector.yaml names (channel {channels}).")
    for problem in unknown_enriched(settings, structure) if settings.categories.write else ():
        yield Finding(AREA, problem.key, "warning", f"{problem.reason[0].upper()}{problem.reason[1:]}")
    standard = {**settings.attributes.standard, **settings.attributes.custom}
    absent = [
        *(f"{name}: {c}" for name, s in standard.items() if s.optional for c in s.attributes() if structure.attribute(c) is None),
        *(code for code, a in settings.associations.items() if a.optional and code.casefold() not in structure.association_types),
        *(b.attribute for b in settings.price_books if b.optional and structure.attribute(b.attribute) is None),
    ]
    if absent:
        found = f"connector.yaml marks as optional what the PIM lacks: {', '.join(absent)}."
        yield Finding(AREA, "connector.yaml", "warning", found, "Nothing comes of these lines; take them out or correct them.")
