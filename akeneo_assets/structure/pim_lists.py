"""The PIM's lists (channels, attributes, options, families, ...): which are read, and how.

Belongs here: the table of lists. Doesn't: their meaning for the mapping (`pim_structure`), where an import keeps what it read
(`akeneo_assets.loads.list_reading`). They are small and read whole: labels, categories and options move no product's
`updated` (Akeneo API, search filters), so that only comparing them shows a change.
"""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import chain
from typing import Any, Final

from akeneo_assets.pim.paging import pages
from akeneo_assets.pim.pim_client import PimClient
from akeneo_assets.pim.pim_errors import PermanentPimError

Items = Iterable[dict[str, Any]]
Known = Callable[[str], list[dict[str, Any]]]
"""Gives the items of a list already read in this run."""


@dataclass(frozen=True)
class PimList:
    """A list of the PIM. `columns` are shown beside the whole item; `read` gives the items; `needs` names lists read before
    it."""

    name: str
    description: str
    columns: tuple[str, ...]
    read: Callable[[PimClient, Known], Items]
    needs: tuple[str, ...] = ()


def _listed(path: str, limit: str | None = "100", **params: str) -> Callable[[PimClient, Known], Items]:
    """All items of one endpoint; none where this edition of the PIM has no such endpoint (404).

    `limit` None: the endpoint takes none (asset families, reference entities and all below them).
    """

    def read(client: PimClient, _known: Known) -> Items:
        try:
            yield from chain.from_iterable(pages(client, path, ({"limit": limit} if limit else {}) | params))
        except PermanentPimError as error:
            if error.status != 404:
                raise

    return read


def _nested(
    parents: str,
    path: str,
    carried: dict[str, str],
    accepting: Callable[[Known], Callable[[dict[str, Any]], bool]] = lambda _: lambda _: True,
    *,
    limit: str | None = "100",
) -> Callable[[PimClient, Known], Items]:
    """The items below each accepted item of the list `parents`, four calls at once.

    `accepting` gives the question, once the lists needed are known; `path` is filled from the parent; `carried` (field: the
    parent's field) tells each item whose it is.
    """

    def read(client: PimClient, known: Known) -> Items:
        def below(item: dict[str, Any]) -> list[dict[str, Any]]:
            own = {field: item[source] for field, source in carried.items()}
            found = chain.from_iterable(pages(client, path.format(**item), {"limit": limit} if limit else None))
            return [{**one, **own} for one in found]

        with ThreadPoolExecutor(max_workers=client.concurrency) as pool:
            yield from chain.from_iterable(pool.map(below, filter(accepting(known), known(parents))))

    return read


SELECTS: Final = ("pim_catalog_simpleselect", "pim_catalog_multiselect")


def _of_type(*types: str) -> Callable[[Known], Callable[[dict[str, Any]], bool]]:
    return lambda _: lambda item: item["type"] in types


def _collected(known: Known) -> Callable[[dict[str, Any]], bool]:
    """Whether some attribute collects assets of a family: a library may hold many that no product shows."""
    collections = (a for a in known("attributes") if a["type"] == "pim_catalog_asset_collection")
    families = {str(a.get("reference_data_name", "")).lower() for a in collections}
    return lambda item: item["code"].lower() in families


PIM_LISTS: Final[tuple[PimList, ...]] = (
    PimList(
        "channels", "Channels: category tree, locales and currencies of each.", ("code", "category_tree"), _listed("channels")
    ),
    PimList("locales", "Locales, those in use by a channel enabled.", ("code", "enabled"), _listed("locales")),
    PimList("currencies", "Currencies, enabled or not.", ("code", "enabled"), _listed("currencies")),
    PimList("attribute_groups", "Attribute groups in their order.", ("code", "sort_order"), _listed("attribute-groups")),
    PimList(
        "attributes",
        "Attributes: type, group, whether localizable or scopable.",
        ("code", "type", "group", "localizable", "scopable", "sort_order"),
        _listed("attributes", with_table_select_options="true"),
    ),
    PimList(
        "attribute_options",
        "Options of simple and multi selects, with labels.",
        ("code", "attribute", "sort_order"),
        _nested(
            "attributes",
            "attributes/{code}/options",
            {"attribute": "code"},
            _of_type(*SELECTS),
        ),
        needs=("attributes",),
    ),
    PimList("families", "Families: which attributes a product has.", ("code", "attribute_as_label"), _listed("families")),
    PimList(
        "family_variants",
        "Family variants: axes, and which level owns which attribute.",
        ("code", "family"),
        _nested("families", "families/{code}/variants", {"family": "code"}),
        needs=("families",),
    ),
    PimList(
        "measurement_families",
        "Units of measurement and their conversion.",
        ("code", "standard_unit_code"),
        _listed("measurement-families"),
    ),
    PimList(
        "association_types",
        "Association types, two-way and quantified ones marked.",
        ("code", "is_two_way", "is_quantified"),
        _listed("association-types"),
    ),
    PimList(
        "categories",
        "All categories in tree order, with their labels and position.",
        ("code", "parent"),
        _listed("categories", with_position="true", with_enriched_attributes="true"),
    ),
    PimList(
        "asset_families",
        "Asset families (Enterprise Edition).",
        ("code", "attribute_as_main_media"),
        _listed("asset-families", limit=None),
    ),
    PimList(
        "asset_attributes",
        "Attributes of the asset families that products collect.",
        ("asset_family", "code", "type"),
        _nested("asset_families", "asset-families/{code}/attributes", {"asset_family": "code"}, _collected, limit=None),
        needs=("asset_families", "attributes"),
    ),
    PimList(
        "asset_attribute_options",
        "Options of asset attributes.",
        ("asset_family", "attribute", "code"),
        _nested(
            "asset_attributes",
            "asset-families/{asset_family}/attributes/{code}/options",
            {"asset_family": "asset_family", "attribute": "code"},
            _of_type("single_option", "multiple_options"),
            limit=None,
        ),
        needs=("asset_attributes",),
    ),
    PimList(
        "assets",
        "Assets of the families that products collect, with their media.",
        ("asset_family", "code", "updated"),
        _nested("asset_families", "asset-families/{code}/assets", {"asset_family": "code"}, _collected, limit=None),
        needs=("asset_families", "attributes"),
    ),
    PimList(
        "reference_entities", "Reference entities (Enterprise Edition).", ("code",), _listed("reference-entities", limit=None)
    ),
    PimList(
        "reference_entity_attributes",
        "Attributes of reference entities.",
        ("reference_entity", "code", "type"),
        _nested("reference_entities", "reference-entities/{code}/attributes", {"reference_entity": "code"}, limit=None),
        needs=("reference_entities",),
    ),
    PimList(
        "reference_entity_attribute_options",
        "Options of reference entities' attributes.",
        ("reference_entity", "attribute", "code"),
        _nested(
            "reference_entity_attributes",
            "reference-entities/{reference_entity}/attributes/{code}/options",
            {"reference_entity": "reference_entity", "attribute": "code"},
            _of_type("single_option", "multiple_options"),
            limit=None,
        ),
        needs=("reference_entity_attributes",),
    ),
    PimList(
        "records",
        "Records of reference entities, with labels and values.",
        ("reference_entity", "code", "updated"),
        _nested("reference_entities", "reference-entities/{code}/records", {"reference_entity": "code"}, limit=None),
        needs=("reference_entities",),
    ),
)
