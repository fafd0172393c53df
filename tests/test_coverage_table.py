"""docs/coverage.md and docs/clearing.md against the code: every setting and test named exists, every row required is there."""

import ast
import re
from functools import cache
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any, Final, Literal, get_args, get_origin

import pytest
from pydantic import BaseModel

from akeneo_assets.mapping.fitting import fit
from akeneo_assets.settings.connector import ConnectorSettings
from akeneo_assets.settings.environment import Environment
from akeneo_assets.settings.standard_fields import PRODUCT_FIELDS, canonical
from sfcc_resources import fields as sfcc
from sfcc_resources.clearing import CLEARING

ROOT: Final = Path(__file__).parents[1]

REQUIRED: Final = {
    "Attributes and values": """
        identifier | text | textarea | date | number | whole numbers beyond 32 bits | boolean | simple select | multi select |
        metric | price collection | image | file | asset collection | reference entity link, one |
        reference entity link, many | reference data, one | reference data, many |
        table: JSON | table: its structure as a custom object | product link | unknown future type |
        channel | locales | fallback chain of a locale | ids: `akeneo_` and the code | ids in camel case |
        a code that can't be an id | two codes that meet in one id | standard product attributes | classification category |
        page and store attributes | image alt and title | existing custom attributes | several targets for one source |
        constant values | conversions by name | boolean into an enum of yes and no |
        a source for each site | family, groups and categories as sources |
        templates | what has no mapping is not written |
        include or exclude by attribute, group, family | product filter in the PIM's search JSON | model filter |
        filters that only the PIM can decide | all products by default, or the channel's tree only |
        emptied in the PIM is emptied in SFCC, for every type | only what the connector once wrote is emptied |
        min and step quantity back to 1 | no way to clear | a table says how each field is cleared""",
    "Products": """
        simple product | master with variants | two levels as master and variants | two levels with variation groups |
        axis of a simple select | axis of a metric | axis of a boolean | axis of a reference entity |
        variation values with labels, in option order | values on the level where they live |
        a simple product that becomes a variant | a variant that changes its master | a variant that loses its master |
        the last variant gone | a model without variants | bundles | sets | bundles in bundles, and circles |
        quantified associations with quantities |
        removed parts are removed | associations as recommendations | associations as product links | two-way associations |
        removed associations are removed | a target that isn't exported | products without identifier |
        products without family | product and model with the same code | an id changed in case alone | ids over SFCC's limits |
        characters that SFCC forbids | blanks at the edges of names |
        one bad value or product never stops the load | quarantine shown in the UI | online without a name |
        status from enabled | status from completeness per channel and locale | status from an attribute | status untouched |
        status per site, masters by their variants""",
    "Images, assets and other media": """
        image attributes, asset collections, or both | media files or media links | view types by attribute |
        view types by asset attribute | view types by asset family | order kept | locale-suffixed view types |
        external image location | alt and title | variant images as groups on the master |
        on every axis that tells images apart | no group twice | assets of type image, PDF, YouTube, Vimeo, other |
        custom attribute | removed images vanish | unchanged files are never downloaded twice |
        unchanged files are never sent twice | a file that the PIM can't give: 404 | a file that the PIM can't give: empty |
        a file that the PIM can't give: wrong type""",
    "Around the products": """
        chosen trees | names | enriched category attributes | order | online flag | showInMenu | primary category |
        writing categories or not | what merchants set in SFCC survives | removed categories | removed products and models |
        price books | any price attribute | prices per channel | merchants' tiers | removed prices are removed |
        records as content assets with real attributes | records as JSON on one content asset | shared or site library |
        grouping | several sites: channel, locales | several sites: currencies |
        several sites: storefront catalog, root category | master catalog per organization |
        one read of the PIM feeds all sites | starter file | doctor: credentials, rights, version |
        doctor: locales, currencies, view types | doctor: attribute codes | doctor: quotas used | JSON Schema for editors |
        a page with every setting, from the same source""",
    "The official cartridge's attribute types": """
        text | textarea | file | metric | reference data, simple select | identifier | asset collection | table |
        unknown type | number | boolean | date | image | simple and multi select | price collection |
        reference entity, one and many | reference data, multi select | old PAM collection | variation axis |
        one attribute group | flags of definitions | mapped attributes are not created | refinementColor beside color |
        missing selects are cleared""",
    "The official cartridge's standard attributes": """
        EAN | UPC | unit | minOrderQuantity | stepQuantity | name | shortDescription | longDescription | onlineFlag |
        onlineFrom | onlineTo | searchable | searchableIfUnavailable | template | taxClassID | brand | manufacturerName |
        manufacturerSKU | searchPlacement | searchRank | siteMapIncluded | siteMapChangeFrequency | siteMapPriority |
        page title | page description | page keywords | page url | pinterestEnabled | facebookEnabled | storeReceiptName |
        storeForcePrice | storeNonInventory | storeNonRevenue | storeNonDiscountable""",
    "The official cartridge's preferences": """
        ClientID | Secret | Login | Password | ServiceGeneralUrl | ProductsCatalogID | Scope | ImportType |
        ProductsImportBuilderConfig | ModelProductsImportBuilderConfig | ProductAttrsMapping | CustomAttrMapping |
        RecommendationsMapping | ProductLinkMapping | ProductAssociation | ModelImportType | ProductSetFamily |
        ProductSetAssociationType | ProductBundleFamily | ProductBundleAssociationType | MainCatalogs | TopLevelCategoryID |
        CategoryOnline | ProductPrimaryFlag | WriteCategories | ConsiderProductStatus | ImageType | AssetSystem |
        ImageImportType | ViewTypesConfig | ImageMetadataMapping | ImageLinkViewTypesMapping | ImageFileViewTypesMapping |
        ExternalImageLocation | SharedLibraryId | ContentAttrGrpID | record list for grouping | AttributesUrl""",
    "What users of other connectors complained of": """
        integer 0 | false in unknown types | axis amount 0 | quantity 0 | attribute code of digits only | foo_bar and fooBar |
        localised or scoped value on a field that is not localizable | multiselect with an unknown option |
        price without amount | price book header repeated per page | only the first scope read | asset images of a master |
        image attribute takes its first scope and locale | child category read before its parent, with a tree filter |
        variant whose model is filtered out | category assignments made by others | variation group chosen by equal value |
        sub-model list duplicated in deltas | deleted variant kept in its master | codes with spaces, slash, question mark |
        the user's updated filter lost | stamp without zone | variants inherit the parent's date |
        media folder emptied before download | dropped associations, empty recommendations |
        association to a missing product | one SFCC attribute per asset and per record | simple product turned variant |
        last variant gone | images of sibling variants untouched | metric decimals trimmed | option order kept |
        product without family | bad webhook secret | temporary files removed | upper-case codes, codes starting with digits |
        numeric category codes | families with equal labels | image names over 90 characters | variant changing parent |
        empty family | two-level variant without its model in the delta | SKU with spaces | select differing per locale |
        category or image change not moving updated""",
}
"""Section of the page -> its rows, by their cell "what" or the part before its colon."""


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


