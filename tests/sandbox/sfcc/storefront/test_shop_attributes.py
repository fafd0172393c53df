"""Which attributes a product's page lists."""

from sandbox.sfcc.storefront.shop_attributes import attribute_groups
from sandbox.sfcc.storefront.shop_products import find_product

VISIBLE = "<visible-flag>true</visible-flag>"


def shown(shop, id_):
    return {group.name: {a.name: a.texts for a in group.attributes} for group in attribute_groups(find_product(shop, id_))}


def group(id_, *attributes, name=""):
    listed = "".join(
        f'<attribute attribute-id="{a}"{" system=" + chr(34) + "true" + chr(34) if a == "brand" else ""}/>' for a in attributes
    )
    return f'<attribute-group group-id="{id_}">{f"<display-name>{name}</display-name>" if name else ""}{listed}</attribute-group>'


def test_groups_list_visible_attributes_that_have_values_as_people_read_them(instance, feeds, shop):
    names = "<value-definitions><value-definition><display>Wool</display><value>w</value></value-definition></value-definitions>"
    definitions = [
        feeds.attribute("fabric", "enum-of-string", VISIBLE + names),
        feeds.attribute("warm", "boolean", VISIBLE),
        feeds.attribute("weight", "double", f"{VISIBLE}<unit>kg</unit>"),
        feeds.attribute("tags", "set-of-string", VISIBLE),
        feeds.attribute("story", "html", VISIBLE),
        feeds.attribute("empty", "string", VISIBLE),
        feeds.attribute("secret", "string", "<visible-flag>false</visible-flag>"),
    ]
    groups = group("facts", "fabric", "warm", "weight", "tags", "story", "empty", "secret", "brand", name="Facts") + group(
        "none", "secret"
    )
    inner = (
        f"<custom-attribute-definitions>{''.join(definitions)}</custom-attribute-definitions>"
        f"<group-definitions>{groups}</group-definitions>"
    )
    instance.feed(feeds.document("metadata", f'<type-extension type-id="Product">{inner}</type-extension>'))
    assert instance.problems() == []
    values = {
        "fabric": "w",
        "warm": "true",
        "weight": "1.5",
        "story": "&lt;p&gt;Old.&lt;/p&gt;&lt;p&gt;Good.&lt;/p&gt;",
        "secret": "x",
    }
    attributes = "".join(f'<custom-attribute attribute-id="{k}">{v}</custom-attribute>' for k, v in values.items())
    attributes += '<custom-attribute attribute-id="tags"><value>a</value><value>b</value></custom-attribute>'
    instance.catalog(
        f'<product product-id="p"><brand>Hearth</brand><custom-attributes>{attributes}</custom-attributes></product>'
    )
    assert shown(shop(), "p") == {
        "Facts": {
            "fabric": ["Wool"],
            "warm": ["Yes"],
            "weight": ["1.5 kg"],
            "tags": ["a", "b"],
            "story": ["Old. Good."],
            "brand": ["Hearth"],
        }
    }


def test_a_classification_category_adds_its_groups_and_those_above_it_and_a_variant_has_its_masters(jackets, xml, feeds, shop):
    jackets.define(
        *(feeds.attribute(id_) for id_ in ("color", "size")),
        feeds.attribute("care", "string", VISIBLE),
        feeds.attribute("cut", "string", VISIBLE),
    )
    jackets.catalog(
        xml.category("clothes", rest=f"<attribute-groups>{group('all', 'care')}</attribute-groups>")
        + xml.category("coats", "clothes", rest=f"<attribute-groups>{group('coats', 'cut')}</attribute-groups>")
        + '<product product-id="jacket"><custom-attributes><custom-attribute attribute-id="care">wash</custom-attribute>'
        '<custom-attribute attribute-id="cut">wide</custom-attribute></custom-attributes>'
        "<classification-category>coats</classification-category></product>"
    )
    assert jackets.problems() == []
    expected = {"all": {"care": ["wash"]}, "coats": {"cut": ["wide"]}}
    assert shown(shop(), "jacket") == expected
    assert shown(shop(), "red-s") == expected
