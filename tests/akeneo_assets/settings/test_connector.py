"""connector.yaml: defaults, short forms, errors in one sentence each."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from akeneo_assets.errors import SettingsError
from akeneo_assets.settings.connector import ConnectorSettings, fingerprint, load


def file(folder: Path, text: str) -> Path:
    path = folder / "connector.yaml"
    path.write_text(text, "utf-8")
    return path


def complaint(folder: Path, text: str) -> str:
    path = file(folder, text)
    with pytest.raises(SettingsError) as error:
        load(path)
    return str(error.value).replace(f"{path}: ", "")


def test_an_empty_file_imports_channel_ecommerce_into_the_master_catalog(tmp_path: Path) -> None:
    settings = load(file(tmp_path, "# nothing but a comment\n"))
    assert settings == ConnectorSettings()
    assert settings.organization.master_catalog == "akeneo-catalog"
    assert [site.channel for site in settings.organization.sites] == ["ecommerce"]


def test_the_repositorys_own_file_is_valid() -> None:
    settings = load(Path(__file__).parents[3] / "connector.yaml")
    assert settings.organization.master_catalog == "akeneo-catalog"
    assert all(source.optional for source in settings.attributes.standard.values())


def test_a_source_may_be_a_code_and_a_view_type_a_name(tmp_path: Path) -> None:
    settings = load(
        file(tmp_path, "attributes: {standard: {name: title, UPC: {attribute: ean}}}\nimages: {view_types: [hero]}\n")
    )
    assert settings.attributes.standard["display-name"].attribute == "title"
    assert settings.attributes.standard["upc"].attribute == "ean"
    assert settings.images.view_types[0].id == "hero"


@pytest.mark.parametrize(
    ("given", "text"),
    [
        ("true", "true"),
        ("False", "false"),
        ("1", "1"),
        ("-1", "-1"),
        ("1.50", "1.5"),
        ("'1.50'", "1.50"),
        ("standard", "standard"),
    ],
)
def test_a_constant_is_its_text(tmp_path: Path, given: str, text: str) -> None:
    settings = load(file(tmp_path, f"attributes: {{standard: {{brand: {{constant: {given}}}}}}}"))
    assert settings.attributes.standard["brand"].constant == text


def test_a_source_or_view_type_of_digits_is_short_for_its_code(tmp_path: Path) -> None:
    settings = load(file(tmp_path, "attributes: {standard: {brand: 1}, custom: {size: 12}}\nimages: {view_types: [300]}"))
    assert settings.attributes.standard["brand"].attribute == "1"
    assert settings.attributes.custom["size"].attribute == "12"
    assert settings.images.view_types[0].id == "300"


def test_a_switch_may_still_be_written_as_yes_or_no(tmp_path: Path) -> None:
    settings = load(file(tmp_path, "delivery: {keep_archives: yes}\ncategories: {write: off, show_in_menu: ~}"))
    assert settings.delivery.keep_archives is True
    assert (settings.categories.write, settings.categories.show_in_menu) == (False, None)


def test_a_source_reads_attributes_and_properties_apart() -> None:
    template = {"template": "{family} {property.family} {property.groups} {family}"}
    text = {"sites": {"A": template, "B": {"property": "category_labels"}, "C": "brand"}}
    sources = ConnectorSettings.model_validate({"attributes": {"standard": {"page-title": template, "page-url": text}}})
    title, url = sources.attributes.standard["page-title"], sources.attributes.standard["page-url"]
    assert (title.attributes(), title.properties()) == (("family",), ("family", "groups"))
    assert (url.attributes(), url.properties()) == (("family", "brand"), ("family", "groups", "category_labels"))


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("organisation: {}", "organisation is no known key; did you mean 'organization'?"),
        ("organization: {sites: [{chanel: x}]}", "organization.sites.0.chanel is no known key; did you mean 'channel'?"),
        (
            "attributes: {standard: {name: {atribute: x}}}",
            "attributes.standard.name.atribute is no known key; did you mean 'attribute'?",
        ),
        (
            "associations: {X_SELL: {zzz: 1}}",
            "associations.X_SELL.zzz is no known key; allowed are as, optional, type.",
        ),
        ("attributes: {id_style: kebab}", "attributes.id_style must be 'as_is' or 'camel_case', not 'kebab'."),
        ("images: {view_types: large}", "images.view_types must be a list, not 'large'."),
        ("akeneo: {page_size: 500}", "akeneo.page_size must be less than or equal to 100, not 500."),
        (
            "delivery: {wait_minutes: long}",
            "delivery.wait_minutes must be a valid integer, unable to parse string as an integer, not 'long'.",
        ),
        (
            "akeneo: {timezone: Mars/Olympus}",
            "akeneo.timezone: 'Mars/Olympus' is no time zone of the IANA database; write e.g. Europe/Paris.",
        ),
        ("products: {bundle: {family: packs}}", "products.bundle.association is missing."),
        (
            "price_books: [{id: '{Currency}-list'}]",
            "price_books.0.id: '{Currency}-list' has a placeholder that is none of {currency}, {CURRENCY}, {site}, {channel}.",
        ),
        (
            "price_books: [{parent: '{currency'}]",
            "price_books.0.parent: '{currency' has a placeholder that is none of {currency}, {CURRENCY}, {site}, {channel}.",
        ),
        (
            "reference_entities: {folder: 'e_{Entity}'}",
            "reference_entities.folder: 'e_{Entity}' has a placeholder that is none of {entity}.",
        ),
        (
            "attributes: {standard: {brandd: brand}}",
            "attributes.standard: 'brandd' is no standard SFCC attribute that can be mapped; the nearest is 'brand'.",
        ),
        (
            "attributes: {standard: {name: a, displayName: b}}",
            "attributes.standard: 'display-name' is mapped twice; keep one.",
        ),
        (
            "attributes: {standard: {brand: {attribute: a, constant: b}}}",
            "attributes.standard.brand: needs exactly one of attribute, property, template, constant, sites.",
        ),
        (
            "attributes: {standard: {name: {template: '{property.colour}'}}}",
            (
                "attributes.standard.name: the template '{property.colour}' names the property 'colour', which is none of "
                "family, family_label, groups, category_labels."
            ),
        ),
        (
            "attributes: {standard: {name: {template: Mug}}}",
            "attributes.standard.name: the template 'Mug' names no attribute, as '{brand}' does; make it a constant.",
        ),
        (
            "attributes: {standard: {name: {constant: Mug, convert: upper}}}",
            "attributes.standard.name: a constant is written as it stands; leave convert out.",
        ),
        (
            "attributes: {standard: {online-flag: {sites: {DE: {sites: {FR: live}}}}}}",
            "attributes.standard.online-flag: sites.DE can't have sites of its own.",
        ),
        (
            "associations: {X: {as: product-link, type: cousin}}",
            (
                "associations.X: a product link's type is one of cross-sell, replacement, up-sell, accessory, spare-part, "
                "newer-version, alt-orderunit, other, not 'cousin'."
            ),
        ),
        ("associations: {X: {type: 0}}", "associations.X: a recommendation's type is a positive number, not '0'."),
        ("organization: {sites: []}", "organization: sites must name one at least."),
        ("organization: {sites: [{id: A}, {}]}", "organization: several sites need an id each, all different."),
        ("products: {status: {source: attribute}}", "products.status: attribute goes with source: attribute, and only with it."),
        ("attributes:", "attributes must hold keys with values, not nothing."),
        ("attributes: {standard: {brand: true}}", "attributes.standard.brand must hold keys with values, not True."),
        ("products: {filter: [a]}", "products.filter must hold keys with values, not ['a']."),
        ("- a\n- b", "must hold sections such as 'organization:', not a list."),
        (
            "delivery: {wait_minutes: 999999999999999}",
            "delivery.wait_minutes must be less than or equal to 10080, not 999999999999999.",
        ),
        (
            "loads: {overlap_minutes: 43201}",
            "loads.overlap_minutes must be less than or equal to 43200, not 43201.",
        ),
        (
            f"akeneo: {{page_size: {'9' * 3000}}}",
            f"akeneo.page_size must be less than or equal to 100, not '{'9' * 99}....",
        ),
        (
            f"? {'x' * 300}\n: 1",
            (
                f"{'x' * 100}... is no known key; allowed are akeneo, assets, associations, attributes, categories, delivery, "
                "guard, images, keep, loads, organization, price_books, products, reference_entities, schedules."
            ),
        ),
        (
            r'attributes: {metric: "\e[31mred\nalert"}',
            r"attributes.metric must be 'number', 'text' or 'both', not '\x1b[31mred\nalert'.",
        ),
        (
            "akeneo: https://client:hush@pim.example",
            "akeneo must hold keys with values, not 'https://***@pim.example'.",
        ),
        (
            "delivery: {log_patterns: ['(?P<id>']}",
            ("delivery.log_patterns.0: '(?P<id>' is no regular expression (missing ), unterminated subpattern at position 0)."),
        ),
        (
            f"delivery: {{log_patterns: ['{'(' * 2000}{')' * 2000}']}}",
            f"delivery.log_patterns.0: '{'(' * 100}...' is no regular expression (groups nest too deep).",
        ),
        (
            "delivery: {log_patterns: ['(?P<level>ERROR) (?P<sku>.*)']}",
            (
                "delivery.log_patterns.0: '(?P<level>ERROR) (?P<sku>.*)' names the group 'sku', which is none of level, type, "
                "id, file, line, message."
            ),
        ),
        (
            "delivery: {log_patterns: ['ERROR .*']}",
            (
                "delivery.log_patterns.0: 'ERROR .*' names none of the groups level, type, id, file, line, message, "
                "e.g. (?P<message>.*)."
            ),
        ),
    ],
)
def test_what_is_wrong_is_said_in_one_sentence_with_the_keys_path(tmp_path: Path, text: str, sentence: str) -> None:
    assert complaint(tmp_path, text) == sentence


def test_every_problem_is_named_at_once(tmp_path: Path) -> None:
    assert len(complaint(tmp_path, "lods: 1\nimagez: 2\nattributes: {id_style: x}").splitlines()) == 3


def test_of_very_many_problems_the_first_are_named(tmp_path: Path) -> None:
    sentences = complaint(tmp_path, "".join(f"k{number}: 1\n" for number in range(500))).splitlines()
    assert len(sentences) == 51
    assert sentences[-1] == "has 450 more problems; mend these first."


def test_patterns_of_the_log_and_plain_http_are_settings(tmp_path: Path) -> None:
    pattern = r"(?P<level>ERROR|WARN) in (?P<file>\S+) at (?P<line>\d+): (?P<message>.*)"
    settings = load(file(tmp_path, f"akeneo: {{allow_http: true}}\ndelivery: {{log_patterns: ['{pattern}']}}"))
    assert settings.akeneo.allow_http
    assert settings.delivery.log_patterns == (pattern,)
    assert not ConnectorSettings().akeneo.allow_http
    assert ConnectorSettings().delivery.log_patterns == ()


def test_settings_can_not_be_changed() -> None:
    with pytest.raises(ValidationError):
        ConnectorSettings().akeneo.page_size = 3  # type: ignore[misc]


def test_the_fingerprint_follows_what_decides_records_and_nothing_else() -> None:
    plain = fingerprint(ConnectorSettings())
    assert fingerprint(ConnectorSettings.model_validate({"delivery": {"keep_archives": True}})) == plain
    assert fingerprint(ConnectorSettings.model_validate({"schedules": {"1": None}})) == plain
    assert fingerprint(ConnectorSettings.model_validate({"attributes": {"metric": "both"}})) != plain


def test_a_pattern_of_the_catalogs_header_longer_than_sfcc_takes_is_refused(tmp_path: Path) -> None:
    text = "images: {alt_pattern: %s}"
    assert load(file(tmp_path, text % ("x" * 256))).images.alt_pattern == "x" * 256
    assert complaint(tmp_path, text % ("x" * 257)) == "images.alt_pattern: has 257 characters, 256 are allowed."


@pytest.mark.parametrize(
    ("time", "shown"),
    [
        ("at night", "at night"),
        ("0 24 * * *", "0 24 * * *"),
        ("0 0 30 2 *", "0 0 30 2 *"),  # the 30th of February
        ("0 0 2 * * *", "0 0 2 * * *"),  # seconds
        ("[0 2 * * *, 61 * * * *]", "61 * * * *"),
        ("''", ""),
    ],
)
def test_what_is_no_cron_time_is_refused_with_its_key(tmp_path: Path, time: str, shown: str) -> None:
    assert complaint(tmp_path, f"schedules: {{3-1: {time}}}") == (
        f"schedules.3-1: '{shown}' is no cron time; write minute, hour, day of month, month and day of week, "
        "e.g. '30 1 * * *' for 1:30 each night."
    )


def test_a_schedule_is_a_time_a_list_of_times_or_null(tmp_path: Path) -> None:
    found = load(
        file(tmp_path, "schedules: {1: '@daily', 2: [0 1 * * *, 0 13 * * *], 3-1: null, timezone: Asia/Kolkata}")
    ).schedules
    assert (found.attributes, found.media_pricebook, found.differential) == (("@daily",), ("0 1 * * *", "0 13 * * *"), ())
    assert (found.full, found.timezone) == (("0 2 * * 0",), "Asia/Kolkata")


def test_what_is_wrong_with_schedules_is_one_sentence_each(tmp_path: Path) -> None:
    assert complaint(tmp_path, "schedules: {timezone: Europe/Pari, 3: 0 1 * * *, 1: 5}").splitlines() == [
        "schedules.timezone: 'Europe/Pari' is no time zone of the IANA database; write e.g. Europe/Paris.",
        (
            "schedules.1: '5' is no cron time; write minute, hour, day of month, month and day of week, "
            "e.g. '30 1 * * *' for 1:30 each night."
        ),
        "schedules.3 is no known key; allowed are 1, 2, 3-1, 3-2, timezone.",
    ]
