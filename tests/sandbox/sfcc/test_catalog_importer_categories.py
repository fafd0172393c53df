"""Categories, their assignments and links, recommendations, the catalog itself."""

import pytest


def category(id_, parent="root", rest=""):
    given = f"<parent>{parent}</parent>" if parent else ""
    return f'<category category-id="{id_}">{given}{rest}</category>'


def test_a_new_catalog_has_a_root_and_a_new_category_is_offline(instance):
    instance.catalog(category("k"))
    assert instance.ids("category") == ["k", "root"]
    assert instance.category("k") == '<category category-id="k"><online-flag>false</online-flag><parent>root</parent></category>'
    assert instance.problems() == []


def test_a_category_without_parent_goes_under_root_with_a_warning(instance):
    instance.catalog(category("k", parent=None))
    assert instance.problems() == [
        "DATAWARNING [category 'k' (feed.xml, line 2)]: no parent given; the category goes under 'root'"
    ]
    assert "<parent>root</parent>" in instance.category("k")


@pytest.mark.parametrize("mode", ["MERGE", "UPDATE", "REPLACE"])
def test_a_known_category_without_parent_goes_under_root_with_a_warning_too(instance, mode):
    instance.catalog(category("a") + category("b", "a"))
    instance.catalog(category("b", None, "<online-flag>true</online-flag>"), mode)
    assert instance.problems() == [
        "DATAWARNING [category 'b' (feed.xml, line 2)]: no parent given; the category goes under 'root'"
    ]
    assert "<parent>root</parent>" in instance.category("b")


def test_the_root_category_needs_no_parent(instance):
    instance.catalog(category("root", None, "<template>t</template>"))
    assert instance.problems() == []


def test_parents_resolve_in_any_order_inside_a_file(instance):
    instance.catalog(category("b", "a") + category("a"))
    assert instance.problems() == []
    assert "<parent>a</parent>" in instance.category("b")


def test_an_unknown_parent_is_an_error_and_the_category_stays_where_it_was(instance):
    instance.catalog(category("a") + category("b", "a") + category("new", "ghost"))
    assert "<parent>root</parent>" in instance.category("new")
    instance.catalog(category("b", "ghost"))
    assert instance.problems() == [
        "DATAERROR [category 'b' (feed.xml, line 2)]: parent category 'ghost' does not exist; not imported"
    ]
    assert "<parent>a</parent>" in instance.category("b")


def test_a_category_can_not_lie_below_itself(instance):
    instance.catalog(category("a") + category("b", "a"))
    instance.catalog(category("a", "b"))
    assert instance.problems()[0].startswith("DATAERROR [category 'a'")
    assert "<parent>root</parent>" in instance.category("a")


def test_more_subcategories_than_the_quota_are_an_error(instance):
    instance.catalog("".join(category(f"k{i}") for i in range(1000)))
    assert instance.problems() == []
    instance.catalog(category("one-more"))
    assert instance.problems()[0].startswith("DATAERROR [category 'one-more'")


def test_more_category_links_than_the_quota_are_an_error(instance):
    links = "".join(f'<category-link category-id="k{i}" type="other"/>' for i in range(51))
    instance.catalog(
        "".join(category(f"k{i}") for i in range(51)) + category("a", rest=f"<category-links>{links}</category-links>")
    )
    assert instance.problems()[0].startswith("DATAERROR [category 'a'")
    assert "category-link" not in instance.category("a")


def test_dates_are_cleared_with_nil(instance):
    instance.catalog(category("k", rest="").replace("<parent>", "<online-from>2026-01-01T00:00:00Z</online-from><parent>"))
    instance.catalog('<category category-id="k"><online-from xsi:nil="true"/></category>')
    assert "online-from" not in instance.category("k")


def test_a_deleted_category_takes_subcategories_assignments_and_links_along_and_leaves_products(instance):
    instance.catalog(
        category("a")
        + category("b", "a")
        + category("other", rest='<category-links><category-link category-id="b" type="other"/></category-links>')
        + '<product product-id="p"><classification-category>b</classification-category></product>'
        + '<category-assignment category-id="b" product-id="p"/><category-assignment category-id="other" product-id="p"/>'
        + '<recommendation source-id="a" source-type="category" target-id="p" target-type="product" type="1"/>'
    )
    instance.catalog('<category mode="delete" category-id="a"/>')
    assert instance.ids("category") == ["other", "root"]
    assert instance.product("p") == '<product product-id="p"/>'
    assert [a.get("category-id") for a in instance.all("category-assignment")] == ["other"]
    assert instance.all("recommendation") == []
    assert "category-link" not in instance.category("other")


@pytest.mark.parametrize("mode", ["MERGE", "DELETE"])
def test_the_root_category_survives_deletion(instance, mode):
    instance.catalog(category("a"))
    instance.catalog('<category category-id="root"' + (' mode="delete"/>' if mode == "MERGE" else "/>"), mode)
    assert instance.ids("category") == ["a", "root"]


