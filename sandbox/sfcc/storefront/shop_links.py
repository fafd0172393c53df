"""The addresses of the shop's pages: /s/<site>/<locale>/<page>?<query>.

Ids stand in the query, as they may hold any character. Example: /s/RefArch/de-DE/product?pid=shirt&dwvar_color=red
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from urllib.parse import quote, urlencode

from sandbox.sfcc.storefront.shop_products import Product
from sandbox.sfcc.storefront.shop_refinements import Wanted

CHOICE, REFINEMENT = "dwvar_", "refine_"
Pairs = Iterable[tuple[str, str]]


@dataclass(frozen=True)
class Links:
    """Where links of one page lead. `page` and `query` are the page's own; `currency` is '' for the site's default."""

    site: str
    locale: str
    currency: str
    page: str
    query: tuple[tuple[str, str], ...]

    def home(self) -> str:
        return self._to("", ())

    def category(self, id_: str, wanted: Wanted | None = None, number: int = 1) -> str:
        """A category's list, refined, at a page of it."""
        refined = [(f"{REFINEMENT}{name}", value) for name, values in (wanted or {}).items() for value in values]
        return self._to("category", [("cgid", id_), *refined, *([("page", str(number))] if number > 1 else [])])

    def toggled(self, id_: str, wanted: Wanted, refinement: str, value: str) -> str:
        """A category's list with one value of a refinement more, or less."""
        values = [v for v in wanted.get(refinement, ()) if v != value]
        if value not in wanted.get(refinement, ()):
            values.append(value)
        return self.category(id_, {**wanted, refinement: values})

    def product(self, product: Product, choice: Mapping[str, str] | None = None) -> str:
        """A product with a choice: {attribute id: value}."""
        axes = (product.master or product).axes
        chosen = [(f"{CHOICE}{axis.id}", choice[axis.attribute]) for axis in axes if choice and axis.attribute in choice]
        return self._to("product", [("pid", product.id), *chosen])

    def itself(self) -> str:
        """The page that the links are on."""
        return self._to(self.page, self.query)

    def in_locale(self, locale: str) -> str:
        """The same page in another locale."""
        return replace(self, locale=locale).itself()

    def in_currency(self, currency: str) -> str:
        """The same page in another currency."""
        return replace(self, currency=currency).itself()

    def _to(self, page: str, pairs: Pairs) -> str:
        query = urlencode([*pairs, *([("currency", self.currency)] if self.currency else [])])
        return f"/s/{quote(self.site, safe='')}/{quote(self.locale, safe='')}/{page}" + (f"?{query}" if query else "")


def wanted_choice(query: Pairs) -> dict[str, str]:
    """{variation attribute id: value} of an address."""
    return {name.removeprefix(CHOICE): value for name, value in query if name.startswith(CHOICE)}


def wanted_refinements(query: Pairs) -> dict[str, list[str]]:
    """{refinement id: values} of an address."""
    found: dict[str, list[str]] = {}
    for name, value in query:
        if name.startswith(REFINEMENT):
            found.setdefault(name.removeprefix(REFINEMENT), []).append(value)
    return found
