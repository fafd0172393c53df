"""Sites of connector.yaml that stop a load before anything is sent."""

from collections.abc import Callable
from typing import Any

import pytest

Problems = Callable[..., list[str]]


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        (
            {"organization": {"sites": [{"channel": "ecomerce"}]}},
            "organization.sites.0.channel names the channel 'ecomerce', which the PIM does not have; did you mean 'ecommerce'?",
        ),
        (
            {"organization": {"sites": [{"locales": {"de_DE": "de-DE"}}]}},
            "organization.sites.0.locales names 'de_DE', which is no locale of the channel 'ecommerce': en_US, fr_FR.",
        ),
        (
            {"organization": {"sites": [{"locales": {"fr_FR": "fr_FR"}}]}},
            "organization.sites.0.locales.fr_FR is 'fr_FR', which is no SFCC locale; it should read like 'fr-FR'.",
        ),
        (
            {"organization": {"sites": [{"locales": {"en_US": "en", "fr_FR": "en"}}]}},
            (
                "organization.sites.0.locales has both 'en_US' and 'fr_FR' as SFCC's 'en', which can hold the texts of one: "
                "name the locales to import, or another SFCC locale for one of them."
            ),
        ),
        (
            {"organization": {"sites": [{"default_locale": "de_DE"}]}},
            "organization.sites.0.default_locale names 'de_DE', which is none of the site's locales: en_US, fr_FR.",
        ),
        (
            {"organization": {"sites": [{"currencies": ["GBP"]}]}},
            "organization.sites.0.currencies names 'GBP', which is no currency of the channel 'ecommerce': EUR, USD.",
        ),
        (
            {"organization": {"forgotten": ["fr-FR"]}},
            "organization.forgotten names 'fr-FR', which organization.sites still has; take one out.",
        ),
        (
            {"organization": {"sites": [{"id": "US"}], "forgotten": ["@DE", "@US"]}},
            "organization.forgotten names '@US', which organization.sites still has; take one out.",
        ),
        (
            {"organization": {"sites": [{"id": "US"}], "forgotten": ["RefArch"]}},
            "organization.forgotten names 'RefArch', which is no SFCC locale or site; it should read like 'fr-FR' or '@RefArch'.",
        ),
        (
            {"organization": {"forgotten": ["fr_CA"]}},
            "organization.forgotten names 'fr_CA', which is no SFCC locale or site; it should read like 'fr-FR' or '@RefArch'.",
        ),
        (
            {"attributes": {"boolean_labels": {"en_GB": {"yes": "Yes", "no": "No"}}}},
            "attributes.boolean_labels names 'en_GB', which is no locale of any site: en_US, fr_FR.",
        ),
        (
            {"categories": {"trees": ["mugs"]}},
            "categories.trees names 'mugs', which is no tree but a category below 'master'.",
        ),
        (
            {"categories": {"trees": ["mastr"]}},
            "categories.trees names the category tree 'mastr', which the PIM does not have; did you mean 'master'?",
        ),
        (
            {"organization": {"sites": [{"trees": ["master", "mastr"]}]}},
            "organization.sites.0.trees names the category tree 'mastr', which the PIM does not have; did you mean 'master'?",
        ),
        (
            {"organization": {"sites": [{"trees": ["mugs"]}]}},
            "organization.sites.0.trees names 'mugs', which is no tree but a category below 'master'.",
        ),
    ],
)
def test_what_a_site_names_and_the_pim_lacks_is_said_in_one_sentence(problems: Problems, settings: Any, sentence: str) -> None:
    assert f"connector.yaml: {sentence}" in problems(**settings)


def test_sites_of_one_catalog_share_its_root_category_where_categories_are_written(problems: Problems) -> None:
    sites = {"sites": [{"id": "A"}, {"id": "B", "root_category": "home"}]}
    told = "connector.yaml: sites of the catalog 'akeneo-catalog' must share root_category, not have 'root' and 'home'."
    assert problems(organization=sites) == [told]
    assert problems(organization=sites, categories={"write": False}) == []
