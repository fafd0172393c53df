"""Whether a product is online, per site.

Belongs here: the online-flag of products that can be sold, and of masters by their variants'. Doesn't: who a master's variants
are (`products`).
"""

from collections.abc import Mapping, Sequence
from typing import Any

from akeneo_assets.mapping.sites import ResolvedSite
from akeneo_assets.mapping.sources import pick
from akeneo_assets.mapping.values import Frame
from sfcc_resources.records import Slots


def online_slots(row: Mapping[str, Any], frame: Frame) -> Slots:
    """The online-flag by slot; none when it is left to merchants. Sites that agree share the slot ""."""
    status = frame.settings.products.status
    if status.source == "untouched":
        return {}
    enabled = bool(row.get("enabled", True))
    if status.source == "enabled":
        return {"": _text(enabled)}
    first, *others = [(site, enabled and _decided(row, site, frame)) for site in frame.sites.sites]
    slots: Slots = {"": _text(first[1])}
    slots.update({f"@{site.id}": _text(online) for site, online in others if online != first[1]})
    return slots


def completed(mapped: Slots, status: Slots) -> Slots:
    """The online-flag as it is written: what is `mapped` wins over the `status`, which has the sites for which nothing is mapped
    or the mapping has no value. SFCC's help contradicts itself about a product without flag, so that one for all sites is
    written wherever the status has one. Source: facts, SFCC imports, create defaults."""
    return mapped if "" in mapped else {**status, **mapped}


def master_slots(variants: Sequence[Slots]) -> Slots:
    """The online-flag of a master or variation group: online on each site where one of its variants is, left to merchants where
    theirs are. `variants`: their online-flags by slot; on a site for which it has none a variant counts as offline."""
    keys = sorted({key for slots in variants for key in slots})
    found: Slots = {key: _text(any(slots.get(key, slots.get("")) == "true" for slots in variants)) for key in keys}
    return {key: online for key, online in found.items() if not key or online != found.get("")}


def _decided(row: Mapping[str, Any], site: ResolvedSite, frame: Frame) -> bool:
    status = frame.settings.products.status
    if status.source == "completeness":
        complete = {c["locale"]: c["data"] for c in row.get("completenesses") or () if c["scope"] == site.channel}
        reached = [complete.get(locale, 0) >= status.completeness for locale in site.locales]
        return all(reached) if status.locales == "all" else any(reached)
    attribute = frame.structure.attribute(status.attribute or "")
    entries = (row.get("values") or {}).get(attribute.code) if attribute else None
    return bool(attribute and entries and pick(entries, attribute, site.channel, site.default_locales) is True)


def _text(online: bool) -> str:
    return "true" if online else "false"
