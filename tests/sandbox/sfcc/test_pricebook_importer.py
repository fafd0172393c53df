"""Price books: tables by dates, deletion, currencies, rejected and ignored books."""

import pytest


def book(tables="", currency="EUR", id_="list", header=""):
    inner = f"<price-tables>{tables}</price-tables>" if tables else ""
    return f'<pricebook><header pricebook-id="{id_}"><currency>{currency}</currency>{header}</header>{inner}</pricebook>'


def table(product, amount="1.00", start="", end="", mode="", quantity="1"):
    dates = (f"<online-from>{start}</online-from>" if start else "") + (f"<online-to>{end}</online-to>" if end else "")
    amounts = f'<amount quantity="{quantity}">{amount}</amount>' if amount else ""
    mode = f' mode="{mode}"' if mode else ""
    return f'<price-table product-id="{product}"{mode}>{dates}{amounts}</price-table>'


def tables(instance, id_="list"):
    found = instance.exported("", f"pricebooks/{id_}.xml")
    if found is None:
        return None
    return [
        (t.get("product-id"), t.findtext("{*}online-from"), t.findtext("{*}amount")) for t in found.iterfind(".//{*}price-table")
    ]


def test_tables_of_the_same_dates_are_replaced_as_a_whole_and_others_stay(instance):
    instance.prices(book(table("p", "1.00") + table("q", "2.00")))
    instance.prices(book(table("p", "3.00")))
    assert tables(instance) == [("p", None, "3.00"), ("q", None, "2.00")]
    assert instance.problems() == []


def test_a_header_alone_keeps_the_tables(instance):
    instance.prices(book(table("p")))
    instance.prices(book(header="<online-flag>true</online-flag>"))
    assert tables(instance) == [("p", None, "1.00")]
    assert instance.exported("", "pricebooks/list.xml").findtext(".//{*}online-flag") == "true"


def test_dated_tables_stand_beside_the_continuous_one(instance):
    instance.prices(book(table("p", "1.00") + table("p", "0.50", start="2026-11-27T00:00:00Z")))
    assert tables(instance) == [("p", None, "1.00"), ("p", "2026-11-27T00:00:00Z", "0.50")]


def test_two_tables_of_a_product_can_not_start_at_the_same_time(instance):
    instance.prices(book(table("p", "1.00")))
    instance.prices(book(table("p", "0.50", end="2026-12-01T00:00:00Z")))
    assert instance.problems()[0].startswith("DATAERROR [price-table 'p'")
    assert tables(instance) == [("p", None, "1.00")]


def test_the_same_moment_in_another_zone_is_the_same_table(instance):
    instance.prices(book(table("p", "1.00", start="2026-11-27T00:00:00Z")))
    instance.prices(book(table("p", "2.00", start="2026-11-27T01:00:00+01:00")))
    assert [t[2] for t in tables(instance)] == ["2.00"]


def test_delete_removes_only_the_table_of_the_same_dates(instance):
    dated = {"start": "2026-11-27T00:00:00Z", "end": "2026-11-30T00:00:00Z"}
    instance.prices(book(table("p") + table("p", "0.50", **dated)))
    instance.prices(book(table("p", "", mode="delete")))
    assert tables(instance) == [("p", "2026-11-27T00:00:00Z", "0.50")]
    instance.prices(book(table("p", "", start=dated["start"], mode="delete")))
    assert len(tables(instance)) == 1
    instance.prices(book(table("p", "", mode="delete", **dated)))
    assert tables(instance) == []


def test_delete_all_removes_every_table_of_the_product_alone(instance):
    instance.prices(book(table("p") + table("p", "0.50", start="2026-11-27T00:00:00Z") + table("q")))
    instance.prices(book(table("p", "", mode="delete-all")))
    assert tables(instance) == [("q", None, "1.00")]