def test_list_elements_of_categories_are_replaced_as_a_whole(instance):
    def groups(*ids):
        return "<attribute-groups>" + "".join(f'<attribute-group group-id="{i}"/>' for i in ids) + "</attribute-groups>"

    instance.catalog(category("k", rest=groups("a", "b")))
    instance.catalog(category("k", rest=groups("c")))
    assert instance.category("k").count("<attribute-group ") == 1


def _assignment(category_, product, rest=""):
    return f'<category-assignment category-id="{category_}" product-id="{product}">{rest}</category-assignment>'


def test_assignments_merge_their_fields_and_are_deleted_by_mode(instance):
    instance.catalog(category("k") + '<product product-id="p"/>' + _assignment("k", "p", "<position>top</position>"))
    instance.catalog(_assignment("k", "p", "<primary-flag>true</primary-flag>"))
    (one,) = instance.all("category-assignment")
    assert [(c.tag.rpartition("}")[2], c.text) for c in one] == [("position", "top"), ("primary-flag", "true")]
    instance.catalog('<category-assignment mode="delete" category-id="k" product-id="p"/>')
    assert instance.all("category-assignment") == []


def test_an_assignment_to_nothing_is_a_warning_and_dropped(instance):
    instance.catalog(category("k") + '<product product-id="p"/>' + _assignment("k", "ghost") + _assignment("ghost", "p"))
    assert [p.rpartition("]: ")[2] for p in instance.problems()] == [
        "product 'ghost' does not exist; not imported",
        "category 'ghost' does not exist; not imported",
    ]
    assert instance.problems()[0].startswith("DATAWARNING [category-assignment 'k/ghost'")
    assert instance.all("category-assignment") == []


def test_file_order_is_the_order_of_automatic_positions(instance):
    auto = "<position>auto</position>"
    instance.catalog(
        category("k") + "".join(f'<product product-id="{p}"/>' for p in "abc") + "".join(_assignment("k", p, auto) for p in "abc")
    )
    instance.catalog("".join(_assignment("k", p, auto) for p in "cab"))
    assert [a.get("product-id") for a in instance.all("category-assignment")] == ["c", "a", "b"]


def test_an_assignment_without_ids_is_an_error(instance):
    instance.catalog("<category-assignment/>")
    assert instance.problems() == [
        (
            "DATAERROR [category-assignment '' (feed.xml, line 2)]: mandatory "
            "attribute category-id or product-id is missing; element skipped"
        )
    ]


def _recommendation(type_, target="b", rest=""):
    return (
        f'<recommendation source-id="a" source-type="product" target-id="{target}" target-type="product" type="{type_}"{rest}/>'
    )


def test_recommendation_types_are_positive_integers_or_legacy_names(instance):
    instance.catalog(
        '<product product-id="a"/><product product-id="b"/>'
        + "".join(map(_recommendation, ("up-sell", "77", "0", "-1", "related")))
    )
    assert [r.get("type") for r in instance.all("recommendation")] == ["2", "77"]
    assert [p.partition(" ")[0] for p in instance.problems()] == ["DATAERROR"] * 3


def test_recommendations_are_deleted_by_their_whole_key(instance):
    instance.catalog('<product product-id="a"/><product product-id="b"/>' + _recommendation("1") + _recommendation("2"))
    instance.catalog(_recommendation("1", rest=' mode="delete"'))
    assert [r.get("type") for r in instance.all("recommendation")] == ["2"]


def test_a_replaced_recommendation_goes_to_the_end_of_its_list(instance):
    instance.catalog("".join(f'<product product-id="{p}"/>' for p in "abcd") + "".join(_recommendation("1", t) for t in "bcd"))
    instance.catalog(_recommendation("1", "b"))
    assert [r.get("target-id") for r in instance.all("recommendation")] == ["b", "c", "d"]
    instance.catalog(_recommendation("1", "b"), "REPLACE")
    assert [r.get("target-id") for r in instance.all("recommendation")] == ["c", "d", "b"]


def test_catalog_attribute_definitions_need_the_pipelet_and_are_an_error_here(instance):
    instance.catalog(
        '<product-attribute-definitions><attribute-definition attribute-id="x">'
        "<type>string</type></attribute-definition></product-attribute-definitions>"
    )
    assert instance.problems()[0].startswith("DATAERROR [product-attribute-definitions 'c'")


def test_the_catalog_header_is_merged(instance):
    settings = '<image-settings><internal-location base-path="/images"/></image-settings>'
    instance.catalog(f"<header>{settings}</header>")
    instance.catalog("<header/>")
    (header,) = instance.all("header")
    assert header[0][0].get("base-path") == "/images"


def test_the_log_has_phases_and_counts(instance):
    instance.catalog(category("k") + '<product product-id="p"/><product product-id="q"/>' + _assignment("k", "p"))
    assert instance.log == [
        "Importing file 'feed.xml'",
        "Phase 1 - Items",
        "Phase 2 - Relations",
        "Processed 1 category elements successfully",
        "Processed 2 product elements successfully",
        "Processed 1 category-assignment elements successfully",
        "Processed 4 total elements",
    ]
