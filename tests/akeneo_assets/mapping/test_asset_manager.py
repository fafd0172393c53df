"""Assets as values and as images."""

from typing import Any

import orjson
import pytest

from akeneo_assets.mapping.asset_manager import asset_media
from akeneo_assets.mapping.frame import Frame
from akeneo_assets.mapping.linked_values import asset_reader
from akeneo_assets.mapping.media_keys import media_path
from akeneo_assets.mapping.sites import resolve
from akeneo_assets.settings.connector import ConnectorSettings

FRONT, BACK, THUMB, BANNER_EN, BANNER_FR = (f"1/2/3/4/{x * 40}_{x}.jpg" for x in "abcde")


def asset(code: str, family: str, **values: Any) -> dict[str, Any]:
    plain = {k: [{"locale": None, "channel": None, "data": v}] if isinstance(v, str) else v for k, v in values.items()}
    return {"code": code, "asset_family": family, "values": plain}


@pytest.fixture
def gallery(pim: Any) -> Any:
    pim.attribute("gallery", "pim_catalog_asset_collection", reference_data_name="photos")
    pim.asset_families.append({"code": "photos", "labels": {}, "attribute_as_main_media": "media"})
    for code, per_locale in [("media", False), ("thumb", False), ("banner", True)]:
        pim.asset_attributes.append(
            {"code": code, "asset_family": "photos", "type": "media_file", "media_type": "image", "value_per_locale": per_locale}
        )
    banner = [{"locale": "en_US", "channel": None, "data": BANNER_EN}, {"locale": "fr_FR", "channel": None, "data": BANNER_FR}]
    label = [{"locale": "en_US", "channel": None, "data": "Front view"}]
    pim.assets += [
        asset("front", "photos", media=FRONT, thumb=THUMB, banner=banner, label=label),
        asset("Back", "photos", media=BACK),
    ]
    return pim


def in_locales(**files: str) -> list[dict[str, Any]]:
    return [{"locale": locale, "channel": None, "data": data} for locale, data in files.items()]


def product(pim: Any, *codes: str) -> Any:
    return pim.product("1", {"gallery": [{"locale": None, "scope": None, "data": list(codes)}]})


def path(code: str) -> str:
    return media_path(f"asset-media-files/{code}")


def test_a_collection_is_one_json_text_with_its_assets_in_order(gallery: Any) -> None:
    mapped = gallery.map(product(gallery, "back", "front"))
    assert orjson.loads(mapped.records[0][2]["custom"]["akeneo_gallery"][""]) == [
        {"code": "Back", "type": "image", "path": path(BACK), "label": "Back"},
        {"code": "front", "type": "image", "path": path(FRONT), "label": "Front view"},
    ]


def test_a_collection_may_be_codes_or_one_json_an_asset(gallery: Any) -> None:
    row = product(gallery, "back", "front")
    assert gallery.record(row, assets={"as": "codes"})["custom"]["akeneo_gallery"] == {"": ["Back", "front"]}
    texts = gallery.record(row, assets={"as": "set"})["custom"]["akeneo_gallery"][""]
    assert [orjson.loads(text)["code"] for text in texts] == ["Back", "front"]


@pytest.mark.parametrize(
    ("attribute", "data", "shown"),
    [
        (
            {"type": "media_link", "media_type": "youtube", "prefix": None, "suffix": None},
            "abc",
            "https://www.youtube.com/watch?v=abc",
        ),
        ({"type": "media_link", "media_type": "vimeo"}, "123", "https://vimeo.com/123"),
        ({"type": "media_link", "media_type": "vimeo"}, "https://vimeo.com/9", "https://vimeo.com/9"),
        ({"type": "media_link", "media_type": "pdf", "prefix": "https://x/", "suffix": ".pdf"}, "a", "https://x/a.pdf"),
        ({"type": "media_link", "media_type": "other"}, "ftp://x/a.zip", "ftp://x/a.zip"),
    ],
)
def test_links_are_whole_addresses(pim: Any, attribute: Any, data: str, shown: str) -> None:
    pim.attribute("films", "pim_catalog_asset_collection", reference_data_name="films")
    pim.asset_families.append({"code": "films", "labels": {}, "attribute_as_main_media": "link"})
    pim.asset_attributes.append({"code": "link", "asset_family": "films", **attribute})
    pim.assets.append(asset("one", "films", link=data))
    text = pim.record(pim.product("1", {"films": [{"locale": None, "scope": None, "data": ["one"]}]}))["custom"]["akeneo_films"][
        ""
    ]
    assert orjson.loads(text) == [{"code": "one", "type": attribute["media_type"], "url": shown, "label": "one"}]


