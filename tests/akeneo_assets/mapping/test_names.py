"""Names and numbers: media paths, units, texts, look-ups."""

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from akeneo_assets.mapping import units
from akeneo_assets.mapping.media_keys import media_address, media_key, media_path
from akeneo_assets.mapping.texts import UnmappableError, decimal_text, plain_decimal, strip_tags
from akeneo_assets.structure.pim_structure import Structure, Unit, short_type

# --- Media ----------------------------------------------------------------------------------------------------------------------


def test_a_hashed_name_is_kept() -> None:
    assert media_path(f"4/d/e/b/{'4d' * 20}_mug.jpg") == f"images/4d/{'4d' * 20}_mug.jpg"


def test_names_without_a_hash_get_one_so_that_no_two_files_meet() -> None:
    one, two = media_path("a/mug.jpg"), media_path("b/mug.jpg")
    assert one != two
    assert re.fullmatch(r"images/[0-9a-f]{2}/[0-9a-f]{16}_mug\.jpg", one)


def test_each_endpoint_has_a_folder_and_its_key_leads_back() -> None:
    key = media_key("asset-media-files", "a/b_x.jpg")
    assert media_path(key).startswith("assets/")
    assert media_address(key) == ("asset-media-files", "a/b_x.jpg")
    assert media_address(media_key("media-files", "a/b_x.jpg")) == ("media-files", "a/b_x.jpg")


def test_image_names_over_90_characters_are_shortened_and_keep_their_ending() -> None:
    path = media_path(f"4/d/e/b/{'4d' * 20}_{'x' * 200}.jpeg")
    assert len(path) < 120
    assert path.endswith(".jpeg")


@given(st.text(min_size=1))
def test_every_media_path_is_safe_in_an_archive(code: str) -> None:
    assert re.fullmatch(r"images/[A-Za-z0-9._-]{2}/[A-Za-z0-9._-]+", media_path("x/" + code.replace("/", "_") + ".jpg"))


# --- Numbers --------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (0, "0"),
        ("0.0000", "0"),
        ("-0.0", "0"),
        ("100", "100"),
        ("12.5000", "12.5"),
        ("1E+3", "1000"),
        (1e-7, "0.0000001"),
        ("007", "007"),
    ],
)
def test_decimals_lose_the_zeros_at_their_end_and_nothing_else(data: Any, text: str) -> None:
    assert decimal_text(data) == text


@pytest.mark.parametrize("data", ["", "abc", "NaN", "Infinity", True, None, "1,5"])
def test_what_is_no_number_is_refused(data: Any) -> None:
    with pytest.raises(UnmappableError):
        plain_decimal(data)


CELSIUS = Unit("CELSIUS", {}, "°C", (("add", "273.15"),))
FAHRENHEIT = Unit("FAHRENHEIT", {}, "°F", (("sub", "32"), ("div", "1.8"), ("add", "273.15")))
METER = Unit("METER", {}, "m", (("mul", "1"),))
INCH = Unit("INCH", {}, "in", (("mul", "0.0254"),))
NOTHING = Unit("NOTHING", {}, "", (("mul", "0"),))


@pytest.mark.parametrize(
    ("amount", "source", "target", "text"),
    [
        ("21.5", CELSIUS, FAHRENHEIT, "70.7"),
        ("212", FAHRENHEIT, CELSIUS, "100"),
        ("10", INCH, METER, "0.254"),
        ("1", METER, INCH, "39.3700787401575"),
        ("0", INCH, METER, "0"),
        ("12.50", METER, METER, "12.5"),
    ],
)
def test_amounts_are_converted_in_decimals(amount: str, source: Unit, target: Unit, text: str) -> None:
    assert units.convert(amount, source, target) == text


def test_a_unit_that_can_not_be_converted_to_is_an_error_in_words() -> None:
    with pytest.raises(UnmappableError, match="METER can't be converted to NOTHING"):
        units.convert("1", METER, NOTHING)


# --- Texts ----------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>a</p><p>b</p>", "a b"),
        ("a &lt;b&gt; &amp; c", "a <b> & c"),
        ("<ul><li>x<li>y</ul>", "x y"),
        ("plain", "plain"),
        ("<br/>", ""),
    ],
)
def test_stripped_html_is_its_text(html: str, text: str) -> None:
    assert strip_tags(html) == text


# --- Look-ups -------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given_type", "short"),
    [
        ("pim_catalog_text", "text"),
        ("akeneo_reference_entity_collection", "reference_entity_collection"),
        ("pim_reference_data_multiselect", "reference_data_multiselect"),
        ("pim_catalog_reference_data_multi_select", "reference_data_multiselect"),
        ("pim_catalog_asset_collection", "asset_collection"),
        ("something_new", "something_new"),
    ],
)
def test_types_are_known_by_their_short_names(given_type: str, short: str) -> None:
    assert short_type(given_type) == short


def test_the_fingerprint_changes_with_what_the_mapping_reads_and_with_nothing_else(pim: Any) -> None:
    pim.category("mugs", "master", labels={"en_US": "Mugs"}, updated="2024-01-01T00:00:00+00:00")
    first = pim.structure().fingerprint()
    pim.categories[-1]["updated"] = "2024-02-02T00:00:00+00:00"
    pim.categories[-1]["_links"] = {"self": {"href": "http://pim/"}}
    pim.media = {"a": None}
    assert pim.structure().fingerprint() == first
    pim.categories[-1]["labels"] = {"en_US": "Cups"}
    assert pim.structure().fingerprint() != first


def test_labels_may_be_missing_or_an_empty_list(pim: Any) -> None:
    pim.attribute("x", "text", labels=[])
    pim.attributes.append({"code": "y", "type": "pim_catalog_text"})
    structure: Structure = pim.structure()
    assert [structure.attributes[code].labels for code in "xy"] == [{}, {}]


def test_a_category_read_before_its_parent_is_not_dropped(pim: Any) -> None:
    pim.categories.insert(0, {"code": "child", "parent": "master", "labels": {}})
    assert pim.structure().tree_of["child"] == "master"
