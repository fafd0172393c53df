"""What a product costs a shopper.

Sources: Script API, classes ProductPriceModel and ProductPriceInfo: the price books of the site and their parents count, but
for those that are offline, not valid now or in another currency; of all prices valid now the lowest one holds, for quantity
1; a percentage is what goes off the lowest amount for the minimum order quantity; a variant without any price has its
master's; masters and sets show the range of their variants' and products' prices. Reference storefronts show as list price
what the root of the price's book says, struck through where it is higher.

Assumptions: a price book without online flag is offline; of several price tables of a product in one book that are valid now
the one that started last holds; prices have two decimals.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation

from sandbox.sfcc.instance_state import SEPARATOR, Body, Stored
from sandbox.sfcc.storefront.shop_products import Product
from sandbox.sfcc.storefront.shop_values import Shop, is_online, is_valid, moment

_ONE = Decimal(1)
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Price:
    """A price, or a range of them. `list_price`: what the price is reduced from, only where it is higher and there is no
    range.
    """

    low: Decimal
    high: Decimal
    currency: str
    list_price: Decimal | None = None

    @property
    def text(self) -> str:
        """Example: "12.90 USD", "12.90 to 14.00 USD"."""
        high = _money(self.high, self.currency)
        return high if self.low == self.high else f"{self.low:,.2f} to {high}"

    @property
    def list_text(self) -> str:
        return "" if self.list_price is None else _money(self.list_price, self.currency)


def price_of(product: Product) -> Price | None:
    """What a product costs; None where nothing tells."""
    if product.kind in ("master", "variation group"):
        return price_range(product.variants)
    if product.kind == "set":
        return price_range(member.product for member in product.members)
    own = _single(product)
    return own if own is not None or product.master is None else _single(product.master)


def price_range(products: Iterable[Product]) -> Price | None:
    """The range of several products' prices; of those that have one."""
    prices = [price for price in map(price_of, products) if price is not None]
    if not prices:
        return None
    low, high = min(p.low for p in prices), max(p.high for p in prices)
    lists = {p.list_price for p in prices}
    return Price(low, high, prices[0].currency, lists.pop() if low == high and len(lists) == 1 else None)


def applicable_books(shop: Shop) -> list[Stored]:
    """The price books that count: of the site and their parents, without those that are offline, not valid or of another
    currency.
    """
    found: dict[str, Stored] = {}
    for id_ in shop.site.price_books:
        for book in _with_parents(shop, id_):
            found.setdefault(book.id, book)
    return [book for book in found.values() if _counts(shop, book.body)]


def _with_parents(shop: Shop, id_: str) -> Iterator[Stored]:
    seen: set[str] = set()
    parent: str | None = id_
    while parent and parent not in seen:
        seen.add(parent)
        book = shop.store.get("pricebook", "", parent)
        if book is None:
            return
        yield book
        parent = book.body.get("parent")


def _counts(shop: Shop, body: Body) -> bool:
    online = is_online(shop, body.get("online-flag"), body.get("online-from"), body.get("online-to"))
    return online and body.get("currency") == shop.currency


def _single(product: Product) -> Price | None:
    """The lowest price of one product that stands in the books under its own id."""
    shop, least = product.shop, _decimal(product.body.get("min-order-quantity")) or _ONE
    amounts: list[tuple[Decimal, str]] = []
    percentages: list[tuple[Decimal, str]] = []
    bases: list[Decimal] = []
    for book in applicable_books(shop):
        table = _table(shop, book.id, product.id)
        bases += [number for kind, number in _entries(table, least) if kind == "amount"]
        for kind, number in _entries(table, _ONE):
            (amounts if kind == "amount" else percentages).append((number, book.id))
    if bases:
        amounts += [(min(bases) * (100 - percent) / 100, book) for percent, book in percentages]
    if not amounts:
        return None
    price, book_id = min(amounts)
    listed = _list_price(shop, book_id, product.id)
    return Price(price, price, shop.currency, listed if listed is not None and listed > price else None)


def _list_price(shop: Shop, book: str, product: str) -> Decimal | None:
    """The amount in the topmost of a book's parents."""
    root = list(_with_parents(shop, book))[-1]
    entries = _entries(_table(shop, root.id, product), _ONE) if _counts(shop, root.body) else []
    return next((number for kind, number in entries if kind == "amount"), None)


def _table(shop: Shop, book: str, product: str) -> Body | None:
    """The product's price table in a book that holds now."""
    tables = shop.store.with_prefix("price-table", book, product + SEPARATOR)
    valid = [t.body for t in tables if is_valid(shop, t.body.get("online-from"), t.body.get("online-to"))]
    return max(valid, key=lambda body: moment(body.get("online-from")) or _LONG_AGO, default=None)


def _entries(table: Body | None, quantity: Decimal) -> list[tuple[str, Decimal]]:
    """(`amount` or `percentage`, number) that holds for a quantity: of the largest quantity not above it. None or one."""
    read = []
    for node in (table or {}).get("entries", []):
        start, number = _decimal(node[1].get("quantity", "1")), _decimal(node[2])
        if start is not None and number is not None and start <= quantity:
            read.append((start, node[0], number))
    return [max(read)[1:]] if read else []


def _decimal(text: str | None) -> Decimal | None:
    try:
        return Decimal((text or "").strip())
    except InvalidOperation:
        return None


def _money(amount: Decimal, currency: str) -> str:
    return f"{amount:,.2f} {currency}"