def test_an_asset_whose_main_media_differs_by_locale_shows_each(gallery: Any) -> None:
    gallery.asset_families[0]["attribute_as_main_media"] = "banner"
    text = gallery.record(product(gallery, "front"))["custom"]["akeneo_gallery"][""]
    assert orjson.loads(text) == [
        {
            "code": "front",
            "type": "image",
            "path": path(BANNER_EN),
            "label": "Front view",
            "locales": {"fr-FR": {"path": path(BANNER_FR)}},
        }
    ]


@pytest.mark.parametrize(
    ("codes", "reason"),
    [
        (["gone"], "the asset family 'photos' has no asset 'gone'"),
        (["empty"], "the asset 'empty' has no main media"),
        (["lost"], "the PIM could not give the file 'asset-media-files/1/lost.jpg'"),
    ],
)
def test_an_asset_that_can_not_be_shown_is_reported_and_leaves_the_rest(gallery: Any, codes: list[str], reason: str) -> None:
    gallery.assets += [asset("empty", "photos"), asset("lost", "photos", media="1/lost.jpg")]
    gallery.media = {"asset-media-files/1/lost.jpg": None}
    mapped = gallery.map(product(gallery, *codes, "back"), images={"source": "assets"})
    record = mapped.records[0][2]
    assert [entry["code"] for entry in orjson.loads(record["custom"]["akeneo_gallery"][""])] == ["Back"]
    assert record["images"][0]["images"] == [{"path": path(BACK)}]
    assert reason in [p.reason for p in mapped.problems]


def views(record: Any) -> dict[str, list[str]]:
    return {g["view_type"]: [i["path"] for i in g["images"]] for g in record.get("images", ())}


def test_images_come_from_image_attributes_assets_or_both(gallery: Any) -> None:
    gallery.attribute("picture", "image")
    row = product(gallery, "front")
    row["values"]["picture"] = [{"locale": None, "scope": None, "data": FRONT}]
    large = {"view_types": ["large"]}
    assert views(gallery.record(row, images=large)) == {"large": [media_path(FRONT)]}
    assert views(gallery.record(row, images={**large, "source": "assets"})) == {"large": [path(FRONT)]}
    assert views(gallery.record(row, images={**large, "source": "both"})) == {"large": [media_path(FRONT), path(FRONT)]}


def test_a_view_type_chooses_asset_attribute_and_family(gallery: Any) -> None:
    chosen = [{"id": "thumb", "asset_attribute": "thumb"}, {"id": "other", "asset_families": ["films"]}]
    record = gallery.record(product(gallery, "front", "back"), images={"source": "assets", "view_types": chosen})
    assert views(record) == {"thumb": [path(THUMB)]}


def test_images_that_differ_by_locale_may_have_view_types_of_their_own(gallery: Any) -> None:
    images = {"source": "assets", "view_types": [{"id": "banner", "asset_attribute": "banner"}], "localized_view_types": True}
    record = gallery.record(product(gallery, "front"), images=images)
    assert views(record) == {"banner": [path(BANNER_EN)], "banner_fr_FR": [path(BANNER_FR)]}


