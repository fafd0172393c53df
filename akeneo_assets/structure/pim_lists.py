"""The PIM's lists (channels, attributes, options, families, ...): which are read, and how.

Belongs here: the table of lists. Doesn't: their meaning for the mapping (`pim_structure`), where an import keeps what it read
(`akeneo_assets.loads.list_reading`). They are small and read whole: labels, categories and options move no product's
`updated` (Akeneo API, search filters), so that only comparing them shows a change.

A list that every PIM has must be there and must be whole; 404 and 403 are errors. Only the Enterprise Edition's own lists may be
missing, and only as a whole (`PimList.optional`): whether they were there before is the caller's to ask.
"""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import chain
from typing import Any, Final
from urllib.parse import quote

from akeneo_assets.pim.counting import whole_list
from akeneo_assets.pim.paging import pages
from akeneo_assets.pim.pim_client import PimClient
from akeneo_assets.pim.pim_errors import PermanentPimError

Items = Iterable[dict[str, Any]]
Known = Callable[[str], list[dict[str, Any]]]
"""Gives the items of a list already read in this run."""
Read = Callable[[PimClient, Known], Items | None]
"""Gives the items of a list; None where this PIM has no such endpoint."""

LIMIT: Final = 100
"""Items of a page: the most that the API gives."""


@dataclass(frozen=True)
class PimList:
    """A list of the PIM. `columns` are shown beside the whole item; `read` gives the items; `needs` names lists read before
    it; `optional`: an edition may lack it."""

    name: str
    description: str
    columns: tuple[str, ...]
    read: Read
    needs: tuple[str, ...] = ()
    optional: bool = False


def _listed(path: str, *, never_empty: bool = False, **params: str) -> Read:
    """All items of a list that every PIM has. `never_empty`: no PIM works without some.

    Source: Akeneo API, channels (each has a tree, a locale, a currency), attributes (each belongs to a group; one identifies).
    """

    def read(client: PimClient, _known: Known) -> Items:
        found = whole_list(client, path, {"limit": LIMIT, **params})
        if never_empty and not found:
            raise PermanentPimError(
                f"The PIM's list {path} is empty, which it is in no working PIM: let the connection's user see it, or try later."
            )
        return found

    return read


def _array(path: str) -> Read:
    """All items of an endpoint that has no pages."""
    return lambda client, _: chain.from_iterable(pages(client, path))


def _if_there(path: str) -> Read:
    """All items of a list that only some editions have (404 elsewhere). It takes no limit and isn't counted."""

    def read(client: PimClient, _known: Known) -> Items | None:
        following = pages(client, path)
        try:
            first = next(following, [])
        except PermanentPimError as error:
            if error.status == 404:
                return None
            raise
        return chain(first, chain.from_iterable(following))

    return read


def _nested(
    parents: str,
    path: str,
    carried: dict[str, str],
    accepting: Callable[[Known], Callable[[dict[str, Any]], bool]] = lambda _: lambda _: True,
    *,
    counted: bool = False,
) -> Read:
    """The items below each accepted item of the list `parents`, four calls at once.

    `accepting` gives the question, once the lists needed are known; `carried` (field: the parent's field) tells each item whose
    it is, and fills `path`; `counted`: these lists have pages of `LIMIT` and a count.
    """

    def read(client: PimClient, known: Known) -> Items:
        def below(parent: dict[str, Any]) -> list[dict[str, Any]]:
            own = {field: parent[source] for field, source in carried.items()}
            its = path.format(**{field: quote(parent[field], safe="") for field in carried.values()})
            items = whole_list(client, its, {"limit": LIMIT}) if counted else chain.from_iterable(pages(client, its))
            return [{**item, **own} for item in items]

        with ThreadPoolExecutor(max_workers=client.concurrency) as pool:
            yield from chain.from_iterable(pool.map(below, filter(accepting(known), known(parents))))

    return read


SELECTS: Final = ("pim_catalog_simpleselect", "pim_catalog_multiselect")


def _of_type(*types: str) -> Callable[[Known], Callable[[dict[str, Any]], bool]]:
    return lambda _: lambda item: item["type"] in types


def _collected(known: Known) -> Callable[[dict[str, Any]], bool]:
    """Whether some attribute collects assets of a family: a library may hold many that no product shows."""
    collections = (a for a in known("attributes") if a["type"] == "pim_catalog_asset_collection")
    families = {str(a.get("reference_data_name") or "").lower() for a in collections}
    return lambda item: item["code"].lower() in families


PIM_LISTS: Final[tuple[PimList, ...]] = (
    PimList(
        "channels",
        "Channels: category tree, locales and currencies of each.",
        ("code", "category_tree"),
        _listed("channels", never_empty=True),
    ),
    PimList("locales", "Locales, those in use by a channel enabled.", ("code", "enabled"), _listed("locales", never_empty=True)),
    PimList("currencies", "Currencies, enabled or not.", ("code", "enabled"), _listed("currencies", never_empty=True)),
    PimList(
        "attribute_groups",
        "Attribute groups in their order.",
        ("code", "sort_order"),
        _listed("attribute-groups", never_empty=True),
    ),
    PimList(
        "attributes",
        "Attributes: type, group, whether localizable or scopable.",
        ("code", "type", "group", "localizable", "scopable", "sort_order"),
        _listed("attributes", never_empty=True, with_table_select_options="true"),
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
            counted=True,
        ),
        needs=("attributes",),
    ),
    PimList("families", "Families: which attributes a product has.", ("code", "attribute_as_label"), _listed("families")),
    PimList(
        "family_variants",
        "Family variants: axes, and which level owns which attribute.",
        ("code", "family"),
        _nested("families", "families/{code}/variants", {"family": "code"}, counted=True),
        needs=("families",),
    ),
    PimList(
        "measurement_families",
        "Units of measurement and their conversion.",
        ("code", "standard_unit_code"),
        _array("measurement-families"),
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
        _listed("categories", never_empty=True, with_position="true", with_enriched_attributes="true"),
    ),
    PimList(
        "asset_families",
        "Asset families (Enterprise Edition).",
        ("code", "attribute_as_main_media"),
        _if_there("asset-families"),
        optional=True,
    ),
    PimList(
        "asset_attributes",
        "Attributes of the asset families that products collect.",
        ("asset_family", "code", "type"),
        _nested("asset_families", "asset-families/{code}/attributes", {"asset_family": "code"}, _collected),
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
        ),
        needs=("asset_attributes",),
    ),
    PimList(
        "assets",
        "Assets of the families that products collect, with their media.",
        ("asset_family", "code", "updated"),
        _nested("asset_families", "asset-families/{code}/assets", {"asset_family": "code"}, _collected),
        needs=("asset_families", "attributes"),
    ),
    PimList(
        "reference_entities",
        "Reference entities (Enterprise Edition).",
        ("code",),
        _if_there("reference-entities"),
        optional=True,
    ),
    PimList(
        "reference_entity_attributes",
        "Attributes of reference entities.",
        ("reference_entity", "code", "type"),
        _nested("reference_entities", "reference-entities/{code}/attributes", {"reference_entity": "code"}),
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
        ),
        needs=("reference_entity_attributes",),
    ),
    PimList(
        "records",
        "Records of reference entities, with labels and values.",
        ("reference_entity", "code", "updated"),
        _nested("reference_entities", "reference-entities/{code}/records", {"reference_entity": "code"}),
        needs=("reference_entities",),
    ),
)
