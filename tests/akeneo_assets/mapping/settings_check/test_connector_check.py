"""The checks put together: what stops a load before anything is sent, and what stops none."""

from collections.abc import Callable
from typing import Any

Problems = Callable[..., list[str]]


def test_an_empty_file_fits(problems: Problems) -> None:
    assert problems() == []


def test_what_is_optional_may_be_missing(problems: Problems) -> None:
    assert (
        problems(
            attributes={"standard": {"ean": {"attribute": "gone", "optional": True}}},
            associations={"PACK": {"optional": True}},
            price_books=[{"attribute": "gone", "optional": True}],
        )
        == []
    )


def test_a_category_called_like_sfccs_root_stops_nothing(shop: Any, problems: Problems) -> None:
    shop.category("root", "master")
    assert problems() == []