@pytest.mark.parametrize(
    ("first", "second", "warned"),
    [
        (("2026-11-01", "2026-12-01"), ("2026-11-15", "2026-11-20"), True),
        (("2026-11-15", "2026-11-20"), ("2026-11-01", "2026-12-01"), True),
        (("2026-11-01", ""), ("2026-11-15", "2026-11-20"), True),
        (("2026-11-01", "2026-11-15"), ("2026-11-15", "2026-11-20"), False),
        (("2026-11-01", ""), ("2026-11-15", ""), False),
        (("", ""), ("2026-11-15", "2026-11-20"), False),
        (("", "2026-11-10"), ("2026-11-05", "2026-11-20"), True),
    ],
)
def test_tables_whose_dates_overlap_are_warned_of_and_written(instance, first, second, warned):
    for start, end in (first, second):
        dates = {"start": start and f"{start}T00:00:00Z", "end": end and f"{end}T00:00:00Z"}
        instance.prices(book(table("p", **dates) + table("other", start="2026-11-15T00:00:00Z")))
    assert len([t for t in tables(instance) if t[0] == "p"]) == 2
    assert [line.partition("from")[0] for line in instance.problems()] == (
        ["DATAWARNING [price-table 'p' (feed.xml, line 2)]: the online dates overlap those of the product's price table "]
        * warned
    )


def test_the_same_table_again_overlaps_nothing(instance):
    for _ in range(2):
        instance.prices(book(table("p", start="2026-11-01T00:00:00Z", end="2026-12-01T00:00:00Z")))
    assert instance.problems() == []


def test_dates_of_a_deletion_may_be_attributes_and_are_exported_as_elements(instance):
    dates = 'online-from="2026-11-27T00:00:00Z" online-to="2026-11-30T00:00:00Z"'
    written = f'<price-table product-id="p" {dates}><amount quantity="1">1.00</amount></price-table>'
    instance.prices(book(table("p") + written))
    exported = instance.exported("", "pricebooks/list.xml").findall(".//{*}price-table")
    assert [(t.attrib, t.findtext("{*}online-from"), t.findtext("{*}online-to")) for t in exported] == [
        ({"product-id": "p"}, None, None),
        ({"product-id": "p"}, "2026-11-27T00:00:00Z", "2026-11-30T00:00:00Z"),
    ]
    instance.prices(book(f'<price-table product-id="p" mode="delete" {dates}/>'))
    assert tables(instance) == [("p", None, "1.00")]


def test_a_deleted_book_takes_its_tables_along(instance):
    instance.prices(book(table("p")))
    instance.prices('<pricebook><header pricebook-id="list" mode="delete"><currency>EUR</currency></header></pricebook>')
    assert tables(instance) is None
    instance.prices(book())
    assert tables(instance) == []


def test_a_book_of_an_unknown_currency_is_rejected_with_a_warning(instance):
    instance.prices(book(table("p"), currency="XXX") + book(table("p"), id_="good"))
    assert instance.problems() == [
        "DATAWARNING [pricebook 'list' (feed.xml, line 2)]: currency 'XXX' is not configured; price book rejected"
    ]
    assert tables(instance) is None
    assert tables(instance, "good") == [("p", None, "1.00")]
    assert "Processed 1 pricebook elements successfully" in instance.log
    assert "Processed 1 price-table elements successfully" in instance.log


def test_the_currency_changes_only_in_replace(instance):
    instance.prices(book(table("p")))
    instance.prices(book(currency="USD"))
    assert "DATAWARNING [pricebook 'list'" in instance.problems()[0]
    assert instance.exported("", "pricebooks/list.xml").findtext(".//{*}currency") == "EUR"
    instance.prices(book(table("q"), currency="USD"), "REPLACE")
    assert instance.exported("", "pricebooks/list.xml").findtext(".//{*}currency") == "USD"
    assert tables(instance) == [("q", None, "1.00")]


def test_a_negative_amount_or_quantity_makes_the_whole_book_ignored(instance):
    for bad in (table("q", "-1"), table("q", "1", quantity="-2")):
        instance.prices(book(table("p", "9.99") + bad + table("r")) + book(table("p"), id_="good"))
        assert "DATAERROR [pricebook 'list'" in " ".join(instance.problems())
        assert tables(instance) is None
        assert tables(instance, "good") == [("p", None, "1.00")]
        assert instance.log[-3:] == [
            "Processed 1 pricebook elements successfully",
            "Processed 1 price-table elements successfully",
            "Processed 2 total elements",
        ]


def test_delete_mode_removes_the_whole_book_and_update_skips_an_unknown_one(instance):
    instance.prices(book(table("p")), "UPDATE")
    assert tables(instance) is None
    instance.prices(book(table("p")))
    instance.prices(book(table("q")), "DELETE")
    assert tables(instance) is None


def test_prices_of_unknown_products_are_kept(instance):
    instance.prices(book(table("ghost")))
    assert tables(instance) == [("ghost", None, "1.00")]
    assert instance.problems() == []
