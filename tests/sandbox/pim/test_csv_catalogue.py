"""An Akeneo CSV export as a catalogue: icecat whole, and the column forms that it lacks."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sandbox.pim.api_shared import Pim
from sandbox.pim.catalogue_loading import LoadError
from sandbox.pim.pim_server import Options
from sandbox.pim.pim_start import open_pim, running


@pytest.fixture(scope="module")
def icecat(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pim]:
    pim = open_pim(str(shared / "icecat"), tmp_path_factory.mktemp("icecat") / "pim.sqlite")
    yield pim
    pim.store.close()


def count(pim: Pim, text: str) -> int:
    return int(pim.store.connection.execute(text).fetchone()[0])


@pytest.mark.shared
@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("SELECT count(*) FROM product", 1239),
        ("SELECT count(*) FROM model", 81),
        ("SELECT count(*) FROM model WHERE parent IS NOT NULL", 31),
        ("SELECT count(*) FROM product WHERE parent IS NOT NULL", 240),
        ("SELECT count(*) FROM product WHERE family IS NULL", 1),
        ("SELECT count(*) FROM resource WHERE kind = 'category'", 168),
        ("SELECT count(*) FROM resource WHERE kind = 'attribute'", 77),
        ("SELECT count(*) FROM media WHERE size > 0", 142),
        ("SELECT count(*) FROM media WHERE size = 0", 0),
    ],
)
def test_icecat_is_loaded_whole(icecat: Pim, query: str, expected: int) -> None:
    assert count(icecat, query) == expected


@pytest.mark.shared
def test_icecats_locales_currencies_and_channels_are_active_as_exported(icecat: Pim) -> None:
    assert icecat.structure.locales == {"de_DE", "en_US", "fr_FR"}
    assert icecat.structure.currencies == {"EUR", "USD"}
    assert {c["category_tree"] for c in icecat.structure.channels.values()} == {"master"}


@pytest.mark.shared
def test_icecats_variants_have_no_image_of_their_own_and_show_their_models(icecat: Pim) -> None:
    """258 files lie in the folder, 12 more are named: copies in the rows of variants, whose images belong to their models."""
    uuid = icecat.catalogue.uuid_of("tshirt-divided-blue-l")
    assert uuid is not None
    own = icecat.catalogue.product(uuid)
    assert own is not None
    assert "image" not in own.values
    assert own.parent == "model-tshirt-divided-blue"
    assert len(icecat.catalogue.level(own.parent).values["image"]) == 1
    assert len(icecat.catalogue.level("apollon_blue").values["image"]) == 1


@pytest.mark.shared
def test_icecats_variants_hold_their_own_level_and_show_their_ancestors(icecat: Pim) -> None:
    uuid = icecat.catalogue.uuid_of("biker-jacket-polyester-m")
    assert uuid is not None
    own = icecat.catalogue.product(uuid)
    assert own is not None
    assert own.values.keys() == {"sku", "ean", "size"}
    level = icecat.catalogue.level(own.parent)
    assert level.values["material"][0]["data"] == "polyester"
    assert level.values["name"][0]["data"] == "Biker jacket"


@pytest.mark.shared
def test_icecats_line_breaks_stay_as_the_file_writes_them(icecat: Pim) -> None:
    assert count(icecat, r"SELECT count(*) FROM product WHERE instr(vals, '\\n') > 0") > 100


FILES = {
    "attributes": "code;type;group;localizable;scopable;decimals_allowed;label-en_US\n"
    "ref;pim_catalog_identifier;g;0;0;;Ref\nname;pim_catalog_text;g;1;0;;Name\ntitle;pim_catalog_text;g;1;1;;Title\n"
    "price;pim_catalog_price_collection;g;0;1;1;Price\nweight;pim_catalog_metric;g;0;0;1;Weight\n"
    "ok;pim_catalog_boolean;g;0;0;;OK\ntags;pim_catalog_multiselect;g;0;0;;Tags\n",
    "attribute_options": "code;label-en_US;attribute;sort_order\na;A;tags;1\nb;;tags;2\n",
    "attribute_groups": "code;sort_order\ng;1\n",
    "families": "code;attributes;attribute_as_label;requirements-web\nf;name,price;name;name\n",
    "channels": "code;locales;currencies;tree;conversion_units\nweb;en_US,de_DE;EUR;main;weight:GRAM\n",
    "locales": "code\nen_US\nde_DE\nfr_FR\n",
    "currencies": "code;activated\nEUR;1\nUSD;0\n",
    "categories": "code;parent;label-en_US\nmain;;Main\nsub;main;Sub\n",
    "association_types": "code;is_quantified\nX_SELL;0\nPACK;1\n",
    "products": "ref;categories;enabled;family;name-en_US;title-de_DE-web;price-web-EUR;price-web-USD;weight;weight-unit;ok;tags;"
    "X_SELL-products;X_SELL-groups;PACK-products;PACK-products-quantity\n"
    "one;SUB;1;F;Name;Titel;1,5;2.50;0.5;KILOGRAM;0;a,B;two;g1,g2;two;4\n"
    "two;;0;;;;;;;;;;;;;\n",
}


def write(folder: Path, **changes: str) -> Path:
    for name, text in {**FILES, **changes}.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8-sig")
    return folder


@pytest.fixture
def loaded(tmp_path: Path) -> Iterator[Pim]:
    write(tmp_path, products=FILES["products"].replace("1,5", "1.5"))
    pim = open_pim(str(tmp_path), tmp_path / "pim.sqlite")
    yield pim
    pim.store.close()


def test_columns_name_locale_channel_currency_unit_and_associations(loaded: Pim) -> None:
    one, two = (loaded.catalogue.product(str(loaded.catalogue.uuid_of(name))) for name in ("one", "two"))
    assert one is not None
    assert two is not None
    assert one.values == {
        "ref": [{"locale": None, "scope": None, "data": "one"}],
        "name": [{"locale": "en_US", "scope": None, "data": "Name"}],
        "title": [{"locale": "de_DE", "scope": "web", "data": "Titel"}],
        "price": [
            {
                "locale": None,
                "scope": "web",
                "data": [{"amount": "1.50", "currency": "EUR"}, {"amount": "2.50", "currency": "USD"}],
            }
        ],
        "weight": [{"locale": None, "scope": None, "data": {"amount": "0.5000", "unit": "KILOGRAM"}}],
        "ok": [{"locale": None, "scope": None, "data": False}],
        "tags": [{"locale": None, "scope": None, "data": ["a", "B"]}],
    }
    assert (one.categories, one.family, one.enabled) == (["sub"], "f", True)
    assert one.associations == {"X_SELL": {"products": [two.uuid], "groups": ["g1", "g2"]}}
    assert one.quantified_associations == {"PACK": {"products": [{"uuid": two.uuid, "quantity": 4}]}}
    assert (two.family, two.enabled, two.categories) == (None, False, [])
    assert loaded.structure.families["f"]["attributes"] == ["name", "price", "ref"]
    assert loaded.structure.channels["web"]["conversion_units"] == {"weight": "GRAM"}


def test_uuids_depend_on_the_identifier_alone_and_look_like_version_four(loaded: Pim) -> None:
    # the first 16 bytes of sha256("one"), with version and variant set
    assert loaded.catalogue.uuid_of("one") == "7692c3ad-3540-4b80-bc02-0b3aee66cd88"


VARIANTS = {
    "attributes": "code;type;group;localizable;scopable\nref;pim_catalog_identifier;g;0;0\nsize;pim_catalog_text;g;0;0\n"
    "name;pim_catalog_text;g;0;0\nphoto;pim_catalog_image;g;0;0\n",
    "families": "code;attributes;attribute_as_label\nf;name,photo,size;name\n",
    "family_variants": "code;family;variant-axes_1;variant-attributes_1\nby_size;f;size;size,ref\n",
    "product_models": "code;family_variant;parent;categories;name;photo\nshirt;by_size;;;Shirt;files/shirt/a.png\n",
    "products": "ref;family;parent;size;name;photo\nshirt-s;f;shirt;S;Other;files/shirt-s/a.png\n"
    "loose;f;;;Loose;files/loose/b.png\n",
}


def test_an_import_drops_what_belongs_to_an_ancestors_level_and_its_file(tmp_path: Path, make_client: Any) -> None:
    write(tmp_path, **VARIANTS)
    for name in ("shirt", "shirt-s"):
        (tmp_path / "files" / name).mkdir(parents=True)
        (tmp_path / "files" / name / "a.png").write_bytes(name.encode())
    with running(open_pim(str(tmp_path), tmp_path / "pim.sqlite"), Options(limits=False)) as base:
        client = make_client(base)
        shirt, variant, loose = (
            client.get(path)["values"] for path in ("/product-models/shirt", "/products/shirt-s", "/products/loose")
        )
        shown = client.call("GET", variant["photo"][0]["_links"]["download"]["href"])
        absent = client.call("GET", loose["photo"][0]["_links"]["download"]["href"])
        media = client.items("/media-files")
        client.session.close()
    assert variant["name"] == shirt["name"]
    assert (shirt["name"][0]["data"], variant["photo"]) == ("Shirt", shirt["photo"])
    assert shown.content == b"shirt"
    assert sorted(m["original_filename"] for m in media) == ["a.png", "b.png"]
    assert (absent.status_code, "is not present on the filesystem" in absent.json()["message"]) == (404, True)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"products": FILES["products"]}, "the price attribute requires a number"),
        ({"products": "ref;parent\nx;nope\n"}, "the parent nope of x is no product model"),
    ],
)
def test_an_export_that_does_not_fit_is_refused_in_one_sentence(tmp_path: Path, change: Any, message: str) -> None:
    write(tmp_path, **change)
    with pytest.raises(LoadError) as refused:
        open_pim(str(tmp_path), tmp_path / "pim.sqlite")
    assert message.lower() in str(refused.value).lower()


def test_a_folder_that_is_no_catalogue_is_refused(tmp_path: Path) -> None:
    with pytest.raises(LoadError, match=r"attributes\.jsonl is missing"):
        open_pim(str(tmp_path), tmp_path / "pim.sqlite")
    with pytest.raises(LoadError, match="there is no such folder"):
        open_pim(str(tmp_path / "nope"), tmp_path / "pim.sqlite")
    with pytest.raises(LoadError, match="give the number of products"):
        open_pim("generated:many", tmp_path / "pim.sqlite")
