"""By what a list of products can be narrowed, and what is left of it.

Sources: catalog.xsd, refinement-definitions (of attributes and prices; buckets, order, cut-off, what becomes of values in no
bucket, `blocked-refinement-definition`); SFCC help, search refinements (a category has those of the categories above it, too;
a definition for the same attribute replaces the one above). Values of one attribute widen the list, several attributes narrow
it.

Assumptions: refinements by category are the tree of categories, those by promotion and by thresholds or periods of attributes
are not offered; a price bucket's threshold is its upper end; `|` separates the values of a bucket; where no category on the
path defines any refinement, which SFCC would show as no refinement at all, the shop offers the brand and the variation
attributes of what it lists, so that there is something to try.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sandbox.sfcc.feed_xml import Node
from sandbox.sfcc.storefront.shop_categories import Category
from sandbox.sfcc.storefront.shop_lists import Hit
from sandbox.sfcc.storefront.shop_products import Axis, attribute_definition, value_names
from sandbox.sfcc.storefront.shop_values import Shop, child_text, children, is_true, localized_child, number

Wanted = Mapping[str, Sequence[str]]
"""{refinement id: keys of the chosen values}."""

PRICE = "price"


@dataclass(frozen=True)
class RefinementValue:
    """One value that can be chosen; `count`: how many products are listed with it, beside the choice in other refinements."""

    key: str
    name: str
    count: int
    chosen: bool


@dataclass(frozen=True)
class Refinement:
    """One refinement with its values in their order."""

    id: str
    name: str
    values: list[RefinementValue]


@dataclass(frozen=True)
class _Rule:
    """A definition: the attribute's id (`price` for prices), whether it is a system attribute, and its element."""

    id: str
    system: bool
    node: Node

    @property
    def is_price(self) -> bool:
        return bool(self.node[1].get("type") == PRICE)


def refine(category: Category, hits: list[Hit], wanted: Wanted) -> tuple[list[Hit], list[Refinement]]:
    """What is left of a category's list, and the refinements to offer."""
    rules = _rules(category, hits)
    keys = {rule.id: {id(hit): _keys(rule, hit) for hit in hits} for rule in rules}
    active = {rule.id: set(wanted[rule.id]) for rule in rules if wanted.get(rule.id)}

    def passes(hit: Hit, but: str = "") -> bool:
        return all(chosen & set(keys[rule][id(hit)]) for rule, chosen in active.items() if rule != but)

    refinements = []
    for rule in rules:
        counts = Counter(key for hit in hits if passes(hit, but=rule.id) for key in keys[rule.id][id(hit)])
        names = {
            value: name for hit in hits for axis in _axes(hit) if axis.attribute == rule.id for value, name in axis.names.items()
        }
        refinement = _refinement(category.shop, rule, names, counts, active.get(rule.id, set()))
        if refinement.values:
            refinements.append(refinement)
    return [hit for hit in hits if passes(hit)], refinements


def _rules(category: Category, hits: list[Hit]) -> list[_Rule]:
    found: dict[tuple[str, str], _Rule] = {}
    defined = False
    root = category.path[0].parent if category.path else category
    for above in [c for c in (root, *category.path) if c is not None]:
        for node in (above.body.get("refinement-definitions") or [None, {}, None, []])[3]:
            defined = True
            type_, attribute = node[1].get("type", ""), node[1].get("attribute-id", "")
            if node[0] == "blocked-refinement-definition":
                found.pop((type_, attribute), None)
            elif type_ == PRICE or (type_ == "attribute" and node[1].get("bucket-type", "none") in ("none", "values")):
                found[type_, attribute] = _Rule(attribute or PRICE, is_true(node[1].get("system")), node)
    return list(found.values()) if defined else _assumed_rules(hits)


def _assumed_rules(hits: list[Hit]) -> list[_Rule]:
    axes = {axis.attribute: axis for hit in hits for axis in _axes(hit)}
    rules = [_Rule("brand", True, ["refinement-definition", {}, None, []])]
    return rules + [_Rule(axis.attribute, axis.system, ["refinement-definition", {}, None, []]) for axis in axes.values()]


