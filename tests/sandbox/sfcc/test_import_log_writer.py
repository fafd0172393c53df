"""What a log says: the three forms of a problem's line, true line numbers, and counts."""

import gzip
import json

import pytest

NAMES = '\n<display-name xml:lang="pt-BR">x</display-name>'
"""An error, on the line after the element's start tag."""


def product(id_, inner=""):
    return f'<product product-id="{id_}">{inner}</product>'


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ("public", "WARN [DATAERROR] [3/27] Product: p: "),
        ("help", "WARN [WARNING] [DATAERROR] Line: 4/Product p:"),
        ("assumed", "DATAERROR [product 'p' (feed.xml, line 4)]: "),
    ],
)
def test_each_form_names_the_object_and_its_line(make_instance, form, expected):
    instance = make_instance(log_wording=form)
    instance.catalog(product("first") + "\n  " + product("p", NAMES))
    message = "locale 'pt-BR' of element 'display-name' is not configured; not imported"
    assert [line for line in instance.log if "DATAERROR" in line] == [expected + message]


def test_warnings_are_worded_like_errors(make_instance):
    instance = make_instance(log_wording="public")
    instance.catalog(product("p", "<store-tax-class>t</store-tax-class><brand>B</brand>"))
    assert "WARN [DATAWARNING] [2/25] Product: p: element 'store-tax-class' is obsolete" in instance.log


def test_a_mix_takes_the_forms_in_turn_and_leaves_the_id_out_now_and_then(make_instance):
    instance = make_instance(log_wording="mix")
    instance.catalog("\n".join(product(id_, NAMES) for id_ in "abcdefg"))
    begun = [line.partition("locale")[0] for line in instance.log if "DATAERROR" in line]
    assert begun == [
        "WARN [DATAERROR] [2/25] Product: a: ",
        "WARN [WARNING] [DATAERROR] Line: 5/Product b:",
        "DATAERROR [product 'c' (feed.xml, line 7)]: ",
        "WARN [DATAERROR] [8/25] Product: d: ",
        "WARN [WARNING] [DATAERROR] Line: 11/Product:",
        "DATAERROR [product 'f' (feed.xml, line 13)]: ",
        "WARN [DATAERROR] [14/25] Product: g: ",
    ]


def test_an_element_without_id_is_named_by_its_type_alone(make_instance):
    instance = make_instance(log_wording="public")
    instance.catalog("<category-assignment/>")
    missing = "mandatory attribute category-id or product-id is missing; element skipped"
    assert f"WARN [DATAERROR] [2/23] Category Assignment: {missing}" in instance.log


def test_the_column_is_that_of_the_right_one_of_several_elements_on_a_line(make_instance):
    instance = make_instance(log_wording="public")
    rest = '<ean x="1">1</ean>'
    instance.catalog(
        f"{product('a', rest)}<product   mode='delete' product-id=\"&lt;&quot;&gt;&apos;\"/>"
        '<category-assignment category-id="k" product-id="a"/><category-assignment category-id="k" product-id="b"/>'
    )
    assert [line.partition(": ")[0] for line in instance.log if "DATAWARNING" in line] == [
        "WARN [DATAWARNING] [2/166] Category Assignment",
        "WARN [DATAWARNING] [2/219] Category Assignment",
        "WARN [DATAWARNING] [2/219] Category Assignment",
    ]


def test_the_line_of_a_start_tag_over_several_lines_is_its_last(make_instance):
    for form, expected in (("public", "[4/8] Product: p: "), ("help", "Line: 5/Product p:")):
        instance = make_instance(log_wording=form)
        instance.catalog(f'<product\n  product-id="p"\n  mode>{NAMES}</product>'.replace(" mode>", "     >"))
        assert [line for line in instance.log if expected in line], instance.log


def test_lines_are_true_beyond_the_65535_that_the_parser_keeps(make_instance):
    """There, a problem inside an object gets the line on which the object starts."""
    instance = make_instance()
    rows = ['<product product-id="bad"><store-tax-class>t</store-tax-class></product>', "\n" * 65_998]
    rows += ['<product product-id="p"/>', '<product product-id="late">', "<store-tax-class>t</store-tax-class></product>"]
    rows += ['<category-assignment category-id="k" product-id="p"/>'] * 2
    instance.catalog("\n".join(rows))
    lines = [(line.split("'")[1], line.split("line ")[1].split(")")[0]) for line in instance.problems()]
    assert lines == [("bad", "2"), ("late", "66003"), ("k/p", "66005"), ("k/p", "66006")]


