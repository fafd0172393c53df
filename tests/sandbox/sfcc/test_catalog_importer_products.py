"""Products: MERGE, clearing, locales and sites, custom attributes, images, relations, deletion."""

import pytest


def test_a_product_is_created_with_sfccs_defaults(instance, feeds):
    instance.catalog('<product product-id="p"/>')
    (product,) = instance.all("product")
    assert feeds.plain(product) == (
        '<product product-id="p"><min-order-quantity>1</min-order-quantity><step-quantity>1</step-quantity>'
        "<online-flag>false</online-flag><available-flag>true</available-flag><searchable-flag>true</searchable-flag></product>"
    )
    assert instance.problems() == []


def test_merge_updates_given_fields_and_keeps_the_others(instance):
    instance.catalog('<product product-id="p"><ean>1</ean><display-name>Default</display-name><brand>Old</brand></product>')
    instance.catalog('<product product-id="p"><display-name xml:lang="fr-FR">Nom</display-name><brand>New</brand></product>')
    assert instance.product("p") == (
        '<product product-id="p"><ean>1</ean><display-name xml:lang="x-default">Default</display-name>'
        '<display-name xml:lang="fr-FR">Nom</display-name><brand>New</brand></product>'
    )


def test_empty_elements_clear_what_they_name_and_nothing_else(instance, feeds):
    instance.define(feeds.attribute("note", localizable=True))
    instance.catalog(
        '<product product-id="p"><ean>1</ean><display-name xml:lang="x-default">N</display-name>'
        '<display-name xml:lang="fr-FR">F</display-name>'
        '<page-attributes><page-title xml:lang="x-default">T</page-title>'
        '<page-url xml:lang="x-default">U</page-url></page-attributes>'
        '<custom-attributes><custom-attribute attribute-id="note">n</custom-attribute>'
        '<custom-attribute attribute-id="note" xml:lang="fr-FR">nf</custom-attribute></custom-attributes></product>'
    )
    instance.catalog(
        '<product product-id="p"><ean/><display-name xml:lang="fr-FR"/>'
        '<page-attributes><page-title xml:lang="x-default"/></page-attributes>'
        '<custom-attributes><custom-attribute attribute-id="note" xml:lang="fr-FR"/></custom-attributes></product>'
    )
    assert instance.product("p") == (
        '<product product-id="p"><display-name xml:lang="x-default">N</display-name>'
        '<page-attributes><page-url xml:lang="x-default">U</page-url></page-attributes>'
        '<custom-attributes><custom-attribute attribute-id="note">n</custom-attribute></custom-attributes></product>'
    )


def test_nil_clears_dates_ranks_and_sitemap_values_also_of_one_site(instance):
    instance.catalog(
        '<product product-id="p"><online-from>2026-01-01T00:00:00Z</online-from>'
        '<online-from site-id="RefArch">2026-02-01T00:00:00Z</online-from>'
        "<search-rank>3</search-rank><sitemap-priority>0.5</sitemap-priority></product>"
    )
    instance.catalog('<product product-id="p"><online-from xsi:nil="true"/><search-rank xsi:nil="true"/></product>')
    assert instance.product("p") == (
        '<product product-id="p"><online-from site-id="RefArch">2026-02-01T00:00:00Z</online-from>'
        "<sitemap-priority>0.5</sitemap-priority></product>"
    )
    instance.catalog('<product product-id="p"><online-from site-id="RefArch" xsi:nil="true"/></product>')
    assert instance.product("p") == '<product product-id="p"><sitemap-priority>0.5</sitemap-priority></product>'


def test_an_unknown_locale_is_an_error_and_only_its_element_is_left_out(instance):
    instance.catalog('<product product-id="p">\n<display-name xml:lang="pt-BR">Nome</display-name><brand>B</brand></product>')
    assert instance.product("p") == '<product product-id="p"><brand>B</brand></product>'
    assert instance.problems() == [
        "DATAERROR [product 'p' (feed.xml, line 3)]: locale 'pt-BR' of element 'display-name' is not configured; not imported"
    ]
    assert "Processed 0 product elements successfully" in instance.log
    assert "Processed 0 total elements" in instance.log


