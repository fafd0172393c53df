"""The section `price_books` of connector.yaml."""

from typing import Annotated

from akeneo_assets.settings.section import Section, only_placeholders

BookId = Annotated[str, only_placeholders("{currency}", "{CURRENCY}", "{site}", "{channel}")]


class PriceBook(Section):
    """A price book for each currency, fed by one price attribute."""

    id: BookId = "{currency}-list-prices"
    """Its id; `{currency}` is the currency in lower case, `{CURRENCY}` in upper case, `{site}` the site's id, `{channel}` its
    channel. Each book has one currency, for good: no import changes it."""
    name: str = "List Prices"
    """Its display name."""
    attribute: str = "price"
    """The price attribute."""
    currencies: tuple[str, ...] = ()
    """Currencies; none named: the site's."""
    parent: BookId | None = None
    """Id of the parent price book; the same placeholders as in id."""
    online: bool = True
    """The books' online-flag."""
    optional: bool = False
    """True: it is no error when the PIM lacks the attribute."""
