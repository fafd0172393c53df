"""Ids of SFCC objects that connector.yaml names."""

from collections.abc import Callable
from typing import Any

import pytest

Problems = Callable[..., list[str]]


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        (
            {"organization": {"master_catalog": " x"}},
            "organization.master_catalog is ' x', which starts or ends with white space or has a line break.",
        ),
        (
            {"organization": {"sites": [{"id": "RefArch"}]}, "reference_entities": {"library": "sites/RefArhc"}},
            "reference_entities.library is 'sites/RefArhc', but organization.sites has no such site id (there: RefArch).",
        ),
        (
            {"reference_entities": {"folder": "brands "}},
            "reference_entities.folder is 'brands ', which starts or ends with white space or has a line break.",
        ),
        ({"organization": {"sites": [{"root_category": ""}]}}, "organization.sites.0.root_category is '', which is empty."),
        (
            {"organization": {"sites": [{"root_category": " home "}]}},
            "organization.sites.0.root_category is ' home ', which starts or ends with white space or has a line break.",
        ),
        ({"organization": {"master_catalog": "a/b"}}, "organization.master_catalog is 'a/b', which holds a /."),
        (
            {"organization": {"sites": [{"storefront_catalog": "a/b"}]}},
            "organization.sites.0.storefront_catalog is 'a/b', which holds a /.",
        ),
        (
            {"reference_entities": {"library": "a/b"}},
            (
                "reference_entities.library is 'a/b', which holds a /; write the id of a shared library, or sites/ and a site's "
                "id for its private one."
            ),
        ),
        (
            {"organization": {"master_catalog": "x" * 3000}},
            f"organization.master_catalog is '{'x' * 100}...', which has 3000 characters, 256 are allowed.",
        ),
        (
            {"images": {"view_types": ["\x1b[31mred"]}},
            "images.view_types.0.id is 'red', which holds characters that XML forbids.",
        ),
    ],
)
def test_an_id_that_sfcc_would_refuse_is_named_with_the_reason(problems: Problems, settings: Any, sentence: str) -> None:
    assert f"connector.yaml: {sentence}" in problems(**settings)
