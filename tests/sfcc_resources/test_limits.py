"""What keeps a text, an id or a path from being SFCC's, said before SFCC says it."""

import pytest

from sfcc_resources import limits, records


@pytest.mark.parametrize(
    ("record_type", "object_id", "expected"),
    [
        (records.PRODUCT, "sku 1", None),
        (records.PRODUCT, "", "is empty"),
        (records.PRODUCT, "x" * 100, None),
        (records.PRODUCT, "x" * 101, "has 101 characters, 100 are allowed"),
        (records.PRODUCT, " x", "starts or ends with white space or has a line break"),
        (records.PRODUCT, "a\nb", "starts or ends with white space or has a line break"),
        (records.PRODUCT, "a\x00b", "holds characters that XML forbids"),
        (records.PRODUCT, "\U0001f600" * 51, "has 102 characters, 100 are allowed"),
        (records.CATEGORY, "x" * 256, None),
        (records.ATTRIBUTE_DEFINITION, "a|b", "holds a |"),
        (records.CATEGORY, "a|b", None),
    ],
)
def test_an_id_is_judged_by_its_type(record_type: str, object_id: str, expected: str | None) -> None:
    assert limits.id_problem(record_type, object_id) == expected


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("images/a-b_c.1.jpg", None),
        ("images/a b.jpg", "holds characters other than ASCII letters, digits and . _ - / ( ) + = @ ~ ,"),
        ("a/../b", "isn't a plain relative path"),
        ("x" * 1801, "has 1801 characters, 1800 are allowed"),
    ],
)
def test_a_file_path_is_ascii_relative_and_short(path: str, expected: str | None) -> None:
    assert limits.file_path_problem(path) == expected
