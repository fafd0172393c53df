"""Judging each object by SFCC's log: never confirmed by default."""

from collections.abc import Sequence

import pyarrow as pa
import pytest

from sfcc_resources import records
from sfcc_resources.archive import ARCHIVE_MANIFEST
from sfcc_resources.importlog import parse
from sfcc_resources.verdicts import CONFIRMED, PENDING, REFUSED, UNCONFIRMED, verdicts

from .conftest import log_of

CATALOG = "catalogs/c/catalog.xml"
MESSAGE = "Unknown locale 'xx'."


def manifest(*rows: tuple[str, str, int] | tuple[str, str, int, str]) -> pa.Table:
    """Rows (type, id, elements[, feed])."""
    full = [
        ("c", kind, object_id, False, elements, *(rest or [CATALOG]), None, None, "a-0001.zip", None)
        for kind, object_id, elements, *rest in rows
    ]
    return pa.table([list(column) for column in zip(*full, strict=True)], schema=ARCHIVE_MANIFEST)


def judged(table: pa.Table, lines: Sequence[str] | None, **options: object) -> dict[str, str]:
    """Verdict by id."""
    result = verdicts(table, None if lines is None else parse(lines), **options)  # type: ignore[arg-type]
    return dict(zip(result["id"].to_pylist(), result["verdict"].to_pylist(), strict=True))


def test_what_is_counted_and_not_named_is_confirmed() -> None:
    table = manifest((records.PRODUCT, "p", 1), (records.PRODUCT, "q", 1), (records.CATEGORY_ASSIGNMENTS, "p", 2))
    result = verdicts(table, parse(log_of(products=2, category_assignment=2)))
    assert result["verdict"].to_pylist() == [CONFIRMED] * 3
    assert result["message"].to_pylist() == [None] * 3


def test_a_named_error_refuses_that_object_alone_with_sfccs_message() -> None:
    table = manifest((records.PRODUCT, "p", 1), (records.PRODUCT, "q", 1))
    result = verdicts(table, parse(log_of("DATAERROR [product 'q' (catalogs/c/catalog.xml, line 9)]: " + MESSAGE, products=1)))
    assert result["verdict"].to_pylist() == [CONFIRMED, REFUSED]
    assert result["message"].to_pylist() == [None, MESSAGE]


def test_a_warning_makes_its_object_pending_and_an_error_outweighs_it() -> None:
    table = manifest((records.PRODUCT, "p", 1), (records.PRODUCT, "q", 1))
    lines = log_of("DATAWARNING [product 'p']: w", "DATAWARNING [product 'q']: w", "DATAERROR [product 'q']: e", products=1)
    assert judged(table, lines) == {"p": PENDING, "q": REFUSED}


def test_the_file_tells_apart_objects_of_one_id() -> None:
    other = "catalogs/d/catalog.xml"
    table = manifest((records.PRODUCT, "p", 1, CATALOG), (records.PRODUCT, "p", 1, other))
    lines = log_of(f"DATAERROR [product 'p' (load-0001/{other}, line 9)]: e", products=1)
    assert verdicts(table, parse(lines))["verdict"].to_pylist() == [CONFIRMED, REFUSED]


def test_links_are_products_in_sfccs_words_and_judged_by_their_own_file() -> None:
    later = "catalogs/c/catalog_0002.xml"
    table = manifest((records.PRODUCT, "p", 1), (records.PRODUCT, "q", 1), (records.PRODUCT_LINKS, "p", 1, later))
    lines = log_of(f"DATAWARNING [product 'p' ({later}, line 3)]: no such product; relation dropped", products=3)
    result = verdicts(table, parse(lines))
    assert result["verdict"].to_pylist() == [CONFIRMED, CONFIRMED, PENDING]
    assert result["type"].to_pylist() == ["product", "product", "product-links"]
    assert judged(table, log_of(products=2)) == {"p": UNCONFIRMED, "q": UNCONFIRMED}


@pytest.mark.parametrize("named", ["p", "cat/p", "cat p", "p, cat"])
def test_a_refused_assignment_is_found_by_either_way_of_naming_its_ends(named: str) -> None:
    table = manifest((records.CATEGORY_ASSIGNMENTS, "p", 2), (records.CATEGORY_ASSIGNMENTS, "q", 1))
    lines = log_of(f"DATAERROR [category-assignment '{named}']: no such category", category_assignment=2)
    assert judged(table, lines) == {"p": REFUSED, "q": CONFIRMED}