@cache
def tables(page: str) -> dict[str, list[list[str]]]:
    """Heading -> the rows of the table below it, without its head."""
    found: dict[str, list[list[str]]] = {}
    heading = ""
    for line in (ROOT / "docs" / page).read_text("utf-8").splitlines():
        if line.startswith("## "):
            heading = line[3:]
        elif line.startswith("|"):
            found.setdefault(heading, []).append(_cells(line))
    return {name: rows[2:] for name, rows in found.items()}


ROWS: Final = [(section, row) for section, rows in tables("coverage.md").items() for row in rows]
IDS: Final = [f"{section}: {row[0]}" for section, row in ROWS]


@pytest.mark.parametrize("section", REQUIRED)
def test_every_requirement_has_its_row(section: str) -> None:
    required = [" ".join(name.split()) for name in REQUIRED[section].split("|")]
    given = [row[0] for row in tables("coverage.md")[section]]
    assert [name for name in required if not any(what == name or what.startswith(f"{name}:") for what in given)] == []
    assert len(given) == len(set(given)) == len(required)


def test_every_table_has_a_list_of_requirements() -> None:
    assert set(tables("coverage.md")) == set(REQUIRED)


@pytest.mark.parametrize(("section", "row"), ROWS, ids=IDS)
def test_a_row_without_a_test_says_why(section: str, row: list[str]) -> None:
    what, how, tests, remark = row
    assert what
    assert how
    assert tests or remark, "neither a test nor a reason"


# --- Tests ----------------------------------------------------------------------------------------------------------------------


