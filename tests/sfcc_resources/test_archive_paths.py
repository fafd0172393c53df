"""Names in a site archive: safe file names, and where libraries lie."""

import re

import pytest

from sfcc_resources.archive_paths import library_folder, private_site, safe_name


@pytest.mark.parametrize(
    ("text", "pattern"),
    [("storefront-en_1.0", "storefront-en_1\\.0"), ("été/1", "_t__1-[0-9a-f]{8}"), ("..", "-[0-9a-f]{8}"), ("", "-[0-9a-f]{8}")],
)
def test_file_names_are_safe(text: str, pattern: str) -> None:
    assert re.fullmatch(pattern, safe_name(text))


def test_file_names_of_different_ids_never_meet() -> None:
    assert len({safe_name(text) for text in ("a/b", "a b", "a_b", "a:b")}) == 4


def test_a_sites_private_library_lies_below_its_site_and_a_shared_one_below_its_own_name() -> None:
    assert (private_site("sites/RefArch"), private_site("content")) == ("RefArch", None)
    assert library_folder("sites/RefArch", "x") == "sites/RefArch/library"
    assert library_folder("my content", "my_content-1") == "libraries/my_content-1"
