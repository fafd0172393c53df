"""Sites and preferences."""


def test_preferences_merge_one_by_one(instance, feeds):
    def preferences(inner):
        text = f"<custom-preferences><all-instances>{inner}</all-instances></custom-preferences>"
        instance.site_import({"sites/RefArch/preferences.xml": feeds.document("preferences", text)})

    preferences('<preference preference-id="a">1</preference><preference preference-id="b">2</preference>')
    preferences('<preference preference-id="b"><value>x</value></preference>')
    found = instance.exported("", "sites/RefArch/preferences.xml").findall(".//{*}preference")
    assert [feeds.plain(p) for p in found] == [
        '<preference preference-id="a">1</preference>',
        '<preference preference-id="b"><value>x</value></preference>',
    ]


def test_an_imported_site_can_be_used_by_what_comes_after_it(instance, feeds):
    site = feeds.document("site", "<name>New</name><currency>EUR</currency><taxation>gross</taxation>", 'site-id="New"')
    catalog = feeds.document(
        "catalog", '<product product-id="p"><online-flag site-id="New">true</online-flag></product>', 'catalog-id="c"'
    )
    instance.site_import({"sites/New/site.xml": site, "catalogs/c/catalog.xml": catalog})
    assert instance.problems() == []
    assert instance.exported("", "sites/New/site.xml").get("site-id") == "New"


def test_files_of_an_unknown_site_are_a_process_error(instance, feeds):
    instance.site_import({"sites/Ghost/preferences.xml": feeds.document("preferences", "")})
    assert instance.problems() == ["ERROR [sites/Ghost/preferences.xml]: site 'Ghost' does not exist"]