@pytest.mark.parametrize("product", ["12 mm", "a/b", "x, y"])
def test_the_product_of_a_relation_is_found_whatever_its_id_holds(product: str) -> None:
    table = manifest((records.RECOMMENDATIONS, product, 1), (records.RECOMMENDATIONS, "q", 1))
    lines = log_of(f"DATAWARNING [recommendation 'product/{product}/product/r/3']: no such product", recommendation=2)
    assert judged(table, lines) == {product: PENDING, "q": CONFIRMED}


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        (None, "no log"),
        ([], "incomplete"),
        (log_of(products=2)[:-1], "incomplete"),
        ([*log_of(products=2), "Starting Import"], "incomplete"),
        (log_of("DATAERROR somewhere", products=2), "without naming an object of this archive: .*somewhere"),
        (log_of("DATAERROR [product 'other']: e", products=2), "without naming an object of this archive: e"),
        (log_of("DATAERROR [surprise 'p']: e", products=2), "without naming an object of this archive: e"),
        (log_of("DATAWARNING somewhere", products=2), "without naming an object of this archive: .*somewhere"),
        (log_of("ERROR [catalogs/c/catalog.xml]: invalid", products=2), "without naming an object"),
        ([*log_of(products=2), "Import finished with status IMPEX-1"], "without naming an object"),
        ([*log_of(products=2), "IMPEX-0, DataErrorCount: 1"], "counts 1 data errors, the log shows 1 fewer"),
        (log_of(products=1), "2 elements product sent, 1 processed, 0 refused"),
        (log_of(products=3), "2 elements product sent, 3 processed, 0 refused"),
        (log_of(category=2), "2 elements product sent, 0 processed, 0 refused"),
    ],
)
def test_whatever_is_doubtful_confirms_nothing(lines: list[str] | None, why: str) -> None:
    table = manifest((records.PRODUCT, "p", 1), (records.PRODUCT, "q", 1))
    result = verdicts(table, None if lines is None else parse(lines))
    assert result["verdict"].to_pylist() == [UNCONFIRMED, UNCONFIRMED]
    assert all(pa.compute.match_substring_regex(result["message"], why).to_pylist())


def test_several_errors_of_one_object_do_not_stand_for_another_that_was_not_counted() -> None:
    table = manifest((records.PRODUCT, "p", 1), (records.PRODUCT, "q", 1))
    assert judged(table, log_of("DATAERROR [product 'p']: e", "DATAERROR [product 'p']: f")) == {"p": REFUSED, "q": UNCONFIRMED}


def test_a_job_that_did_not_end_well_confirms_nothing_but_still_refuses() -> None:
    table = manifest((records.PRODUCT, "p", 1), (records.PRODUCT, "q", 1))
    assert judged(table, log_of("DATAERROR [product 'q']: e", products=1), job_ok=False) == {"p": UNCONFIRMED, "q": REFUSED}


def test_of_a_job_that_did_not_end_well_the_first_error_that_names_no_object_is_told() -> None:
    table = manifest((records.PRODUCT, "p", 1), (records.PRODUCT, "q", 1))
    lines = log_of(
        "DATAERROR [product 'q']: e",
        "ERROR [catalogs/c/catalog.xml]: line 7: white space at the ends of an id",
        "ERROR [catalogs/d/catalog.xml]: " + "x" * 1000,
    )
    result = verdicts(table, parse(lines), job_ok=False)
    assert result["message"].to_pylist() == [
        (
            "SFCC's import job did not end with the status OK: [2026-11-24 02:00:00.002 GMT] ERROR [catalogs/c/catalog.xml]: "
            "line 7: white space at the ends of an id"
        ),
        "e",
    ]
    (message, _) = verdicts(table, parse([lines[0], *lines[4:]]), job_ok=False)["message"].to_pylist()
    assert message.endswith("xxx...")
    assert len(message) < 500
    (message, _) = verdicts(table, parse(log_of(products=2)), job_ok=False)["message"].to_pylist()
    assert message == "SFCC's import job did not end with the status OK."


def test_a_static_file_is_confirmed_by_being_there() -> None:
    table = manifest(
        (records.FILE, "a.jpg", 0, "catalogs/c/static/default/a.jpg"),
        (records.FILE, "b.jpg", 0, "catalogs/c/static/default/b.jpg"),
    )
    assert judged(table, log_of(products=1), files_present={"catalogs/c/static/default/a.jpg"}) == {
        "a.jpg": CONFIRMED,
        "b.jpg": UNCONFIRMED,
    }
    assert judged(table, log_of(products=1)) == {"a.jpg": UNCONFIRMED, "b.jpg": UNCONFIRMED}


def test_files_alone_are_confirmed_by_being_there_though_no_elements_are_counted() -> None:
    table = manifest((records.FILE, "a.jpg", 0, "catalogs/c/static/default/a.jpg"))
    log = ["Starting Import", "Import finished with status IMPEX-0, DataErrorCount: 0, DataWarningCount: 0"]
    assert judged(table, log, files_present={"catalogs/c/static/default/a.jpg"}) == {"a.jpg": CONFIRMED}
    assert judged(table, log, files_present=set()) == {"a.jpg": UNCONFIRMED}


def book(id_: str, *products: str, feed: str = "", header: bool = False) -> pa.Table:
    """The rows of a price book's file."""
    named = [(records.PRICE_BOOK, id_)] * header + [(records.PRICE_TABLE, product) for product in products]
    rows = [(id_, kind, name, False, 1, feed or f"pricebooks/{id_}.xml", None, None, "a-0001.zip", None) for kind, name in named]
    return pa.table([list(column) for column in zip(*rows, strict=True)], schema=ARCHIVE_MANIFEST)