def test_a_product_with_several_errors_has_one_in_the_log_and_is_not_counted(instance):
    names = '\n<display-name xml:lang="pt-BR">Nome</display-name>\n<short-description xml:lang="pt-BR">x</short-description>'
    instance.catalog(f'<product product-id="p">{names}</product>\n<product product-id="q"/>')
    assert [line.split("]")[0] for line in instance.problems()] == [
        "DATAERROR [product 'p' (feed.xml, line 3)",
    ]
    assert "Processed 1 product elements successfully" in instance.log
    assert "Processed 1 total elements" in instance.log


def test_an_unknown_locale_inside_a_list_element_leaves_out_that_one(instance):
    instance.catalog(
        '<product product-id="p"><images><image-group view-type="large"><image path="a.jpg">'
        '<alt xml:lang="pt-BR">x</alt><alt xml:lang="fr">y</alt></image></image-group></images></product>'
    )
    assert instance.product("p") == (
        '<product product-id="p"><images><image-group view-type="large"><image path="a.jpg"><alt xml:lang="fr">y</alt></image>'
        "</image-group></images></product>"
    )
    assert len(instance.problems()) == 1


def test_an_unknown_site_is_an_error_and_only_its_element_is_left_out(instance):
    instance.catalog('<product product-id="p"><online-flag site-id="Nowhere">true</online-flag><brand>B</brand></product>')
    assert instance.product("p") == '<product product-id="p"><brand>B</brand></product>'
    assert "site 'Nowhere'" in instance.problems()[0]


def test_site_specific_values_merge_by_site(instance):
    instance.catalog(
        '<product product-id="p"><online-flag>true</online-flag><online-flag site-id="RefArch">false</online-flag></product>'
    )
    instance.catalog('<product product-id="p"><online-flag site-id="RefArchGlobal">true</online-flag></product>')
    product = instance.all("product")[0]
    assert [(o.get("site-id"), o.text) for o in product.findall("{*}online-flag")] == [
        (None, "true"),
        ("RefArch", "false"),
        ("RefArchGlobal", "true"),
    ]


def test_an_undefined_custom_attribute_is_a_warning_and_ignored(instance):
    instance.catalog(
        '<product product-id="p"><custom-attributes>'
        '<custom-attribute attribute-id="x">1</custom-attribute></custom-attributes></product>'
    )
    assert instance.product("p") == '<product product-id="p"/>'
    assert instance.problems() == [
        "DATAWARNING [product 'p' (feed.xml, line 2)]: custom attribute 'x' is not defined and is ignored"
    ]
    assert "Processed 1 product elements successfully" in instance.log


@pytest.mark.parametrize(
    ("type_", "good", "bad"),
    [
        ("int", "-12", "1.5"),
        ("double", "1.5e3", "1,5"),
        ("boolean", "true", "yes"),
        ("date", "2026-01-31", "31.01.2026"),
        ("datetime", "2026-01-31T10:00:00.000Z", "2026-01-31"),
        ("enum-of-int", "1", "one"),
    ],
)
def test_a_value_of_the_wrong_form_is_a_warning_and_not_written(instance, feeds, type_, good, bad):
    instance.define(feeds.attribute("a", type_, feeds.enum("1") if type_.startswith("enum") else ""))
    instance.catalog(
        '<product product-id="p"><custom-attributes>'
        f'<custom-attribute attribute-id="a">{good}</custom-attribute></custom-attributes></product>'
    )
    assert instance.problems() == []
    instance.catalog(
        '<product product-id="p"><custom-attributes>'
        f'<custom-attribute attribute-id="a">{bad}</custom-attribute></custom-attributes></product>'
    )
    assert f">{good}</custom-attribute>" in instance.product("p")
    assert [p.partition(" ")[0] for p in instance.problems()] == ["DATAWARNING"]


