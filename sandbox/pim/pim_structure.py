"""The PIM's structure held in memory: attributes, options, families, channels, locales, category tree, association types.

A snapshot: built from the store after each write to it, never changed. Codes are looked up lower-cased, because the PIM
compares codes case-insensitively, and answered in their own spelling.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from functools import cached_property
from zoneinfo import ZoneInfo

from sandbox.pim.pim_database import Doc, Store

Key = tuple[str, str | None, str | None, str | None]
"""Which value is meant: attribute, locale, channel, and for a price its currency."""

Requirement = tuple[str, str, list[tuple[Key, ...]]]
"""Channel, locale, and for each required attribute the keys that must all be there."""


@dataclass(frozen=True)
class Structure:
    attributes: dict[str, Doc]
    options: dict[str, dict[str, Doc]]
    families: dict[str, Doc]
    family_variants: dict[str, Doc]
    channels: dict[str, Doc]
    categories: dict[str, Doc]
    association_types: list[Doc]
    locales: frozenset[str]
    currencies: frozenset[str]
    main_identifier: str
    zone: tzinfo = UTC
    _requirements: dict[str, list[Requirement]] = field(default_factory=dict)
    _level_attributes: dict[tuple[str, int], frozenset[str]] = field(default_factory=dict)

    def attribute(self, code: str) -> Doc | None:
        return self.attributes.get(code.lower())

    def spelled(self, table: dict[str, Doc], code: str | None) -> str | None:
        """The code's own spelling, or None when there is no such code."""
        found = None if code is None else table.get(code.lower())
        return None if found is None else str(found["code"])

    def time(self, seconds: int) -> str:
        """ISO 8601 with the PIM's offset, as payloads carry it."""
        return datetime.fromtimestamp(seconds, self.zone).isoformat()

    def levels(self, family_variant: str) -> int:
        """How many levels below the root model a family variant has (1 or 2)."""
        return len(self.family_variants[family_variant.lower()]["variant_attribute_sets"])

    def level_attributes(self, family_variant: str, level: int) -> frozenset[str]:
        """Lower-cased codes of the attributes that a level owns: 0 = the root model, the last = the variant product."""
        known = self._level_attributes.get((family_variant, level))
        if known is None:
            doc = self.family_variants[family_variant.lower()]
            sets = {s["level"]: frozenset(a.lower() for a in s["attributes"]) for s in doc["variant_attribute_sets"]}
            everything = frozenset(a.lower() for a in self.families[doc["family"].lower()]["attributes"])
            known = sets[level] if level else everything - frozenset().union(*sets.values())
            self._level_attributes[family_variant, level] = known
        return known

    def axes(self, family_variant: str, level: int) -> list[str]:
        """The axes of a level of a family variant; none for the root."""
        sets = self.family_variants[family_variant.lower()]["variant_attribute_sets"]
        return next((list(s["axes"]) for s in sets if s["level"] == level), [])

    def requirements(self, family: str) -> list[Requirement]:
        """What a product of the family needs in each channel and locale to be complete."""
        known = self._requirements.get(family)
        if known is None:
            required = self.families[family.lower()]["attribute_requirements"]
            known = [
                (channel["code"], locale, self._needed(required.get(channel["code"], []), channel, locale))
                for channel in self.channels.values()
                for locale in channel["locales"]
            ]
            self._requirements[family] = known
        return known

    def _needed(self, codes: list[str], channel: Doc, locale: str) -> list[tuple[Key, ...]]:
        needed: list[tuple[Key, ...]] = []
        for code in codes:
            attribute = self.attribute(code)
            if attribute is None or (attribute["available_locales"] and locale not in attribute["available_locales"]):
                continue
            place = (locale if attribute["localizable"] else None, channel["code"] if attribute["scopable"] else None)
            currencies = channel["currencies"] if attribute["type"] == "pim_catalog_price_collection" else [None]
            needed.append(tuple((attribute["code"], *place, currency) for currency in currencies))
        return needed

    @cached_property
    def children(self) -> dict[str, list[str]]:
        """Lower-cased category code -> codes right below it; the roots under ''."""
        below: dict[str, list[str]] = defaultdict(list)
        for doc in self.categories.values():
            below[(doc["parent"] or "").lower()].append(doc["code"])
        return below

    def subtree(self, category: str) -> list[str]:
        """A category's code and those of everything below it."""
        codes = [category]
        for code in codes:
            codes.extend(self.children.get(code.lower(), []))
        return codes


def read_structure(store: Store) -> Structure:
    """The snapshot of what the store holds now."""

    def table(kind: str) -> dict[str, Doc]:
        return {r.code.lower(): r.doc for r in store.every(kind)}

    options: dict[str, dict[str, Doc]] = defaultdict(dict)
    for resource in store.every("option"):
        options[resource.owner.lower()][resource.code.lower()] = resource.doc
    attributes = table("attribute")
    ordered = sorted(store.every("category"), key=lambda r: r.position)
    identifiers = [a for a in attributes.values() if a["type"] == "pim_catalog_identifier"]
    main = next((a for a in identifiers if a.get("is_main_identifier")), identifiers[0] if identifiers else {"code": "sku"})
    return Structure(
        attributes=attributes,
        options=dict(options),
        families=table("family"),
        family_variants={r.code.lower(): {**r.doc, "family": r.owner} for r in store.every("family_variant")},
        channels=table("channel"),
        categories={r.code.lower(): r.doc for r in ordered},
        association_types=[r.doc for r in store.every("association_type")],
        locales=frozenset(r.code for r in store.every("locale") if r.doc["enabled"]),
        currencies=frozenset(r.code for r in store.every("currency") if r.doc["enabled"]),
        main_identifier=main["code"],
        zone=ZoneInfo(store.meta("timezone") or "UTC"),
    )