@cache
def _tests_in(path: Path) -> frozenset[str]:
    tree = ast.parse(path.read_text("utf-8"))
    return frozenset(node.name for node in tree.body if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"))


def problem_of_test(reference: str) -> str | None:
    """What is wrong with `file.py::test_name`; the file may be named by the end of its path."""
    file, _, name = reference.partition("::")
    paths = [path for path in (ROOT / "tests").rglob(Path(file).name) if f"/{path.as_posix()}".endswith(f"/{file}")]
    if len(paths) != 1:
        return f"{len(paths)} files are called {file}"
    return None if name in _tests_in(paths[0]) else f"{paths[0].relative_to(ROOT)} has no {name}"


@pytest.mark.parametrize(("section", "row"), ROWS, ids=IDS)
def test_every_test_named_exists(section: str, row: list[str]) -> None:
    named = re.findall(r"`([^`]+)`", row[2])
    assert re.sub(r"`[^`]+`", "", row[2]).strip() == "", "only tests stand in this column"
    assert [found for one in named if (found := problem_of_test(one))] == []


def test_a_test_that_does_not_exist_is_found() -> None:
    assert problem_of_test("test_coverage_table.py::test_nothing") == "tests/test_coverage_table.py has no test_nothing"
    assert problem_of_test("test_nowhere.py::test_x") == "0 files are called test_nowhere.py"
    assert problem_of_test("test_sites.py::test_x") == "2 files are called test_sites.py"


# --- Settings -------------------------------------------------------------------------------------------------------------------


def _models_in(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for argument in get_args(annotation) for model in _models_in(argument)]


def _literals_in(annotation: Any) -> list[Any]:
    if get_origin(annotation) is Literal:
        return list(get_args(annotation))
    return [value for argument in get_args(annotation) for value in _literals_in(argument)]


def problem_of_setting(setting: str) -> str | None:
    """What is wrong with `section.key`, `section.key: value`, an environment variable or a command.

    Lists and free keys are passed over, but that names of standard attributes must be ones."""
    if setting.startswith("akeneo-sfcc "):
        known = {command.name for command in entry_points(group="akeneo_sfcc.commands")}
        return None if setting.split()[1] in known else f"no command {setting}"
    if setting.isupper():
        return None if setting.lower() in Environment.model_fields else f"no environment variable {setting}"
    path, _, value = setting.partition(": ")
    models: list[type[BaseModel]] = [ConnectorSettings]
    annotation: Any = None
    before = ""
    for part in path.split("."):
        fields = [field for model in models for name, field in model.model_fields.items() if part in (name, field.alias)]
        if fields:
            annotation = fields[0].annotation
            models = _models_in(annotation)
        elif not (before == "standard" and canonical(part) in PRODUCT_FIELDS):
            return f"{path}: no key {part}"
        before = part
    return None if not value or value in _literals_in(annotation) else f"{path} does not take {value}"


@pytest.mark.parametrize(("section", "row"), ROWS, ids=IDS)
def test_every_setting_named_exists(section: str, row: list[str]) -> None:
    named = re.findall(r"`([^`]+)`", row[1])
    assert named or row[1] == "always"
    assert [found for one in named if (found := problem_of_setting(one))] == []


@pytest.mark.parametrize(
    ("setting", "problem"),
    [
        ("products.stats.source", "products.stats.source: no key stats"),
        ("products.status.source: sometimes", "products.status.source does not take sometimes"),
        ("attributes.standard.colour", "attributes.standard.colour: no key colour"),
        ("AKENEO_CLIENT", "no environment variable AKENEO_CLIENT"),
        ("akeneo-sfcc dance", "no command akeneo-sfcc dance"),
        ("attributes.standard.online-flag.sites", None),
        ("organization.sites.channel", None),
        ("images.external_location.http", None),
    ],
)
def test_a_setting_that_does_not_exist_is_found(setting: str, problem: str | None) -> None:
    assert problem_of_setting(setting) == problem


# --- What the pages say of SFCC's fields ----------------------------------------------------------------------------------------

_FITTING: Final = {
    sfcc.BOOLEAN.name: "true",
    sfcc.INT.name: "3",
    sfcc.DECIMAL.name: "2.5",
    sfcc.DATETIME.name: "2024-03-01T00:00:00+00:00",
    sfcc.CHANGE_FREQUENCY.name: "weekly",
    sfcc.PRIORITY.name: "0.5",
}


@pytest.mark.parametrize("row", tables("coverage.md")["The official cartridge's standard attributes"], ids=lambda row: row[0])
def test_each_standard_attribute_can_be_mapped(row: list[str]) -> None:
    name = row[1].strip("`").removeprefix("attributes.standard.")
    field = PRODUCT_FIELDS[canonical(name)]
    text = _FITTING.get(field.type.name, "text")
    settings = ConnectorSettings.model_validate({"attributes": {"standard": {name: {"attribute": "x", "default": text}}}})
    assert list(settings.attributes.standard) == [field.name]
    reasons: list[str] = []
    assert fit(field, text, reasons) == text
    assert reasons == []
    assert ("needs a default" in row[3]) is not field.clearable


def test_the_clearing_page_says_what_the_code_does() -> None:
    headings = {
        "product": "Product",
        "category": "Category",
        "content": "Content asset",
        "folder": "Folder of content assets",
        "price-book": "Price book",
    }
    assert set(headings) == set(CLEARING)
    page = tables("clearing.md")
    for kind, named in CLEARING.items():
        ways = {"nil": '`xsi:nil="true"`', "blank": "empty element", "impossible": "no way"}
        expected = {f"`{name}`": ways.get(way.way, f"back to `{way.value}`") for name, way in named.items()}
        assert dict(page[headings[kind]]) == expected