def test_an_undefined_enum_value_is_a_warning_and_not_written(instance, feeds):
    instance.define(feeds.attribute("color", "enum-of-string", feeds.enum("red", "blue")))
    instance.catalog(
        '<product product-id="p"><custom-attributes>'
        '<custom-attribute attribute-id="color">green</custom-attribute></custom-attributes></product>'
    )
    assert instance.product("p") == '<product product-id="p"/>'
    assert instance.problems()[0].startswith("DATAWARNING [product 'p'")


def test_a_multi_value_attribute_is_replaced_as_a_set(instance, feeds):
    instance.define(feeds.attribute("tags", "set-of-string"))
    for values in ("<value>a</value><value>b</value>", "<value>c</value>"):
        instance.catalog(
            '<product product-id="p"><custom-attributes>'
            f'<custom-attribute attribute-id="tags">{values}</custom-attribute></custom-attributes></product>'
        )
    assert '<custom-attribute attribute-id="tags"><value>c</value></custom-attribute>' in instance.product("p")


def test_a_set_over_the_quota_is_an_error_that_names_the_product(instance, feeds):
    instance.define(feeds.attribute("tags", "set-of-string"))
    for count, expected in ((200, []), (201, ["DATAERROR"])):
        values = "".join(f"<value>{i}</value>" for i in range(count))
        instance.catalog(
            '<product product-id="p"><custom-attributes>'
            f'<custom-attribute attribute-id="tags">{values}</custom-attribute></custom-attributes></product>'
        )
        assert [p.partition(" ")[0] for p in instance.problems()] == expected
    assert instance.product("p").count("<value>") == 200


def test_a_value_for_a_locale_needs_a_localizable_attribute(instance, feeds):
    instance.define(feeds.attribute("note"))
    instance.catalog(
        '<product product-id="p"><custom-attributes>'
        '<custom-attribute attribute-id="note" xml:lang="fr">x</custom-attribute></custom-attributes></product>'
    )
    assert instance.product("p") == '<product product-id="p"/>'
    assert "not localizable" in instance.problems()[0]


def test_custom_attributes_merge_by_attribute_and_site(instance, feeds):
    instance.define(feeds.attribute("note", site_specific=True), feeds.attribute("other"))
    instance.catalog(
        '<product product-id="p"><custom-attributes><custom-attribute attribute-id="note">d</custom-attribute>'
        '<custom-attribute attribute-id="other">o</custom-attribute></custom-attributes></product>'
    )
    instance.catalog(
        '<product product-id="p"><custom-attributes>'
        '<custom-attribute attribute-id="note" site-id="RefArch">s</custom-attribute></custom-attributes></product>'
    )
    assert instance.product("p") == (
        '<product product-id="p"><custom-attributes><custom-attribute attribute-id="note">d</custom-attribute>'
        '<custom-attribute attribute-id="note" site-id="RefArch">s</custom-attribute>'
        '<custom-attribute attribute-id="other">o</custom-attribute></custom-attributes></product>'
    )


def _images(mode, *groups):
    inner = "".join(f'<image-group view-type="{view}"><image path="{path}"/></image-group>' for view, path in groups)
    return f'<product product-id="p"><images{mode}>{inner}</images></product>'


def test_images_merge_by_default_so_that_old_groups_linger(instance):
    instance.catalog(_images("", ("large", "a.jpg"), ("small", "b.jpg")))
    instance.catalog(_images("", ("large", "c.jpg"), ("medium", "d.jpg")))
    groups = [(g.get("view-type"), g[0].get("path")) for g in instance.all("product")[0].iterfind(".//{*}image-group")]
    assert groups == [("large", "c.jpg"), ("small", "b.jpg"), ("medium", "d.jpg")]


def test_images_are_replaced_and_emptied_with_merge_mode_replace(instance):
    instance.catalog(_images("", ("large", "a.jpg"), ("small", "b.jpg")))
    instance.catalog(_images(' merge-mode="replace"', ("large", "c.jpg")))
    assert [g.get("view-type") for g in instance.all("product")[0].iterfind(".//{*}image-group")] == ["large"]
    instance.catalog('<product product-id="p"><images/></product>')
    assert "<images>" in instance.product("p")
    instance.catalog('<product product-id="p"><images merge-mode="replace"/></product>')
    assert instance.product("p") == '<product product-id="p"/>'