def localized(*codes: str, **more: Any) -> dict[str, Any]:
    views = [{"id": "banner", "asset_attribute": "banner", "attributes": list(codes)}]
    return {"source": "assets", "view_types": views, "localized_view_types": True, **more}


def test_a_locales_view_type_shows_all_images_in_order_where_one_of_them_differs(gallery: Any) -> None:
    gallery.assets += [asset(code, "photos", banner=in_locales(en_US=f"1/{code * 40}_x.jpg")) for code in "af"]
    record = gallery.record(product(gallery, "a", "front", "f"), images=localized())
    a, f = f"assets/aa/{'a' * 40}_x.jpg", f"assets/ff/{'f' * 40}_x.jpg"
    assert views(record) == {"banner": [a, path(BANNER_EN), f], "banner_fr_FR": [a, path(BANNER_FR), f]}


def test_a_locales_view_type_shows_the_images_of_all_attributes(gallery: Any) -> None:
    gallery.attribute("picture", "image")
    row = product(gallery, "front")
    row["values"]["picture"] = [{"locale": None, "scope": None, "data": FRONT}]
    record = gallery.record(row, images=localized("picture", "gallery"))
    shared = f"images/aa/{'a' * 40}_a.jpg"
    assert views(record) == {"banner": [shared, path(BANNER_EN)], "banner_fr_FR": [shared, path(BANNER_FR)]}


def test_a_variants_view_type_of_a_locale_shows_its_own_and_the_shared_images(gallery: Any) -> None:
    gallery.shirts()
    gallery.attribute("shared", "pim_catalog_asset_collection", reference_data_name="photos")
    gallery.families[0]["attributes"] += ["gallery", "shared"]
    gallery.family_variants[0]["variant_attribute_sets"][0]["attributes"].append("gallery")
    gallery.assets.append(asset("plain", "photos", banner=in_locales(en_US=BACK)))

    def images(own: str, shared: str) -> Any:
        values = {
            code: [{"locale": None, "scope": None, "data": [data]}] for code, data in (("gallery", own), ("shared", shared))
        }
        root = gallery.model("tee", {"shared": values["shared"]})
        row = gallery.product("T1", {**values, "size": "s"}, family="shirts", parent="tee")
        facts = gallery.map(row, [root], images=localized("gallery", "shared")).facts
        return {view: [image["path"] for image in shown] for view, shown in facts["images"].items()}

    assert images("plain", "front") == {"banner": [path(BACK), path(BANNER_EN)], "banner_fr_FR": [path(BACK), path(BANNER_FR)]}
    assert images("front", "plain") == {"banner": [path(BANNER_EN), path(BACK)], "banner_fr_FR": [path(BANNER_FR), path(BACK)]}


def test_a_fallback_fills_a_locales_view_type(gallery: Any) -> None:
    gallery.channels[0]["locales"].append("fr_CA")
    record = gallery.record(
        product(gallery, "front"), images=localized(), organization={"sites": [{"fallbacks": {"fr_CA": ["fr_FR"]}}]}
    )
    assert views(record) == {"banner": [path(BANNER_EN)], "banner_fr_FR": [path(BANNER_FR)], "banner_fr_CA": [path(BANNER_FR)]}


@pytest.mark.parametrize(
    ("lost", "shown"),
    [(BANNER_FR, {"banner": [path(BANNER_EN)]}), (BANNER_EN, {"banner_fr_FR": [path(BANNER_FR)]})],
)
def test_a_file_that_one_locale_lacks_leaves_the_others_whole(gallery: Any, lost: str, shown: Any) -> None:
    gallery.media = {f"asset-media-files/{lost}": None}
    mapped = gallery.map(product(gallery, "front"), images=localized())
    assert views(mapped.records[0][2]) == shown
    assert [(p.attribute, p.reason) for p in mapped.problems] == [
        ("gallery", f"the PIM could not give the file 'asset-media-files/{lost}'")
    ]


