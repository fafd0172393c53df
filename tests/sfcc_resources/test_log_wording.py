"""Reading SFCC's log: its problems, its counts, and whether it is whole."""

from pathlib import Path

import pytest

from sfcc_resources.log_wording import LogEntry, Reading, parse, pattern_problem, read

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
    assert entry == LogEntry("WARNING", "product", "a'b (x)] c", "gone", CATALOG, 3)


def test_a_customers_own_wording_comes_before_the_known_ones() -> None:
    pattern = r"^E! (?P<message>.*) -> (?P<type>\w+)#(?P<id>\w+)"
    assert parse(["E! refused -> product#abc"], [pattern]).errors == [LogEntry("ERROR", "product", "abc", "refused")]
    warning = r"(?P<level>WARN|ERR) (?P<file>\S+):(?P<line>\d+) (?P<message>.*)"
    assert parse(["WARN DATAERROR catalog.xml:12 odd"], [warning.replace("WARN|ERR", "WARN DATAERROR")]).warnings == [
        LogEntry("WARNING", "", "", "odd", "catalog.xml", 12)
    ]


@pytest.mark.parametrize(
    ("pattern", "problem"),
    [
        (r"(?P<type>\w+) (?P<id>.*)", None),
        (r"line (?P<line>\d+)", None),
        (r"(?P<type>\w+", "is no regular expression (missing ), unterminated subpattern at position 0)"),
        (r"(?P<what>.)", "has a group named what; there are level, type, id, file, line and message"),
        (
            r"(?P<type>\w+) (?P<message>.*)",
            "has neither the groups type and id nor the group line, so that it can't tell which object a problem is about",
        ),
        (r"(?P<type>\w*)(?P<id>.*)", "matches an empty line, so that it would take every line for a problem"),
    ],
)
def test_a_pattern_that_cannot_work_is_told_in_one_sentence(pattern: str, problem: str | None) -> None:
    assert pattern_problem(pattern) == problem
    if problem:
        with pytest.raises(ValueError, match=r"^delivery\.log_patterns: '.*' (is|has|matches) .*\.$"):
            parse([], [pattern])


def test_several_imports_in_one_log_add_up_and_phases_of_one_do_not() -> None:
    first = ["Starting Import", "Phase 1 - Items", "Processed 2 product elements successfully", "Phase 2 - Relations"]
    lines = [*first, "Processed 1 product elements successfully", "Processed 2 total elements", *log_of(products=1)]
    log = parse(lines)
    assert (log.processed, log.total, log.complete) == ({"product": 3}, 3, True)


@pytest.mark.parametrize(
    ("line", "read"),
    [
        (
            "[2024-01-08 05:00:33.225 GMT] WARN [DATAERROR] [4/56] Job: X: no such step",
            ("job", "X", "no such step", 4),
        ),
        (
            "[2023-10-02 16:58:44.975 GMT] WARN [DATAERROR] [107/62] Job: NewProducts: Invalid job [NewProducts]! Invalid flow!",
            ("job", "NewProducts", "Invalid job [NewProducts]! Invalid flow!", 107),
        ),
    ],
)
def test_the_public_form_is_read_with_its_line(line: str, read: tuple[str, str, str, int]) -> None:
    [entry] = parse([line]).errors
    assert (entry.type, entry.id, entry.message, entry.line) == read


@pytest.mark.parametrize(
    ("text", "kind", "named", "message"),
    [
        ("Hypernym Group:no synonym", "hypernym-group", "", "no synonym"),
        ("Product:no id", "product", "", "no id"),
        ("Product sku 1/2:gone", "product", "sku 1/2", "gone"),
        ("Price Table p:negative", "price-table", "p", "negative"),
        ("Category Assignment shoes/p:no such category", "category-assignment", "shoes/p", "no such category"),
    ],
)
def test_the_form_of_the_help_is_read_with_its_line(text: str, kind: str, named: str, message: str) -> None:
    [entry] = parse([f"WARN [WARNING] [DATAERROR] Line: 201/{text}"]).errors
    assert (entry.type, entry.id, entry.message, entry.line) == (kind, named, message, 201)


def test_an_id_that_holds_what_ends_an_id_is_one_way_to_read_the_line() -> None:
    [entry] = parse(["WARN [DATAWARNING] [4/56] Product: a: b: odd"]).warnings
    assert entry.readings == (
        Reading("product", "a", "b: odd", line=4),
        Reading("product", "a: b", "odd", line=4),
        Reading("product", "", "a: b: odd", line=4),
    )
    [entry] = parse(["DATAERROR [product 'a' (x.xml, line 3)]: see 'b' (y.xml, line 4)]: odd"]).errors
    assert entry.readings == (
        Reading("product", "a", "see 'b' (y.xml, line 4)]: odd", "x.xml", 3),
        Reading("product", "a' (x.xml, line 3)]: see 'b", "odd", "y.xml", 4),
    )


def test_of_two_forms_in_a_line_the_first_is_sfccs() -> None:
    quoting = "WARN [DATAWARNING] [4/56] Product: p: DATAERROR [product 'q' (x.xml, line 3)]: odd"
    log = parse([quoting])
    assert (log.errors, log.warnings[0].id) == ([], "p")


