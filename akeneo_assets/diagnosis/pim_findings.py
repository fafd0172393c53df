"""The PIM: does it answer, may the connection read what a load reads, does it have what connector.yaml names.

Belongs here: judging the PIM's own state. Doesn't: reading it (`structure_reading`), how much of it SFCC takes
(`quota_findings`).
"""

from collections.abc import Generator, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from akeneo_assets.diagnosis.finding import MALFORMED, Finding, malformed
from akeneo_assets.diagnosis.structure_reading import (
    Lists,
    build_structure,
    first_page,
    noted,
    printed_date,
    read_lists,
    version,
    words,
)
from akeneo_assets.mapping.categories import unknown_enriched
from akeneo_assets.mapping.filters import compile_filter
from akeneo_assets.mapping.settings_check import validate
from akeneo_assets.pim.pim_client import PimClient
from akeneo_assets.pim.pim_errors import AuthenticationError, PimError
from akeneo_assets.settings.connector import ConnectorSettings
from akeneo_assets.structure import pim_lists
from akeneo_assets.structure.pim_structure import Structure

AREA: Final = "PIM"

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
_NEEDED: Final = ("channels", "attributes", "families", "family_variants", "association_types", "categories")
"""Lists without which connector.yaml can't be compared with the PIM."""
_NEVER_EMPTY: Final = ("channels", "locales", "currencies", "attribute_groups", "attributes", "categories")
"""Lists of which every PIM has items: Akeneo makes a channel, a tree, an attribute group and the identifier itself."""
_CLOCKS_APART: Final = timedelta(minutes=2)


def examine(client: PimClient, settings: ConnectorSettings | None) -> Generator[Finding, None, Structure | None]:
    """The findings; returns the PIM's structure, or None when too little of it could be read."""
    if (refused := _refused(client)) is not None:
        yield refused
        return None
    yield Finding(AREA, "login", "ok", f"{client.host} accepts the credentials.")
    yield from _about(client)
    lists, failures = read_lists(client, [pim_list.name for pim_list in pim_lists.PIM_LISTS if pim_list.name not in _LARGE])
    pages, page_failures = _first_pages(client, lists)
    yield from _rights(lists, [*failures, *page_failures])
    yield timezone(settings.akeneo.timezone if settings else "UTC", pages.get("products", []))
    try:
        structure = build_structure(lists) if all(name in lists for name in _NEEDED) else None
    except PimError as error:
        structure = None
        yield Finding(AREA, "lists", "problem", str(error))
    if structure is None:
        advice = "Mend what the problems above name."
        yield Finding(AREA, "connector.yaml", "unknown", "Not compared with the PIM: lists are missing.", advice)
        return None
    if settings is not None:
        try:
            yield from fits(settings, structure)
            yield from _filters(client, settings, structure)
        except MALFORMED as error:
            yield malformed(AREA, "connector.yaml", error)
            return None
    return structure


def _refused(client: PimClient) -> Finding | None:
    try:
        client.connect()
    except AuthenticationError as error:
        return Finding(AREA, "login", "problem", str(error))
    except PimError as error:
        return Finding(AREA, "answer", "problem", str(error))
    except MALFORMED as error:
        return malformed(AREA, "answer", error)
    return None


def _about(client: PimClient) -> Iterator[Finding]:
    before = datetime.now(UTC)
    try:
        number, edition, server_time = version(client)
    except PimError as error:
        yield Finding(AREA, "version", "problem", str(error))
        return
    except MALFORMED as error:
        yield malformed(AREA, "version", error)
        return
    yield Finding(AREA, "version", "ok", f"Version {number}, edition {edition}.")
    yield clock(server_time, before, datetime.now(UTC))


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


def _first_pages(client: PimClient, lists: Lists) -> tuple[Lists, list[str]]:
    """The first page of everything else that a load reads, as far as there is any; and a sentence for each refusal."""
    pages: Lists = {}
    failures: list[str] = []
    for name, parents, path, params in _PAGES:
        with noted(failures, f"list of {name}"):
            owners = lists.get(parents, []) if parents else [{}]
            if name == "options":
                owners = [attribute for attribute in owners if "select" in attribute["type"]]
            if owners:
                pages[name] = first_page(client, path.format(**owners[0]), params)
    return pages, failures


def _rights(lists: Lists, failures: list[str]) -> Iterator[Finding]:
    counts = [f"{len(items):,} {words(name)}" for name, items in lists.items() if items]
    empty = [words(name) for name in _NEVER_EMPTY if lists.get(name) == []]
    if not failures and not empty:
        sentence = f"Everything that a load reads may be read: {', '.join([*counts, 'products', 'models', 'media'])}."
        yield Finding(AREA, "rights", "ok", sentence)
    for sentence in failures:
        yield Finding(AREA, "rights", "problem", sentence)
    if empty:
        sentence = f"The PIM shows no {', no '.join(empty)}, which every PIM has: the connection may not see them."
        yield Finding(AREA, "rights", "problem", sentence, "Let the connection's role and user group view them.")


def timezone(zone: str, products: list[dict[str, Any]]) -> Finding:
    """`akeneo.timezone` against a date that the PIM printed, which carries its server's offset.

    Source: Akeneo API, filters: `updated` is read in the server's zone, without offset.
    """
    name = "akeneo.timezone"
    printed = printed_date(products)
    if printed is None:
        shows = "its product has no date with an offset" if products else "the PIM shows no product whose date tells"
        advice = "Ask whoever runs the server; SaaS is in UTC."
        return Finding(AREA, name, "unknown", f"connector.yaml says {zone}; {shows}.", advice)
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
        sentence = f"connector.yaml marks as optional what the PIM lacks: {', '.join(absent)}."
        yield Finding(AREA, "connector.yaml", "warning", sentence, "Nothing comes of these lines; take them out or correct them.")
