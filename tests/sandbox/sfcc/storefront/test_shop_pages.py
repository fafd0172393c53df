"""The shop over HTTP: which address answers what, escaped, beside the instance's other paths."""

import pytest
import requests
from lxml import html

MARKUP = "&lt;script&gt;alert(1)&lt;/script&gt; &amp; \"so\" 'on'"


@pytest.fixture(scope="module")
def stocked(server):
    """A server with one catalog: two categories, a product whose name is markup, one that is offline, and two picture files."""
    catalog = f"""<catalog xmlns="http://www.demandware.com/xml/impex/catalog/2006-10-31" catalog-id="c">
    <header><image-settings><internal-location base-path="/"/></image-settings></header>
    <category category-id="all"><display-name>All {MARKUP}</display-name><online-flag>true</online-flag>
    <parent>root</parent></category>
    <category category-id="off"><online-flag>false</online-flag><parent>root</parent></category>
    <product product-id="a"><display-name>{MARKUP}</display-name>
    <long-description>&lt;p onclick="x()"&gt;Long&lt;/p&gt;</long-description><online-flag>true</online-flag>
    <images><image-group view-type="large"><image path="images/a.png"/></image-group></images><brand>{MARKUP}</brand></product>
    <product product-id="b"><online-flag>false</online-flag></product>
    <category-assignment category-id="all" product-id="a"/><category-assignment category-id="all" product-id="b"/></catalog>"""
    static = {"catalogs/c/static/default/images/a.png": b"default", "catalogs/c/static/fr-FR/images/a.png": b"french"}
    server.site_import({"catalogs/c/catalog.xml": catalog, **static})
    return server


def page(server, path, status=200):
    answer = requests.get(f"{server.url}{path}", timeout=30)
    assert answer.status_code == status, answer.text
    return html.fromstring(answer.text)


def test_a_shopper_needs_no_token_and_is_led_to_the_sites_first_locale(stocked):
    assert [a.get("href") for a in page(stocked, "/s/").xpath("//h2/a")] == ["/s/RefArch/", "/s/RefArchGlobal/"]
    answer = requests.get(f"{stocked.url}/s/RefArch/", timeout=30, allow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (302, "/s/RefArch/default/")


def test_what_was_imported_is_escaped_and_no_page_may_run_scripts(stocked):
    for path in ("/s/RefArch/en-US/", "/s/RefArch/en-US/category?cgid=all", "/s/RefArch/en-US/product?pid=a"):
        shown = page(stocked, path)
        assert shown.xpath("//script | //@onclick") == []
        assert "<script>alert(1)</script> & \"so\" 'on'" in shown.text_content()
        assert (
            requests.get(f"{stocked.url}{path}", timeout=30).headers["content-security-policy"].startswith("default-src 'none'")
        )


def test_a_picture_comes_from_the_locales_folder_or_else_from_the_default_one(stocked):
    for locale, content in (("fr-FR", b"french"), ("de-DE", b"default")):
        (image,) = page(stocked, f"/s/RefArch/{locale}/product?pid=a").xpath("//*[@class='gallery']//img")
        answer = requests.get(f"{stocked.url}{image.get('src')}", timeout=30)
        assert (answer.content, answer.headers["content-type"]) == (content, "image/png")


@pytest.mark.parametrize("path", ["images/none.png", "..%2F..%2F..%2Finstance.json", "x" * 300])
def test_no_file_but_a_catalogs_own_is_given_out(stocked, path):
    with requests.Session() as session:
        request = requests.Request("GET", f"{stocked.url}/x").prepare()
        request.url = f"{stocked.url}/on/demandware.static/-/Sites-c/default/{path}"
        assert session.send(request, timeout=30).status_code == 404


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("/s/RefArch/en-US/product?pid=b", "Product 'b' is not shown: offline."),
        ("/s/RefArch/en-US/product?pid=c", "Product 'c' is not shown: this instance has no such product."),
        ("/s/RefArch/en-US/category?cgid=off", "Category 'off' is offline, or one above it is."),
        ("/s/RefArch/en-US/category?cgid=none", "Category 'none' is not in this shop."),
        ("/s/RefArch/it-IT/", "Site 'RefArch' has no locale 'it-IT'."),
        ("/s/Elsewhere/en-US/", "This instance has no site 'Elsewhere'."),
    ],
)
def test_what_is_not_shown_is_not_found_and_the_operator_is_told_why(stocked, path, reason):
    assert reason in page(stocked, path, status=404).xpath("//footer")[0].text_content()


def test_a_category_tells_the_operator_how_many_products_it_hides(stocked):
    shown = page(stocked, "/s/RefArch/en-US/category?cgid=all")
    assert [a.get("href") for a in shown.xpath("//main//li[@class='tile']/a")] == ["/s/RefArch/en-US/product?pid=a"]
    assert "1 is hidden: offline." in shown.xpath("//footer")[0].text_content()


def test_the_currency_is_kept_from_page_to_page(stocked):
    shown = page(stocked, "/s/RefArchGlobal/en-US/category?cgid=all&currency=GBP")
    assert [a.get("href") for a in shown.xpath("//main//li[@class='tile']/a")] == [
        "/s/RefArchGlobal/en-US/product?pid=a&currency=GBP"
    ]
    (switch,) = [a for a in shown.xpath("//*[@class='switches']/a") if a.text == "EUR"]
    assert switch.get("href") == "/s/RefArchGlobal/en-US/category?cgid=all"


def test_the_data_api_answers_beside_the_shop_as_before(stocked):
    assert stocked.data("POST", "nothing").json()["fault"]["type"] == "ResourcePathNotFoundException"
    answer = stocked.data("GET", "jobs/sfcc-site-archive-import/executions")
    assert (answer.status_code, answer.json()["fault"]["type"]) == (405, "MethodNotAllowedException")
