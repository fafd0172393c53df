"""Judging each object by SFCC's log: never confirmed by default."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import pyarrow as pa
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from sfcc_resources import records
from sfcc_resources.archive import ARCHIVE_MANIFEST
from sfcc_resources.log_wording import parse
from sfcc_resources.verdicts import CONFIRMED, PENDING, REFUSED, UNCONFIRMED, alone, verdicts

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


# How a problem is tied to its object where the log doesn't name it as `[product 'x']`.

FIRST, SECOND = "catalogs/c/catalog.xml", "catalogs/d/catalog.xml"


def on_lines(*rows: tuple[str, str, str, int, int] | tuple[str, str, str, int, int, int]) -> pa.Table:
    """Rows (feed, type, id, first line, last line[, elements])."""
    full = [
        (feed.split("/")[1], kind, object_id, False, *(elements or [1]), feed, first, last, "a-0001.zip", None)
        for feed, kind, object_id, first, last, *elements in rows
    ]
    return pa.table([list(column) for column in zip(*full, strict=True)], schema=ARCHIVE_MANIFEST)


TWO = on_lines((FIRST, records.PRODUCT, "p", 3, 7), (FIRST, records.PRODUCT, "q: r", 8, 8))


@pytest.mark.parametrize(
    "line",
    [
        "WARN [DATAERROR] [2/2] Product: q: r: e",
        "WARN [DATAERROR] [8/30] Product: q: r: e",
        "WARN [DATAERROR] [8/30] Product: e",
        "WARN [DATAERROR] [8/30] Image Group: e",
        "WARN [WARNING] [DATAERROR] Line: 8/Product q: r:e",
        "WARN [WARNING] [DATAERROR] Line: 8/Product:e",
        "WARN [WARNING] [DATAERROR] Line: 8/Image Group:e",
        "DATAERROR [product 'q: r' (catalogs/c/catalog.xml, line 8)]: e",
        "DATAERROR [display-name 'x' (catalogs/c/catalog.xml, line 8)]: e",
    ],
)
def test_an_error_refuses_its_object_in_every_wording(line: str) -> None:
    result = verdicts(TWO, parse(log_of(line, products=1)))
    assert result["verdict"].to_pylist() == [CONFIRMED, REFUSED]
    assert result["message"].to_pylist() == [None, "e"]


@pytest.mark.parametrize("line", [3, 5, 7])
def test_every_line_of_an_object_is_its_own(line: int) -> None:
    assert judged(TWO, log_of(f"WARN [WARNING] [DATAWARNING] Line: {line}/Product:w", products=2)) == {
        "p": PENDING,
        "q: r": CONFIRMED,
    }


@pytest.mark.parametrize(
    "line",
    [
        "WARN [WARNING] [DATAERROR] Line: 2/Product:before any object",
        "WARN [WARNING] [DATAERROR] Line: 9/Product:behind all objects",
        "WARN [WARNING] [DATAERROR] Line: 8/Category:no category stands there",
        "WARN [DATAERROR] [30/8] Catalog Option: x: a type that this archive doesn't know, and a line behind all objects",
        "WARN [DATAERROR] [9/9] Product: other: behind all objects",
        "WARN [DATAERROR] [1/2] Product: other: before any object, though it may seem the first of two",
    ],
)
def test_an_error_of_no_object_that_can_be_found_confirms_nothing(line: str) -> None:
    result = verdicts(TWO, parse(log_of(line, products=2)))
    assert result["verdict"].to_pylist() == [UNCONFIRMED, UNCONFIRMED]
    assert all(pa.compute.match_substring(result["message"], "without naming an object of this archive").to_pylist())


def test_the_public_form_names_line_and_column_never_position_and_total() -> None:
    """The third of three products stands on line 5."""
    three = on_lines(*((FIRST, records.PRODUCT, name, line, line) for name, line in (("a", 3), ("b", 4), ("c", 5))))
    first_of_three = log_of("WARN [DATAERROR] [1/3] Product: gone: e", products=2)
    assert judged(three, first_of_three) == dict.fromkeys("abc", UNCONFIRMED)
    for column in (80, 3):
        on_line_5 = log_of(f"WARN [DATAERROR] [5/{column}] Product: gone: e", products=2)
        assert judged(three, on_line_5) == {"a": CONFIRMED, "b": CONFIRMED, "c": REFUSED}
    on_line_3 = log_of("WARN [DATAERROR] [3/3] Product: gone: e", products=2)
    assert judged(three, on_line_3) == {"a": REFUSED, "b": CONFIRMED, "c": CONFIRMED}


def test_an_assignment_that_is_not_named_is_found_by_its_line() -> None:
    table = on_lines(
        (FIRST, records.CATEGORY_ASSIGNMENTS, "p", 20, 21, 2),
        (FIRST, records.CATEGORY_ASSIGNMENTS, "q", 22, 24, 3),
    )
    lines = log_of("WARN [DATAERROR] [22/5] Category Assignment: gone: e", category_assignment=4)
    assert judged(table, lines) == {"p": CONFIRMED, "q": REFUSED}


def test_an_id_of_several_files_is_meant_where_the_line_says_so_and_else_in_all() -> None:
    table = on_lines((FIRST, records.PRODUCT, "p", 3, 3), (SECOND, records.PRODUCT, "p", 9, 9))
    for line in ("WARN [DATAERROR] [9/40] Product: p: e", "WARN [WARNING] [DATAERROR] Line: 9/Product p:e"):
        assert verdicts(table, parse(log_of(line, products=1)))["verdict"].to_pylist() == [CONFIRMED, REFUSED]
    unknown = log_of("WARN [DATAERROR] [17/40] Product: p: e", products=1)
    assert verdicts(table, parse(unknown))["verdict"].to_pylist() == [REFUSED, REFUSED]


def test_a_line_of_two_files_says_nothing_until_the_log_says_which_is_imported() -> None:
    table = on_lines((FIRST, records.PRODUCT, "p", 3, 3), (SECOND, records.PRODUCT, "q", 3, 3))
    problem = "WARN [WARNING] [DATAERROR] Line: 3/Product:e"
    assert judged(table, log_of(problem, products=1)) == {"p": UNCONFIRMED, "q": UNCONFIRMED}
    lines = [
        "Starting Import",
        f"Importing file '{FIRST}'",
        "Processed 1 product elements successfully",
        "Processed 1 total elements",
        f"Importing file '{SECOND}'",
        problem,
        "Processed 0 total elements",
    ]
    assert judged(table, lines) == {"p": CONFIRMED, "q": REFUSED}


def test_an_id_says_more_than_the_file_that_seemed_to_be_imported() -> None:
    table = on_lines((FIRST, records.PRODUCT, "p", 3, 3), (SECOND, records.PRODUCT, "q", 3, 3))
    counts = ["Processed 1 product elements successfully", "Processed 1 total elements"]
    lines = ["Starting Import", f"Importing file '{FIRST}'", "WARN [DATAWARNING] [3/40] Product: q: w", *counts]
    lines += [f"Importing file '{SECOND}'", *counts]
    assert judged(table, lines) == {"p": CONFIRMED, "q": PENDING}


def test_two_ways_to_read_an_id_leave_both_objects_unconfirmed_and_the_rest_as_it_is() -> None:
    table = manifest(*((records.PRODUCT, name, 1) for name in ("a", "a: b", "c")))
    result = verdicts(table, parse(log_of("WARN [DATAERROR] [70/90] Product: a: b: e", products=2)))
    assert result["verdict"].to_pylist() == [UNCONFIRMED, UNCONFIRMED, CONFIRMED]
    assert result["message"][1].as_py() == "SFCC's log may speak of this object: b: e"


def test_a_problem_of_a_known_file_leaves_the_other_files_as_they_are() -> None:
    table = on_lines((FIRST, records.PRODUCT, "p", 3, 3), (SECOND, records.PRODUCT, "q", 3, 3))
    result = verdicts(table, parse(log_of(f"DATAWARNING [product 'x' ({SECOND}, line 70)]: w", products=2)))
    assert result["verdict"].to_pylist() == [CONFIRMED, UNCONFIRMED]
    assert result["message"][1].as_py() == (f"SFCC reports a problem in {SECOND} without naming an object of this archive: w")


def test_counts_that_do_not_add_up_in_one_file_leave_the_other_files_as_they_are() -> None:
    table = on_lines(
        (FIRST, records.PRODUCT, "p", 3, 3), (SECOND, records.PRODUCT, "q", 3, 3), (SECOND, records.PRODUCT, "r", 4, 4)
    )
    taken = {FIRST: 1, SECOND: 1}
    lines = ["Starting Import"]
    for feed, count in taken.items():
        lines += [
            f"Importing file '{feed}'",
            f"Processed {count} product elements successfully",
            f"Processed {count} total elements",
        ]
    result = verdicts(table, parse(lines))
    assert result["verdict"].to_pylist() == [CONFIRMED, UNCONFIRMED, UNCONFIRMED]
    assert result["message"][1].as_py() == "SFCC's counts don't add up: 2 elements product sent, 1 processed, 0 refused."


def test_a_file_of_which_the_log_tells_nothing_is_not_confirmed() -> None:
    table = on_lines((FIRST, records.PRODUCT, "p", 3, 3), (SECOND, records.PRODUCT, "q", 3, 3))
    lines = [
        "Starting Import",
        f"Importing file '{FIRST}'",
        "Processed 1 product elements successfully",
        "Processed 1 total elements",
    ]
    assert set(judged(table, lines).values()) == {UNCONFIRMED}


@pytest.mark.parametrize(
    "line", ["WARN [WARNING] [DATAWARNING] Line: 4/Pricebook:rejected", "WARN [DATAWARNING] [4/40] Price Book: xxx: rejected"]
)
def test_a_header_told_of_by_its_line_is_that_of_the_prices_in_its_file(line: str) -> None:
    table = on_lines(
        (FIRST, records.PRODUCT, "p", 3, 4),
        ("pricebooks/xxx.xml", records.PRICE_TABLE, "p", 6, 6),
        ("pricebooks/xxx.xml", records.PRICE_TABLE, "q", 7, 7),
    )
    table = table.set_column(0, ARCHIVE_MANIFEST.field("container"), pa.array(["c", "xxx", "xxx"]))
    assert verdicts(table, parse(log_of(line, products=1)))["verdict"].to_pylist() == [CONFIRMED, PENDING, PENDING]


def test_a_manifest_of_before_the_lines_were_noted_is_judged_by_ids() -> None:
    table = TWO.drop_columns(["first_line", "last_line"])
    assert judged(table, log_of("DATAERROR [product 'p' (catalogs/c/catalog.xml, line 3)]: e", products=1)) == {
        "p": REFUSED,
        "q: r": CONFIRMED,
    }
    by_line = log_of("WARN [WARNING] [DATAERROR] Line: 3/Product:e", products=1)
    assert set(judged(table, by_line).values()) == {UNCONFIRMED}


def test_several_refused_assignments_of_one_product_are_several_elements() -> None:
    table = on_lines((FIRST, records.CATEGORY_ASSIGNMENTS, "p", 20, 20, 3), (FIRST, records.CATEGORY_ASSIGNMENTS, "q", 21, 21, 1))
    named = [f"WARN [WARNING] [DATAERROR] Line: 20/Category Assignment {end}/p:no such category" for end in ("a", "b")]
    assert judged(table, log_of(*named, category_assignment=2)) == {"p": REFUSED, "q": CONFIRMED}
    nameless = ["WARN [WARNING] [DATAERROR] Line: 20/Category Assignment:no such category"] * 2
    assert judged(table, log_of(*nameless, category_assignment=2)) == {"p": REFUSED, "q": CONFIRMED}


# Whatever the objects, their ids and the wording: each gets the verdict that the log gives it, and no other does.

IDS = st.text(st.sampled_from("ab: /'\"[]()ü-,1"), min_size=1, max_size=6).filter(lambda text: text == text.strip())
TEXTS = st.text(st.sampled_from("xy: /'\"[]()ü-,"), max_size=8).map(lambda text: " ".join(f"m{text}".split()))
TITLES = {
    records.CATEGORY: ("category", "Category"),
    records.PRODUCT: ("product", "Product"),
    records.CATEGORY_ASSIGNMENTS: ("category-assignment", "Category Assignment"),
    records.RECOMMENDATIONS: ("recommendation", "Recommendation"),
}


@dataclass(frozen=True)
class Sent:
    """An object of an archive, what the log says of it (ERROR, WARNING or nothing), and in which words."""

    feed: str
    kind: str
    id: str
    first: int
    last: int
    said: str | None
    text: str
    wording: str
    at: int  # the line that the log names

    def line(self) -> str:
        element, title = TITLES[self.kind]
        named = f"cat/{self.id}" if self.kind == records.CATEGORY_ASSIGNMENTS else self.id
        level = f"DATA{self.said}"
        return {
            "public": f"WARN [{level}] [{self.at}/72] {title}: {named}: {self.text}",
            "help": f"WARN [WARNING] [{level}] Line: {self.at}/{title} {named}:{self.text}",
            "help without id": f"WARN [WARNING] [{level}] Line: {self.at}/{title}:{self.text}",
            "assumed": f"{level} [{element} '{named}' ({self.feed}, line {self.at})]: {self.text}",
        }[self.wording]


@st.composite
def archives(draw: st.DrawFn) -> list[Sent]:
    sent = []
    for feed in [FIRST, SECOND][: draw(st.integers(1, 2))]:
        line = 3
        for kind in TITLES:
            for object_id in draw(st.lists(IDS, max_size=4, unique=True)):
                height = draw(st.integers(1, 3))
                said = draw(st.sampled_from(["ERROR", "WARNING", None]))
                wording = draw(st.sampled_from(["public", "help", "help without id", "assumed"]))
                at = draw(st.integers(line, line + height - 1))
                sent.append(Sent(feed, kind, object_id, line, line + height - 1, said, draw(TEXTS), wording, at))
                line += height
    return sent


def as_log(sent: list[Sent]) -> list[str]:
    lines = ["[2026-11-24 02:00:00.000 GMT] Starting Import"]
    for feed in dict.fromkeys(one.feed for one in sent):
        lines.append(f"[2026-11-24 02:00:00.000 GMT] Importing file '{feed}'")
        taken: Counter[str] = Counter()
        for kind in TITLES:
            alike = [one for one in sent if one.feed == feed and one.kind == kind]
            taken[TITLES[kind][0]] = sum(one.said != "ERROR" for one in alike)
            lines += [f"[2026-11-24 02:00:00.000 GMT] {one.line()}" for one in alike if one.said]
        lines += [f"Processed {count} {element} elements successfully" for element, count in taken.items()]
        lines.append(f"Processed {sum(taken.values())} total elements")
    return lines


@settings(max_examples=100, deadline=None)
@given(archives())
def test_whatever_the_ids_and_the_wording_each_object_gets_its_own_verdict(sent: list[Sent]) -> None:
    assume(sent)
    table = on_lines(*((one.feed, one.kind, one.id, one.first, one.last) for one in sent))
    result = verdicts(table, parse(as_log(sent)))
    expected = {"ERROR": REFUSED, "WARNING": PENDING, None: CONFIRMED}
    for one, verdict, message in zip(sent, result["verdict"].to_pylist(), result["message"].to_pylist(), strict=True):
        assert verdict == expected[one.said], (one, message)
        assert one.said is None or message.endswith(one.text)


@pytest.mark.parametrize(
    ("kind", "elements", "processed", "verdict"),
    [
        (records.PRODUCT, 1, {"product": 1}, PENDING),
        (records.PRODUCT, 1, {}, REFUSED),
        (records.CATEGORY_ASSIGNMENTS, 3, {"category-assignment": 2}, REFUSED),
        (records.PRICE_BOOK, 1, {"price-book": 1}, PENDING),
        (records.CATALOG_HEADER, 0, {}, REFUSED),
    ],
)
def test_of_an_object_that_was_imported_alone_the_counts_tell_whether_it_was_taken_with_a_warning(
    kind: str, elements: int, processed: dict[str, int], verdict: str
) -> None:
    assert alone(kind, elements, processed) == verdict


def test_lines_that_could_not_be_read_are_repeated_where_counts_do_not_add_up() -> None:
    result = verdicts(manifest((records.PRODUCT, "p", 1)), parse(log_of("FEHLER: nein")))
    (message,) = result["message"].to_pylist()
    assert message == (
        "SFCC's counts don't add up: 1 elements product sent, 0 processed, 0 refused. "
        "Its log also says: [2026-11-24 02:00:00.002 GMT] FEHLER: nein"
    )
