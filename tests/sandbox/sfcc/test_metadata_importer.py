"""Attribute definitions and groups, custom types: replaced one by one, and what a changed definition does to values."""

import pytest

META = "meta/system-objecttype-extensions.xml"


def _value(id_, value, lang=""):
    return (
        '<product product-id="p"><custom-attributes>'
        f'<custom-attribute attribute-id="{id_}"{lang}>{value}</custom-attribute></custom-attributes></product>'
    )


def test_a_definition_is_replaced_as_a_whole_and_others_stay(instance, feeds):
    instance.define(feeds.attribute("a", rest="<min-length>3</min-length>"), feeds.attribute("b"))
    instance.define(feeds.attribute("a", rest="<field-length>9</field-length>"))
    definitions = instance.exported("", META).findall(".//{*}attribute-definition")
    assert [feeds.plain(d) for d in definitions] == [
        '<attribute-definition attribute-id="a"><type>string</type><field-length>9</field-length></attribute-definition>',
        '<attribute-definition attribute-id="b"><type>string</type></attribute-definition>',
    ]


def test_a_changed_type_drops_the_stored_values(instance, feeds):
    instance.define(feeds.attribute("a"), feeds.attribute("b"))
    instance.catalog(_value("a", "1") + _value("b", "2"))
    instance.define(feeds.attribute("a", "int"))
    assert instance.product("p") == (
        '<product product-id="p"><custom-attributes>'
        '<custom-attribute attribute-id="b">2</custom-attribute></custom-attributes></product>'
    )


def test_a_changed_localizable_flag_drops_the_stored_values(instance, feeds):
    instance.define(feeds.attribute("a"))
    instance.catalog(_value("a", "1"))
    instance.define(feeds.attribute("a", localizable=True))
    assert instance.product("p") == '<product product-id="p"/>'


def test_a_changed_label_keeps_the_stored_values(instance, feeds):
    instance.define(feeds.attribute("a"))
    instance.catalog(_value("a", "1"))
    instance.define(
        '<attribute-definition attribute-id="a"><display-name>New</display-name><type>string</type></attribute-definition>'
    )
    assert ">1</custom-attribute>" in instance.product("p")


def test_an_attribute_can_not_be_localizable_and_site_specific(instance, feeds):
    instance.define(feeds.attribute("a", localizable=True, site_specific=True))
    assert instance.problems()[0].startswith("DATAERROR [attribute-definition 'a'")
    assert META not in instance.export()


def test_site_specific_on_a_type_that_forbids_it_is_a_warning_and_false(instance, feeds):
    instance.define(feeds.attribute("a", site_specific=True), type_id="Category")
    assert instance.problems()[0].startswith("DATAWARNING [attribute-definition 'a'")
    assert instance.exported(".//{*}site-specific-flag", META).text == "false"


@pytest.mark.parametrize("type_id", ["BonusDiscountLineItem", "CustomerAddress", "OrderItem", "TrackingInfo", "TrackingRef"])
def test_system_types_that_are_not_modelled_are_kept_and_noted_once(instance, feeds, type_id):
    """SFRA's own metadata extends these."""
    instance.define(feeds.attribute("a"), feeds.attribute("b"), type_id=type_id)
    assert instance.problems() == []
    note = f"Note [feed.xml]: object type '{type_id}' is not modelled by this instance; its definitions are kept"
    assert instance.log.count(note) == 1
    assert instance.exported("{*}type-extension", META).get("type-id") == type_id
    assert "Processed 2 attribute-definition elements successfully" in instance.log


def test_a_group_is_replaced_as_a_whole(instance, feeds):
    def group(*ids):
        inner = "".join(f'<attribute attribute-id="{i}"/>' for i in ids)
        return feeds.document(
            "metadata",
            '<type-extension type-id="Product"><group-definitions>'
            f'<attribute-group group-id="g">{inner}<attribute attribute-id="name" system="true"/>'
            "</attribute-group></group-definitions></type-extension>",
        )

    instance.define(feeds.attribute("a"), feeds.attribute("b"))
    instance.feed(group("a", "b"))
    instance.feed(group("b", "ghost"))
    assert [a.get("attribute-id") for a in instance.exported("", META).findall(".//{*}attribute")] == ["b", "name"]
    assert instance.problems()[0].startswith("DATAWARNING [attribute-group 'g'")


def test_definitions_and_groups_of_one_file_resolve_whatever_they_stand_in(instance, feeds):
    instance.feed(
        feeds.document(
            "metadata",
            '<type-extension type-id="Product">'
            f"<custom-attribute-definitions>{feeds.attribute('a')}</custom-attribute-definitions>"
            '<group-definitions><attribute-group group-id="g"><attribute attribute-id="a"/>'
            "</attribute-group></group-definitions></type-extension>",
        )
    )
    assert instance.problems() == []


def test_an_unknown_locale_in_a_definition_is_an_error_and_left_out(instance):
    instance.define(
        '<attribute-definition attribute-id="a"><display-name xml:lang="pt-BR">x</display-name>'
        "<type>string</type></attribute-definition>"
    )
    assert instance.problems()[0].startswith("DATAERROR [attribute-definition 'a'")
    assert instance.exported(".//{*}display-name", META) is None
    assert instance.exported(".//{*}type", META).text == "string"


def test_system_attributes_can_be_extended(instance, feeds):
    inner = (
        '<type-extension type-id="Product"><system-attribute-definitions>'
        '<attribute-definition attribute-id="name"><display-name>Name</display-name>'
        "</attribute-definition></system-attribute-definitions></type-extension>"
    )
    instance.feed(feeds.document("metadata", inner))
    assert instance.exported(".//{*}system-attribute-definitions", META) is not None
