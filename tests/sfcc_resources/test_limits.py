"""What keeps a path from being SFCC's, said before SFCC says it."""

import pytest

from sfcc_resources import limits


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
