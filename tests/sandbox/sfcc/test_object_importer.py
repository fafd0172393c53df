"""Import modes UPDATE, REPLACE and DELETE, which jobs with import steps use."""


def test_update_skips_what_is_missing_and_updates_what_is_there(instance):
    instance.catalog('<product product-id="p"><ean>1</ean></product>')
    instance.catalog('<product product-id="p"><brand>B</brand></product><product product-id="new"/>', "UPDATE")
    assert instance.ids("product") == ["p"]
    assert instance.product("p") == '<product product-id="p"><ean>1</ean><brand>B</brand></product>'


def test_replace_recreates_but_keeps_the_online_status_and_what_points_at_the_product(instance):
    instance.catalog(
        '<category category-id="k"><parent>root</parent></category><product product-id="a"/>'
        '<product product-id="p"><ean>1</ean><online-flag>true</online-flag><product-links>'
        '<product-link product-id="a" type="other"/></product-links></product>'
        '<category-assignment category-id="k" product-id="p"/>'
    )
    instance.catalog('<product product-id="p"><brand>B</brand></product>', "REPLACE")
    assert instance.product("p") == '<product product-id="p"><online-flag>true</online-flag><brand>B</brand></product>'
    assert len(instance.all("category-assignment")) == 1
    instance.catalog('<product mode="delete" product-id="a"/>')
    assert instance.ids("product") == ["p"]


def test_replace_leaves_objects_that_the_feed_does_not_hold(instance):
    instance.catalog('<product product-id="a"/><product product-id="b"><ean>1</ean></product>')
    instance.catalog('<product product-id="a"/>', "REPLACE")
    assert instance.product("b") == '<product product-id="b"><ean>1</ean></product>'


def test_a_replaced_master_loses_its_variants_and_they_survive_it(instance):
    instance.catalog(
        '<product product-id="v"/><product product-id="m"><variations>'
        '<variants><variant product-id="v"/></variants></variations></product>'
    )
    instance.catalog('<product product-id="m"/>', "REPLACE")
    instance.catalog('<product mode="delete" product-id="m"/>')
    assert instance.ids("product") == ["v"]


def test_the_root_category_survives_replace(instance):
    instance.catalog('<category category-id="root"><display-name>Root</display-name></category>')
    instance.catalog('<category category-id="root"><template>t</template></category>', "REPLACE")
    assert instance.category("root") == (
        '<category category-id="root"><display-name xml:lang="x-default">Root</display-name>'
        "<online-flag>true</online-flag><template>t</template></category>"
    )


def test_delete_mode_reads_only_the_ids(instance):
    instance.catalog('<product product-id="a"/><product product-id="b"/>')
    instance.catalog(
        "<header><image-settings><alt-pattern>x</alt-pattern></image-settings></header>"
        '<product product-id="a"><display-name xml:lang="pt-BR">x</display-name></product><product product-id="ghost"/>',
        "DELETE",
    )
    assert instance.ids("product") == ["b"]
    assert instance.all("header") == []
    assert instance.problems() == []


def test_mode_delete_on_an_element_overrides_the_feeds_mode(instance):
    instance.catalog('<product product-id="a"/><product product-id="b"/>')
    instance.catalog('<product mode="delete" product-id="a"/>', "UPDATE")
    instance.catalog('<product mode="delete" product-id="b"/>', "REPLACE")
    assert instance.ids("product") == []