def test_a_link_of_one_locale_that_lies_elsewhere_leaves_the_others_whole(gallery: Any) -> None:
    gallery.asset_attributes[2].update({"type": "media_link"})
    gallery.assets[0]["values"]["banner"] = in_locales(en_US="http://img.example/en.jpg", fr_FR="http://other.example/fr.jpg")
    mapped = gallery.map(product(gallery, "front"), images=localized(external_location={"http": "http://img.example"}))
    assert views(mapped.records[0][2]) == {"banner": ["en.jpg"]}
    assert "the link 'http://other.example/fr.jpg' does not lie below images.external_location" in [
        p.reason for p in mapped.problems
    ]


def test_an_asset_shows_one_locale_although_another_locales_file_is_missing(gallery: Any) -> None:
    gallery.asset_families[0]["attribute_as_main_media"] = "banner"
    gallery.media = {f"asset-media-files/{BANNER_FR}": None}
    mapped = gallery.map(product(gallery, "front"))
    assert orjson.loads(mapped.records[0][2]["custom"]["akeneo_gallery"][""]) == [
        {"code": "front", "type": "image", "path": path(BANNER_EN), "label": "Front view"}
    ]
    assert [p.reason for p in mapped.problems] == [f"the PIM could not give the file 'asset-media-files/{BANNER_FR}'"]


# --- Several sites --------------------------------------------------------------------------------------------------------------

SITES = {"sites": [{"id": "A", "channel": "ecommerce"}, {"id": "B", "channel": "b2b"}]}


def of_channels(pim: Any, per_locale: bool, **files: str) -> Any:
    """The main media of the asset `front`, for each channel by itself."""
    pim.channel("b2b", ["de_DE"], ["EUR"])
    pim.asset_attributes[0].update({"value_per_channel": True, "value_per_locale": per_locale})
    locales = {"ecommerce": "en_US", "b2b": "de_DE"}
    pim.assets[0]["values"]["media"] = [
        {"locale": locales[channel] if per_locale else None, "channel": channel, "data": data} for channel, data in files.items()
    ]
    return product(pim, "front")


@pytest.mark.parametrize("per_locale", [False, True])
def test_a_locale_shows_the_file_of_its_sites_channel(gallery: Any, per_locale: bool) -> None:
    row = of_channels(gallery, per_locale, ecommerce=FRONT, b2b=BACK)
    images = {"source": "assets", "view_types": ["large"], "localized_view_types": True}
    record = gallery.record(row, organization=SITES, images=images)
    assert orjson.loads(record["custom"]["akeneo_gallery"][""]) == [
        {
            "code": "front",
            "type": "image",
            "path": f"assets/aa/{'a' * 40}_a.jpg",
            "label": "Front view",
            "locales": {"de-DE": {"path": f"assets/bb/{'b' * 40}_b.jpg"}},
        }
    ]
    assert views(record) == {"large": [f"assets/aa/{'a' * 40}_a.jpg"], "large_de_DE": [f"assets/bb/{'b' * 40}_b.jpg"]}


@pytest.mark.parametrize("per_locale", [False, True])
def test_a_file_that_only_the_second_sites_channel_has_is_shown(gallery: Any, per_locale: bool) -> None:
    row = of_channels(gallery, per_locale, b2b=BACK)
    mapped = gallery.map(row, organization=SITES, images={"source": "assets", "view_types": ["large"]})
    assert views(mapped.records[0][2]) == {"large": [f"assets/bb/{'b' * 40}_b.jpg"]}
    assert mapped.problems == []


def test_links_below_the_external_location_are_paths_others_are_reported(gallery: Any) -> None:
    gallery.asset_attributes[0].update({"type": "media_link", "prefix": "https://img.example/shop/"})
    images = {"source": "assets", "external_location": {"http": "http://img.example", "https": "https://img.example/shop"}}
    record = gallery.record(product(gallery, "front"), images=images)
    assert views(record)["large"] == [FRONT]
    mapped = gallery.map(product(gallery, "front"), images={"source": "assets"})
    assert "images" not in mapped.records[0][2]
    assert "does not lie below images.external_location" in mapped.problems[0].reason


