"""Reading SFCC's log: its problems, its counts, and whether it is whole."""

import pytest

from sfcc_resources import importlog
from sfcc_resources.importlog import LogEntry, parse

from .conftest import log_of

CATALOG = "catalogs/c/catalog.xml"
MESSAGE = "Unknown locale 'xx'."


def test_phases_counts_and_total_are_read() -> None:
    log = parse(log_of(products=3, category=2))
    assert (log.processed, log.total, log.complete, log.errors, log.warnings) == ({"product": 3, "category": 2}, 5, True, [], [])


@pytest.mark.parametrize(
    "line",
    [
        "DATAERROR [product 'abc' (catalogs/c/catalog.xml, line 12)]: Unknown locale 'xx'.",
        "DATAERROR [product 'abc' (catalogs/c/catalog.xml)]: Unknown locale 'xx'.",
        "DATAERROR [product 'abc']: Unknown locale 'xx'.",
        "DATAERROR: [product \"abc\"] Unknown locale 'xx'.",
        "DATA ERROR [product=abc]: Unknown locale 'xx'.",
        "DATAERROR - product [abc]: Unknown locale 'xx'.",
    ],
)
def test_an_error_line_is_read_in_each_assumed_wording(line: str) -> None:
    [entry] = parse(log_of(line)).errors
    assert (entry.type, entry.id, entry.message) == ("product", "abc", MESSAGE)


def test_an_id_with_quotation_marks_and_brackets_is_read_whole() -> None:
    [entry] = parse(["DATAWARNING [product 'a'b (x)] c' (catalogs/c/catalog.xml, line 3)]: gone"]).warnings
    assert entry == LogEntry("WARNING", "product", "a'b (x)] c", "gone", CATALOG)


def test_a_customers_own_wording_replaces_the_assumed_one() -> None:
    from dataclasses import replace

    wording = replace(importlog.WORDING, data_error=(r"^E!",), entry=(r"(?P<message>.*) -> (?P<type>\w+)#(?P<id>\w+)",))
    assert parse(["E! refused -> product#abc"], wording).errors == [LogEntry("ERROR", "product", "abc", "E! refused")]


def test_several_imports_in_one_log_add_up_and_phases_of_one_do_not() -> None:
    first = ["Starting Import", "Phase 1 - Items", "Processed 2 product elements successfully", "Phase 2 - Relations"]
    lines = [*first, "Processed 1 product elements successfully", "Processed 2 total elements", *log_of(products=1)]
    log = parse(lines)
    assert (log.processed, log.total, log.complete) == ({"product": 3}, 3, True)