REJECTED = "currency 'XXX' is not configured; price book rejected"


@pytest.mark.parametrize(("level", "verdict"), [("DATAWARNING", PENDING), ("DATAERROR", REFUSED)])
def test_what_is_said_of_a_price_books_header_is_said_of_the_prices_in_its_file_alone(level: str, verdict: str) -> None:
    """The archive's manifest need not list the header, which each file of prices repeats."""
    prices = pa.concat_tables([book("eur", "p", "q"), book("xxx", "p", "q"), manifest((records.PRODUCT, "p", 1))])
    log = log_of(f"{level} [pricebook 'xxx' (pricebooks/xxx.xml, line 3)]: {REJECTED}", products=1, pricebook=1, price_table=2)
    result = verdicts(prices, parse(log))
    assert result["verdict"].to_pylist() == [CONFIRMED, CONFIRMED, verdict, verdict, CONFIRMED]
    assert result["message"].to_pylist() == [None, None, REJECTED, REJECTED, None]


def test_a_header_told_of_in_one_of_a_books_files_says_nothing_of_the_others() -> None:
    second = "pricebooks/eur_0002.xml"
    prices = pa.concat_tables([book("eur", "p", header=True), book("eur", "q", feed=second)])
    log = log_of(f"DATAERROR [pricebook 'eur' ({second}, line 3)]: ignored", pricebook=1, price_table=1)
    assert judged(prices, log) == {"eur": CONFIRMED, "p": CONFIRMED, "q": REFUSED}


def test_a_rejected_header_alone_leaves_the_rest_of_its_archive_confirmed() -> None:
    headers = pa.concat_tables([book("eur", header=True), book("xxx", header=True)])
    log = log_of(f"DATAWARNING [pricebook 'xxx' (pricebooks/xxx.xml, line 3)]: {REJECTED}", pricebook=1)
    assert judged(headers, log) == {"eur": CONFIRMED, "xxx": PENDING}


def test_a_prices_own_error_is_told_before_its_books() -> None:
    log = log_of(
        "DATAERROR [price-table 'q' (pricebooks/eur.xml, line 9)]: negative; price book 'eur' is ignored",
        "DATAERROR [pricebook 'eur' (pricebooks/eur.xml, line 3)]: negative; price book is ignored",
        price_table=1,
    )
    result = verdicts(book("eur", "p", "q", "r"), parse(log))
    assert result["verdict"].to_pylist() == [REFUSED] * 3
    assert [text.split("; ")[1] for text in result["message"].to_pylist()] == [
        "price book is ignored",
        "price book 'eur' is ignored",
        "price book is ignored",
    ]


def test_a_rejected_book_does_not_stand_for_prices_of_another_that_were_not_counted() -> None:
    prices = pa.concat_tables([book("eur", "p", "q"), book("xxx", "r")])
    log = log_of(f"DATAWARNING [pricebook 'xxx' (pricebooks/xxx.xml, line 3)]: {REJECTED}", pricebook=1, price_table=1)
    assert judged(prices, log) == {"p": UNCONFIRMED, "q": UNCONFIRMED, "r": PENDING}


def test_a_book_told_of_whose_header_was_taken_does_not_stand_for_prices_that_were_not_counted() -> None:
    prices = pa.concat_tables([book("eur", "p", "q"), book("xxx", "r")])
    told = "DATAWARNING [pricebook 'xxx' (pricebooks/xxx.xml, line 3)]: obsolete element"
    assert judged(prices, log_of(told, pricebook=2, price_table=2)) == {"p": UNCONFIRMED, "q": UNCONFIRMED, "r": PENDING}
    assert judged(prices, log_of(told, pricebook=2, price_table=3)) == {"p": CONFIRMED, "q": CONFIRMED, "r": PENDING}


def test_a_problem_of_a_book_that_the_archive_does_not_hold_confirms_nothing() -> None:
    assert judged(book("eur", "p"), log_of("DATAWARNING [pricebook 'own']: w", pricebook=1, price_table=1)) == {"p": UNCONFIRMED}


def test_a_price_books_repeated_header_is_no_contradiction() -> None:
    table = manifest((records.PRICE_BOOK, "usd", 1), (records.PRICE_TABLE, "p", 1))
    assert judged(table, log_of(pricebook=2, price_table=1)) == {"usd": CONFIRMED, "p": CONFIRMED}


def test_the_definitions_inside_a_custom_type_are_no_contradiction() -> None:
    table = manifest((records.ATTRIBUTE_DEFINITION, "a", 1), (records.CUSTOM_TYPE, "T", 1))
    assert judged(table, log_of(attribute_definition=3, custom_type=1)) == {"a": CONFIRMED, "T": CONFIRMED}
    assert judged(table.slice(0, 1), log_of(attribute_definition=3)) == {"a": UNCONFIRMED}
