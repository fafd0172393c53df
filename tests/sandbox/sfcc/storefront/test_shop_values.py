"""Which value holds: by locale, site and moment; markup as text."""

from datetime import UTC, datetime

import pytest

from sandbox.sfcc.storefront.shop_products import find_product
from sandbox.sfcc.storefront.shop_values import is_valid, paragraphs

NAMES = """<display-name xml:lang="x-default">Tent</display-name><display-name xml:lang="fr">Tente</display-name>
<display-name xml:lang="de-DE">Zelt</display-name>"""


@pytest.mark.parametrize(
    ("locale", "name"), [("de-DE", "Zelt"), ("fr-FR", "Tente"), ("en-US", "Tent"), ("de", "Tent"), ("default", "Tent")]
)
def test_a_text_falls_back_from_country_to_language_to_default(instance, xml, shop, locale, name):
    instance.catalog(xml.product("tent", before=NAMES))
    assert find_product(shop(locale=locale), "tent").name == name


def test_an_attribute_of_a_site_goes_before_its_default_and_another_sites_never_shows(instance, xml, feeds, shop):
    instance.define(feeds.attribute("note", site_specific=True), feeds.attribute("hint", site_specific=True))
    instance.catalog(
        '<product product-id="tent"><custom-attributes><custom-attribute attribute-id="note">all</custom-attribute>'
        '<custom-attribute attribute-id="note" site-id="RefArch">ours</custom-attribute>'
        '<custom-attribute attribute-id="hint" site-id="RefArch">only here</custom-attribute></custom-attributes></product>'
    )
    here, there = (find_product(shop(site), "tent") for site in ("RefArch", "RefArchGlobal"))
    assert (here.value("note"), here.value("hint")) == ("ours", "only here")
    assert (there.value("note"), there.value("hint")) == ("all", None)


@pytest.mark.parametrize(
    ("start", "end", "valid"),
    [
        (None, None, True),
        ("2026-06-01T12:00:00Z", None, True),
        ("2026-06-01T12:00:01Z", None, False),
        ("2026-06-01T14:00:00+02:00", None, True),
        (None, "2026-06-01T12:00:00Z", False),
        (None, "2026-06-01T12:00:01.000Z", True),
    ],
)
def test_dates_count_from_their_start_until_before_their_end(shop, start, end, valid):
    assert is_valid(shop(now=datetime(2026, 6, 1, 12, tzinfo=UTC)), start, end) is valid


@pytest.mark.parametrize(
    ("markup", "texts"),
    [
        ("<p>Dry.</p>\n<p>Warm <b>and</b>\nlight</p>", ["Dry.", "Warm and light"]),
        ("one<br/>two", ["one", "two"]),
        ("safe<script>alert(1)</script><style>p{}</style> text", ["safe text"]),
        ("Fish & chips < 5", ["Fish & chips < 5"]),
        ("", []),
        (None, []),
    ],
)
def test_markup_is_shown_as_paragraphs_of_text(markup, texts):
    assert paragraphs(markup) == texts
