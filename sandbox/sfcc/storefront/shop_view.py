"""What a shopper sees on each page, as plain values: no HTML, no HTTP, no clock.

How a page looks belongs to the templates, how it is asked for to `shop_pages`, each rule to the module that is named after it.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from sandbox.sfcc.importers.catalog_importer import ROOT
from sandbox.sfcc.storefront.shop_attributes import AttributeGroup, attribute_groups
from sandbox.sfcc.storefront.shop_availability import unavailable
from sandbox.sfcc.storefront.shop_categories import Category, find_category, primary_category
from sandbox.sfcc.storefront.shop_choice import Choice, OptionList, chosen_variant, fitting, option_lists, valid_choice
from sandbox.sfcc.storefront.shop_images import Picture, pictures
from sandbox.sfcc.storefront.shop_lists import Hit, hit_of, product_list, samples
from sandbox.sfcc.storefront.shop_prices import Price, price_of, price_range
from sandbox.sfcc.storefront.shop_products import Product, find_product
from sandbox.sfcc.storefront.shop_recommendations import Shelf, recommendations, shelves
from sandbox.sfcc.storefront.shop_refinements import Refinement, Wanted, refine
from sandbox.sfcc.storefront.shop_values import Shop, localized, paragraphs

PAGE_SIZE = 24
HOME_TILES = 4
PRODUCT_VIEW_TYPE = "large"


@dataclass(frozen=True)
class CategoryPage:
    """A category, or the whole shop (root). `hits`: the tiles of page `number`; `total`: how many all pages have.

    `hidden`: sentences for the operator on products that are assigned and not shown.
    """

    category: Category
    hits: list[Hit]
    total: int
    number: int
    pages: int
    description: list[str]
    refinements: list[Refinement]
    shelves: list[Shelf]
    hidden: list[str]


@dataclass(frozen=True)
class ProductPage:
    """A product. `offered`: the variant once it is chosen, else the product itself.

    `members`: the tiles of a set's or bundle's products, `member_notes`: how many of each a bundle has, `missing_members`:
    how many are not shown.
    """

    product: Product
    offered: Product
    choice: Choice
    options: list[OptionList]
    pictures: list[Picture]
    price: Price | None
    unavailable: str | None
    summary: list[str]
    description: list[str]
    attributes: list[AttributeGroup]
    members: list[Hit]
    member_notes: list[str]
    missing_members: int
    category: Category | None
    shelves: list[Shelf]


def menu(shop: Shop) -> tuple[Category, ...]:
    """The top of the menu; what is below each is `Category.menu`."""
    root = find_category(shop, ROOT)
    return root.menu if root is not None else ()


def home_categories(shop: Shop) -> list[tuple[Category, list[Hit]]]:
    """What home shows: the categories of the menu that list something, each with some tiles.

    A lone category at the top says little; those below it are shown then.
    """
    top = menu(shop)
    shown = top[0].menu if len(top) == 1 and top[0].menu else top
    with_hits = [(category, samples(category, HOME_TILES)) for category in shown]
    return [(category, hits) for category, hits in with_hits if hits]


def category_page(shop: Shop, id_: str, wanted: Wanted, number: int = 1) -> CategoryPage | None:
    """The page of a category; None where the shop has none of this id, or doesn't show it."""
    category = find_category(shop, id_)
    if category is None or not category.is_shown:
        return None
    listed = product_list(category)
    hits, refinements = refine(category, listed.hits, wanted)
    pages = max(1, -(-len(hits) // PAGE_SIZE))
    number = min(max(1, number), pages)
    return CategoryPage(
        category=category,
        hits=hits[(number - 1) * PAGE_SIZE : number * PAGE_SIZE],
        total=len(hits),
        number=number,
        pages=pages,
        description=paragraphs(localized(shop, category.body.get("description"))),
        refinements=refinements,
        shelves=recommendations(shop, "category", id_),
        hidden=[f"{count} {'is' if count == 1 else 'are'} hidden: {reason}." for reason, count in sorted(listed.hidden.items())],
    )


def product_page(shop: Shop, id_: str, wanted: Mapping[str, str]) -> ProductPage | None:
    """The page of a product; None where there is none of this id, or the shop doesn't show it.

    `wanted`: {variation attribute id: value}, as far as it can be. A variant opens its master's page with its values chosen.
    """
    asked = find_product(shop, id_)
    if asked is None or asked.problem is not None:
        return None
    product = asked.master or asked
    preset = dict(asked.values) | {axis.attribute: wanted[axis.id] for axis in product.axes if axis.id in wanted}
    choice = valid_choice(product, preset)
    offered = chosen_variant(product, choice) or product
    fits = fitting(product, choice) if product.kind == "master" else []
    return ProductPage(
        product=product,
        offered=offered,
        choice=choice,
        options=option_lists(product, choice),
        pictures=pictures(offered, PRODUCT_VIEW_TYPE, choice),
        price=price_range(fits) if product.kind == "master" else price_of(offered),
        unavailable=unavailable(offered),
        summary=paragraphs(offered.text("short-description")),
        description=paragraphs(offered.text("long-description")),
        attributes=attribute_groups(offered),
        members=[hit_of(member.product) for member in product.members],
        member_notes=[f"{member.quantity} x" if member.quantity else "" for member in product.members],
        missing_members=product.member_count - len(product.members),
        category=primary_category(asked),
        shelves=shelves(offered),
    )