def _axes(hit: Hit) -> tuple[Axis, ...]:
    """The variation attributes of a tile's master."""
    return (hit.product.master or hit.product).axes


def _buckets(rule: _Rule, kind: str) -> list[Node]:
    return [bucket for block in children(rule.node, "bucket-definitions") for bucket in children(block, kind)]


def _keys(rule: _Rule, hit: Hit) -> list[str]:
    """The keys of the values, or buckets, that a tile belongs to."""
    if rule.is_price:
        return _price_keys(rule, hit)
    values, buckets = hit.values(rule.id, system=rule.system), _buckets(rule, "attribute-bucket")
    if not buckets:
        return values
    mode = child_text(rule.node, "unbucketed-values-mode") or "show-values"
    keys: list[str] = []
    for value in values:
        numbers = [n for n, bucket in enumerate(buckets) if value in _bucket_values(bucket)]
        if not numbers and mode == "show-as-bucket":
            numbers = [n for n, bucket in enumerate(buckets) if is_true(bucket[1].get("default"))]
        if not numbers and mode == "show-values":
            keys.append(value)
        keys += [_bucket_key(n) for n in numbers]
    return list(dict.fromkeys(keys))


def _bucket_key(n: int) -> str:
    return f"bucket {n}"


def _bucket_values(bucket: Node) -> list[str]:
    return [part for node in children(bucket, "value-list") for part in (node[2] or "").split("|")]


def _price_keys(rule: _Rule, hit: Hit) -> list[str]:
    price, below = hit.price, Decimal(0)
    for n, bucket in enumerate(_buckets(rule, "price-bucket")):
        if bucket[1].get("currency") == hit.product.shop.currency:
            end = Decimal(str(number(child_text(bucket, "threshold"), 0)))
            if price is not None and below <= price.low < end:
                return [_bucket_key(n)]
            below = end
    return []


def _refinement(shop: Shop, rule: _Rule, names: dict[str, str], counts: Counter[str], chosen: set[str]) -> Refinement:
    """The refinement with those values that something is listed with, and the chosen ones. `names`: as masters call the
    values.
    """
    definition = None if rule.system or rule.is_price else attribute_definition(shop, rule.id)
    names = value_names(shop, definition) | names | _bucket_names(shop, rule)
    order = {key: place for place, key in enumerate(names)}
    values = [
        RefinementValue(key, names.get(key, key), counts[key], key in chosen) for key in {**counts, **dict.fromkeys(chosen)}
    ]
    values.sort(key=lambda value: (order.get(value.key, len(order)), value.name))
    mode, backwards = child_text(rule.node, "sort-mode"), child_text(rule.node, "sort-direction") == "descending"
    if mode == "value-name":
        values.sort(key=lambda value: value.name.casefold(), reverse=backwards)
    elif mode == "value-count":
        values.sort(key=lambda value: value.count, reverse=backwards)
    cutoff = int(number(child_text(rule.node, "cutoff-threshold"), 0))
    values = values[:cutoff] if cutoff > 0 else values
    own_name = localized_child(shop, definition, "display-name") if definition is not None else None
    name = localized_child(shop, rule.node, "display-name") or own_name or rule.id.capitalize()
    return Refinement(rule.id, name, values)


def _bucket_names(shop: Shop, rule: _Rule) -> dict[str, str]:
    kind = "price-bucket" if rule.is_price else "attribute-bucket"
    return {
        _bucket_key(n): localized_child(shop, bucket, "display-name") or _bound(bucket)
        for n, bucket in enumerate(_buckets(rule, kind))
    }


def _bound(bucket: Node) -> str:
    """What stands for a bucket without a name."""
    threshold = child_text(bucket, "threshold")
    return f"below {threshold}" if threshold else ", ".join(_bucket_values(bucket)) or "Others"