def test_image_groups_of_different_variations_are_different_groups(instance):
    def group(color, path):
        return (
            f'<image-group view-type="large"><variation attribute-id="color" value="{color}"/>'
            f'<image path="{path}"/></image-group>'
        )

    instance.catalog(f'<product product-id="p"><images>{group("red", "r.jpg")}{group("blue", "b.jpg")}</images></product>')
    instance.catalog(f'<product product-id="p"><images>{group("red", "r2.jpg")}</images></product>')
    assert [i.get("path") for i in instance.all("product")[0].iterfind(".//{*}image")] == ["r2.jpg", "b.jpg"]


def _links(*targets):
    inner = "".join(f'<product-link product-id="{t}" type="cross-sell"/>' for t in targets)
    return f'<product product-id="p"><product-links>{inner}</product-links></product>'


def test_a_list_element_replaces_the_stored_list_and_an_absent_one_keeps_it(instance):
    instance.catalog('<product product-id="a"/><product product-id="b"/><product product-id="d"/>' + _links("a", "b"))
    instance.catalog(_links("d"))
    instance.catalog('<product product-id="p"><brand>B</brand></product>')
    assert [link.get("product-id") for link in instance.all("product")[3].iterfind(".//{*}product-link")] == ["d"]
    instance.catalog(_links())
    assert instance.product("p") == '<product product-id="p"><brand>B</brand></product>'


def test_relations_resolve_in_any_order_inside_a_file(instance):
    instance.catalog(_links("later") + '<product product-id="later"/>')
    assert instance.problems() == []
    assert 'product-link product-id="later"' in instance.product("p")


def test_a_relation_to_nothing_is_a_warning_and_dropped(instance):
    instance.catalog('<product product-id="a"/>' + _links("a", "ghost"))
    assert instance.product("p") == (
        '<product product-id="p"><product-links><product-link product-id="a" type="cross-sell"/></product-links></product>'
    )
    assert instance.problems() == [
        "DATAWARNING [product 'p' (feed.xml, line 2)]: product-link: product 'ghost' does not exist; relation dropped"
    ]


_BUNDLE = '<bundled-products><bundled-product product-id="a"><quantity>2</quantity></bundled-product></bundled-products>'
_SET = '<product-set-products><product-set-product product-id="a"/></product-set-products>'


def test_bundle_set_and_variations_exclude_each_other(instance):
    instance.catalog(f'<product product-id="a"/><product product-id="p">{_BUNDLE}</product>')
    instance.catalog(f'<product product-id="p">{_SET}</product>')
    assert instance.product("p") == f'<product product-id="p">{_BUNDLE}</product>'
    assert instance.problems()[0].startswith("DATAERROR [product 'p'")
    instance.catalog(f'<product product-id="p"><bundled-products/>{_SET}</product>')
    assert instance.product("p") == f'<product product-id="p">{_SET}</product>'
    assert instance.problems() == []


def test_an_unknown_classification_category_is_a_warning_and_none_is_set(instance):
    instance.catalog(
        '<category category-id="k"><parent>root</parent></category><product product-id="p">'
        "<classification-category>k</classification-category></product>"
    )
    assert "<classification-category>k</classification-category>" in instance.product("p")
    instance.catalog('<product product-id="p"><classification-category>ghost</classification-category></product>')
    assert instance.product("p") == '<product product-id="p"/>'
    assert instance.problems()[0].startswith("DATAWARNING [product 'p'")


