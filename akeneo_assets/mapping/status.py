"""Whether a product is online, per site.

Belongs here: the online-flag of products that can be sold, and of masters by their variants'. Doesn't: which variants a master
has (the caller knows).
"""

from collections.abc import Mapping, Sequence
from typing import Any

from akeneo_assets.mapping.frame import Frame
from akeneo_assets.mapping.sites import ResolvedSite
from akeneo_assets.structure.value_picking import pick
from sfcc_resources.records import Slots


def online_slots(item: Mapping[str, Any], frame: Frame) -> Slots:
    """The online-flag by slot; no slots when it is left to merchants. Sites that agree share the slot `""`: a product that is
    complete for the first site alone is `{"": "true", "@App": "false"}`."""
    status = frame.settings.products.status
    if status.source == "untouched":
        return {}
    enabled = bool(item.get("enabled", True))
    if status.source == "enabled":
        return {"": _text(enabled)}
    first, *others = [(site, enabled and _decided(item, site, frame)) for site in frame.sites.sites]
    slots: Slots = {"": _text(first[1])}
    slots.update({f"@{site.id}": _text(online) for site, online in others if online != first[1]})
    return slots


def completed(mapped: Slots, status: Slots) -> Slots:
    """The online-flag as it is written: a `mapped` one goes before the `status`, which decides for sites without a mapped value.

    A flag for all sites is written wherever there is one, since SFCC's help contradicts itself about a product without flag.
    Source: facts, SFCC imports, create defaults.
    """
    return mapped if "" in mapped else {**status, **mapped}


def master_slots(variants: Sequence[Slots]) -> Slots:
    """The online-flag of a master or variation group, of the flags of its variants: online on each site where one of them is.

    It is left to merchants where theirs are. A variant without flag for a site counts as offline there.
    """
    keys = sorted({key for slots in variants for key in slots})
    flags: Slots = {key: _text(any(slots.get(key, slots.get("")) == "true" for slots in variants)) for key in keys}
    return {key: online for key, online in flags.items() if not key or online != flags.get("")}


def _decided(item: Mapping[str, Any], site: ResolvedSite, frame: Frame) -> bool:
    status = frame.settings.products.status
    if status.source == "completeness":
        complete = {c["locale"]: c["data"] for c in item.get("completenesses") or () if c["scope"] == site.channel}
        reached = [complete.get(locale, 0) >= status.completeness for locale in site.locales]
        return all(reached) if status.locales == "all" else any(reached)
    attribute = frame.structure.attribute(status.attribute or "")
    entries = (item.get("values") or {}).get(attribute.code) if attribute else None
    return bool(attribute and entries and pick(entries, attribute, site.channel, site.default_locales) is True)


def _text(online: bool) -> str:
    return "true" if online else "false"