def test_definitions_inside_a_type_have_true_lines_there_too(make_instance, feeds):
    instance = make_instance()
    bad = '<attribute-definition attribute-id="bad">' + NAMES + "<type>string</type></attribute-definition>"
    instance.define("\n" * 66_000 + feeds.attribute("a"), "\n" + bad)
    assert [line.partition(": ")[0] for line in instance.problems()] == [
        "DATAERROR [attribute-definition 'bad' (feed.xml, line 66003)]"
    ]


def test_the_column_is_found_in_packed_feeds_too(make_instance, feeds):
    instance = make_instance(log_wording="public")
    feed = feeds.document("catalog", product("p", NAMES), 'catalog-id="c"')
    instance.site_import({"catalogs/c/catalog.xml.gz": gzip.compress(feed.encode())})
    assert [line for line in instance.log if line.startswith("WARN [DATAERROR] [2/25] Product: p: ")]


def test_warnings_have_no_limit(instance):
    instance.catalog(product("p", "<store-tax-class>t</store-tax-class><store-force-price-flag>true</store-force-price-flag>"))
    assert len(instance.problems()) == 2
    assert "Processed 1 product elements successfully" in instance.log


def test_an_element_with_an_error_in_each_phase_has_one_error(instance):
    instance.catalog('<category category-id="k">' + NAMES + "<parent>ghost</parent></category>" + product("p"))
    assert [line.partition("]")[0] for line in instance.problems()] == ["DATAERROR [category 'k' (feed.xml, line 3)"]
    assert instance.log[-3:] == [
        "Processed 0 category elements successfully",
        "Processed 1 product elements successfully",
        "Processed 1 total elements",
    ]


def test_two_elements_of_one_id_on_one_line_are_two_elements(instance):
    (instance.settings.root / "faults.json").write_text(json.dumps({"refuse": {"product": ["p"]}}))
    instance.catalog(product("p") + product("p") + product("q"))
    assert len(instance.problems()) == 2
    assert "Processed 1 product elements successfully" in instance.log


def test_headers_count_as_their_catalog_or_library(instance, feeds):
    instance.catalog("<header/>")
    assert "Processed 1 catalog elements successfully" in instance.log
    instance.feed(feeds.document("library", "<header/>", 'library-id="l"'))
    assert "Processed 1 library elements successfully" in instance.log


def test_single_entries_can_be_replaced_and_win_over_the_form(make_instance):
    instance = make_instance(log_wording="public", wording={"data_error": "E {type}={id} {line}: {message}", "file": "F {file}"})
    instance.catalog(product("p", NAMES + "<store-tax-class>t</store-tax-class>"))
    assert [line.partition(": ")[0] for line in instance.log if line.startswith(("E ", "F ", "WARN "))] == [
        "F feed.xml",
        "E product=p 3",
        "WARN [DATAWARNING] [2/25] Product",
    ]


def test_the_command_mixes_forms_by_default_and_takes_one_or_a_file(make_server, feeds, tmp_path):
    catalog = feeds.document("catalog", "\n".join(product(id_, NAMES) for id_ in "abc"), 'catalog-id="c"')
    file = tmp_path / "wording.json"
    file.write_text(json.dumps({"data_error": "HM {id}"}))
    expected = {
        (): ["WARN [DATAERROR] [2/25]", "WARN [WARNING] [DATAERROR] Line: 5", "DATAERROR [product 'c'"],
        ("--log-wording", "public"): ["WARN [DATAERROR] [2/25]", "WARN [DATAERROR] [4/25]", "WARN [DATAERROR] [6/25]"],
        ("--log-wording-file", str(file)): ["HM a", "HM b", "HM c"],
    }
    for number, (options, begun) in enumerate(expected.items()):
        server = make_server(*options, root=tmp_path / f"server{number}")
        log = server.log(server.site_import({"catalogs/c/catalog.xml": catalog}))
        problems = [line.partition("GMT] ")[2] for line in log.splitlines() if "DATAERROR" in line or "HM" in line]
        assert all(line.startswith(start) for line, start in zip(problems, begun, strict=False)), problems