@pytest.mark.parametrize(
    ("link", "reason"),
    [
        ("shop/2025/tent ", "SFCC takes no image path like '2025/tent ': it starts or ends with white space or has a line break"),
        ("shop/" + "a" * 1900, f"SFCC takes no image path like '{'a' * 100}': it has 1900 characters, 1800 are allowed"),
        ("shop/", "SFCC takes no image path like '': it is empty"),
        ("shop", "the link 'https://img.example/shop' does not lie below images.external_location"),
        ("shop2/fr.jpg", "the link 'https://img.example/shop2/fr.jpg' does not lie below images.external_location"),
    ],
)
def test_a_link_that_is_no_image_path_is_reported_and_leaves_the_rest(gallery: Any, link: str, reason: str) -> None:
    gallery.asset_attributes[0].update({"type": "media_link", "prefix": "https://img.example/"})
    gallery.assets[0]["values"]["media"][0]["data"] = link
    gallery.assets[1]["values"]["media"][0]["data"] = "shop/2025/mug.jpg"
    images = {"source": "assets", "view_types": ["large"], "external_location": {"http": "https://img.example/shop"}}
    mapped = gallery.map(product(gallery, "front", "back"), images=images)
    assert views(mapped.records[0][2]) == {"large": ["2025/mug.jpg"]}
    assert [(p.attribute, p.reason) for p in mapped.problems] == [("gallery", reason)]


def test_files_of_images_that_lie_outside_sfcc_have_the_pims_own_codes_and_none_need_be_fetched(gallery: Any) -> None:
    gallery.attribute("picture", "image")
    gallery.attribute("manual", "file")
    row = product(gallery, "front")
    row["values"] |= {code: [{"locale": None, "scope": None, "data": f"9/9/{code}.bin"}] for code in ("picture", "manual")}
    images = {"source": "both", "view_types": ["large"], "external_location": {"http": "http://img.example"}}
    gallery.media = {"9/9/picture.bin": None}  # nobody needs to have fetched it
    mapped = gallery.map(row, images=images)
    record = mapped.records[0][2]
    assert views(record) == {"large": ["9/9/picture.bin", FRONT]}
    assert record["custom"]["akeneo_picture"] == {"": "9/9/picture.bin"}
    assert orjson.loads(record["custom"]["akeneo_gallery"][""])[0]["path"] == FRONT
    assert record["custom"]["akeneo_manual"] == {"": media_path("9/9/manual.bin")}
    assert mapped.problems == []


def test_every_assets_files_can_be_listed_ahead_of_products(gallery: Any) -> None:
    settings = ConnectorSettings.model_validate({"images": {"view_types": [{"id": "thumb", "asset_attribute": "thumb"}]}})
    structure = gallery.structure()
    found = asset_media(settings, asset_reader(Frame(settings, structure, resolve(settings, structure))))
    assert sorted(found) == sorted(f"asset-media-files/{code}" for code in (FRONT, THUMB, BACK))


def test_of_images_that_lie_outside_sfcc_none_is_listed(gallery: Any) -> None:
    gallery.asset_attributes.append(
        {"code": "sheet", "asset_family": "photos", "type": "media_file", "media_type": "pdf", "value_per_locale": False}
    )
    gallery.assets[0]["values"]["sheet"] = [{"locale": None, "channel": None, "data": "1/sheet.pdf"}]
    chosen = {"view_types": [{"id": "any", "asset_attribute": "sheet"}], "external_location": {"http": "http://img.example"}}
    settings, structure = ConnectorSettings.model_validate({"images": chosen}), gallery.structure()
    found = asset_media(settings, asset_reader(Frame(settings, structure, resolve(settings, structure))))
    assert found == ["asset-media-files/1/sheet.pdf"]