def test_options_may_be_shared_or_inline(instance):
    instance.catalog(
        '<product product-id="p"><options><option option-id="o">'
        '<display-name>O</display-name></option><shared-option option-id="s"/>'
        '<shared-option option-id="ghost"/></options></product>'
        '<product-option option-id="s"><display-name>S</display-name></product-option>'
    )
    assert instance.product("p") == (
        '<product product-id="p"><options><option option-id="o"><display-name>O</display-name></option>'
        '<shared-option option-id="s"/></options></product>'
    )
    assert "shared-option 'ghost'" in instance.problems()[0]
    instance.catalog('<product-option mode="delete" option-id="s"/>')
    assert "shared-option" not in instance.product("p")


def test_an_obsolete_element_is_a_warning(instance):
    instance.catalog('<product product-id="p"><store-tax-class>t</store-tax-class></product>')
    assert instance.problems() == ["DATAWARNING [product 'p' (feed.xml, line 2)]: element 'store-tax-class' is obsolete"]


def test_a_missing_product_id_is_one_error_and_the_element_is_skipped(instance):
    instance.catalog('<product><display-name xml:lang="pt-BR">x</display-name></product><product product-id="p"/>')
    assert instance.problems() == [
        "DATAERROR [product '' (feed.xml, line 2)]: mandatory attribute product-id is missing; element skipped"
    ]
    assert instance.ids("product") == ["p"]


def test_a_product_of_another_catalog_is_refused(instance):
    instance.catalog('<product product-id="p"><brand>B</brand></product>')
    instance.catalog('<product product-id="p"><brand>X</brand></product>', id_="other")
    assert instance.problems()[0].startswith("DATAERROR [product 'p'")
    assert "<brand>B</brand>" in instance.product("p")


def test_a_deleted_product_takes_its_assignments_recommendations_and_links_along(instance):
    instance.catalog(
        '<category category-id="k"><parent>root</parent></category><product product-id="a"/>'
        + _links("a")
        + '<category-assignment category-id="k" product-id="a"/><category-assignment category-id="k" product-id="p"/>'
        '<recommendation source-id="p" source-type="product" target-id="a" target-type="product" type="1"/>'
    )
    instance.catalog('<product mode="delete" product-id="a"/>')
    assert instance.ids("product") == ["p"]
    assert instance.product("p") == '<product product-id="p"/>'
    assert [a.get("product-id") for a in instance.all("category-assignment")] == ["p"]
    assert instance.all("recommendation") == []


def test_a_deleted_bundle_leaves_its_members(instance):
    instance.catalog(f'<product product-id="a"/><product product-id="p">{_BUNDLE}</product>')
    instance.catalog('<product mode="delete" product-id="p"/>')
    assert instance.ids("product") == ["a"]


def test_a_deleted_product_leaves_the_bundles_and_sets_of_which_it_was_a_member(instance):
    other = '<bundled-products><bundled-product product-id="b"><quantity>1</quantity></bundled-product>'
    bundle = _BUNDLE.replace("<bundled-products>", other)
    instance.catalog(
        f'<product product-id="a"/><product product-id="b"/><product product-id="p">{bundle}</product>'
        f'<product product-id="q">{_SET}</product>'
    )
    instance.catalog('<product mode="delete" product-id="a"/>')
    assert instance.product("p") == (
        '<product product-id="p"><bundled-products><bundled-product product-id="b"><quantity>1</quantity></bundled-product>'
        "</bundled-products></product>"
    )
    assert instance.product("q") == '<product product-id="q"/>'


def test_a_deleted_product_leaves_the_assignments_of_other_catalogs_too(instance):
    instance.catalog('<product product-id="p"/>')
    storefront = '<category category-id="k"><parent>root</parent></category><category-assignment category-id="k" product-id="p"/>'
    instance.catalog(storefront, id_="storefront")
    assert len(instance.all("category-assignment", "catalogs/storefront/catalog.xml")) == 1
    instance.catalog('<product mode="delete" product-id="p"/>')
    assert instance.all("category-assignment", "catalogs/storefront/catalog.xml") == []


def test_deleting_what_is_not_there_does_nothing(instance):
    instance.catalog('<product mode="delete" product-id="ghost"/>')
    assert instance.problems() == []
    assert instance.ids("product") == []
