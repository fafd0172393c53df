"""`akeneo-sfcc migrate` on a real PIM: the file loads and fits."""

import json
from collections.abc import Callable
from pathlib import Path
from xml.sax.saxutils import escape

import jsonschema
import pytest
import yaml
from click.testing import Result

from akeneo_assets.commands import migrate
from akeneo_assets.mapping.settings_check import validate
from akeneo_assets.settings.connector import load
from tests.akeneo_assets.commands.test_init import structure

Run = Callable[..., Result]

PREFERENCES = {
    "akeneoServiceGeneralUrl": "https://pim.example",
    "akeneoSecret": "geheim",
    "akeneoProductsCatalogID": "akeneo-catalog",
    "akeneoScope": "ecommerce",
    "akeneoImportType": "advanced",
    "akeneoProductsImportBuilderConfig": json.dumps({"search": {"family": [{"operator": "NOT IN", "value": ["tents"]}]}}),
    "akeneoProductAttrsMapping": json.dumps({"matching": {"akeneo_name": "name", "akeneo_shortDescription": "shortDescription"}}),
    "akeneoCustomAttrMapping": json.dumps({"matching": {"akeneo_color": "refinementColor"}}),
    "akeneoRecommendationsMapping": json.dumps({"matching": {"X_SELL": "1", "UPSELL": "2"}}),
    "akeneoProductAssociation": "product-recommendations",
    "akeneoViewTypesConfig": json.dumps({"view-types": ["large", "small"]}),
    "akeneoImageType": "both",
    "akeneoConsiderProductStatus": "true",
}


@pytest.fixture
def preferences(tmp_path: Path) -> Path:
    listed = "".join(f'<preference preference-id="{name}">{escape(text)}</preference>' for name, text in PREFERENCES.items())
    path = tmp_path / "preferences.xml"
    path.write_text(
        '<preferences xmlns="http://www.demandware.com/xml/impex/preferences/2007-03-31"><custom-preferences><all-instances>'
        f"{listed}</all-instances></custom-preferences></preferences>"
    )
    return path


def test_the_file_fits_the_pim(run: Run, pim_half: dict[str, str], pim_url: str, preferences: Path) -> None:
    result = run(migrate.app, str(preferences), **pim_half)
    assert result.exit_code == 0, result.output
    file = Path("connector.yaml")
    settings = load(file)
    assert validate(settings, structure(pim_url)) == []
    jsonschema.validate(yaml.safe_load(file.read_text()), json.loads(file.with_name("connector.schema.json").read_text()))
    assert settings.attributes.standard["short-description"].attribute == "short_description"
    assert settings.products.filter == {"family": [{"operator": "NOT IN", "value": ["tents"]}]}
    assert "geheim" not in file.read_text() + result.output


def test_a_file_that_is_there_is_kept_and_other_files_are_refused_in_one_sentence(
    run: Run, pim_half: dict[str, str], preferences: Path
) -> None:
    Path("connector.yaml").write_text("categories: {write: false}\n")
    result = run(migrate.app, str(preferences), **pim_half)
    assert (result.exit_code, result.output.count("\n")) == (1, 1)
    assert "connector.yaml is there already" in result.output
    result = run(migrate.app, "no.xml", "--force", **pim_half)
    assert (result.exit_code, result.output) == (
        1,
        "no.xml can't be read: give the preferences.xml of a site, as in a site export.\n",
    )
    assert Path("connector.yaml").read_text() == "categories: {write: false}\n"