@pytest.mark.parametrize(
    "line",
    [
        "Import failed",
        "an exception was thrown",
        "[2024-01-08 05:00:33.225 GMT] ERROR something",
        "the file is invalid and was ignored",
        "Unable to lock the catalog",
        "status IMPEX-17",
        "java.lang.IllegalStateException: rejected",
        "DATAERROR",
        "[DATAERROR] [1/2]",
        "1 error, 0 warnings",
    ],
)
def test_whatever_speaks_of_an_error_is_one(line: str) -> None:
    [entry] = parse([line]).errors
    assert (entry.type, entry.id, entry.message) == ("", "", line)


@pytest.mark.parametrize(
    "line",
    [
        "",
        "Starting Import",
        "Import finished with status IMPEX-0, DataErrorCount: 0, DataWarningCount: 0",
        "0 errors, no warnings",
        "Errors: 0; failed = 0",
        "Importing file 'catalogs/error/error.xml'",
        "Executing job [sfcc-site-archive-import] [42]",
        "Job [sfcc-site-archive-import] finished with status [WARN]",
        "ImportFailedHandling is WARN",
    ],
)
def test_what_speaks_of_no_error_is_none(line: str) -> None:
    log = parse([line])
    assert (log.errors, log.warnings) == ([], [])


def test_a_warning_of_unknown_wording_is_kept_as_one() -> None:
    lines = [
        "[2024-01-08 05:00:33.225 GMT] WARN odd",
        "2024-01-08 05:00:33.225 WARNING: odd",
        "WARN [catalogs/c/catalog.xml] odd",
    ]
    assert [(entry.message, entry.file) for entry in parse(lines).warnings] == [
        (lines[0], ""),
        (lines[1], ""),
        (lines[2], "catalogs/c/catalog.xml"),
    ]


def test_lines_inside_an_import_of_which_nothing_is_known_are_kept_the_first_three_of_them() -> None:
    lines = [f"Zeile {number}" for number in range(1, 5)]
    log = parse(["Job begonnen", *log_of(*lines, products=1), "Job beendet"])
    assert log.unread == tuple(f"[2026-11-24 02:00:00.002 GMT] Zeile {number}" for number in (1, 2, 3))
    assert parse(log_of("DATAERROR [product 'abc']: " + MESSAGE, "WARN: known as a warning", products=1)).unread == ()


def test_data_errors_that_the_log_counts_and_does_not_show_are_told_with_the_lines_that_could_not_be_read() -> None:
    [entry] = parse([*log_of("FEHLER: nein", products=1), "DataErrorCount: 1"]).errors
    assert entry.message == (
        "SFCC counts 1 data errors, the log shows 1 fewer. Its log also says: [2026-11-24 02:00:00.002 GMT] FEHLER: nein"
    )


def test_a_problem_is_near_the_file_that_is_being_imported_until_its_total() -> None:
    lines = [
        "Starting Import",
        "Importing file 'catalogs/c/catalog.xml'",
        "WARN [DATAERROR] [4/56] Product: p: one",
        "DATAERROR [product 'p' (other.xml, line 3)]: two",
        "Import failed",
        "Processed 2 product elements successfully",
        "Processed 2 total elements",
        "WARN [DATAERROR] [4/56] Product: p: three",
    ]
    log = parse(lines)
    assert [(entry.file, entry.near) for entry in log.errors] == [
        ("", "catalogs/c/catalog.xml"),
        ("other.xml", "catalogs/c/catalog.xml"),
        ("", ""),
        ("", ""),
    ]
    assert log.by_file == {"catalogs/c/catalog.xml": {"product": 2}}


def test_counts_are_by_file_only_where_the_log_says_of_each_whose_it_is() -> None:
    lines = ["Starting Import", "Importing a.xml", "Processed 2 product elements successfully", "Processed 2 total elements"]
    assert parse([*lines, "Importing b.xml", *lines[2:]]).by_file == {"a.xml": {"product": 2}, "b.xml": {"product": 2}}
    assert parse([*lines, *lines[2:]]).by_file == {}
    assert parse([*lines, *lines[2:]]).processed == {"product": 4}


def test_a_log_file_of_any_bytes_and_lengths_is_read(tmp_path: Path) -> None:
    path = tmp_path / "log"
    path.write_bytes(
        b"\xef\xbb\xbfStarting Import\r\nDATAERROR [product 'p']: "
        + b":" * 1_000_000
        + b"\xff\nDATAWARNING [product '\xff']: w\x1b[31m"
        b"\nProcessed 99999999999999999999 product elements successfully\nProcessed 0 total elements"
    )
    log = read(path)
    assert log.complete
    assert [entry.id for entry in log.errors] == ["p"]
    assert len(log.errors[0].message) == 403
    assert [(entry.id, entry.message) for entry in log.warnings] == [("\ufffd", "w")]
    assert log.processed == {}


def test_a_line_of_separators_is_read_in_no_time() -> None:
    for line in ("x" * 4096, "WARN [DATAERROR] [1/2] Product: " + ": " * 2000, "WARN [DATAERROR] Line: 1/Product " + ":" * 4000):
        assert len(parse([line] * 5).errors) in (0, 5)
