"""Libraries: folders, content, a site's private library."""

import pytest


@pytest.fixture
def library(instance, feeds):
    def load(inner):
        instance.feed(feeds.document("library", inner, 'library-id="lib"'))

    return load


LIBRARY = "libraries/lib/library.xml"


def test_content_hangs_in_folders_and_unknown_folders_are_dropped(instance, library):
    library(
        '<folder folder-id="b"><parent>a</parent></folder><folder folder-id="a"><parent>root</parent></folder>'
        '<content content-id="c"><online-flag>true</online-flag><folder-links>'
        '<classification-link folder-id="b"/><folder-link folder-id="ghost"/></folder-links></content>'
    )
    assert [f.get("folder-id") for f in instance.all("folder", LIBRARY)] == ["a", "b", "root"]
    (content,) = instance.all("content", LIBRARY)
    assert [link.get("folder-id") for link in content.find("{*}folder-links")] == ["b"]
    assert instance.problems()[0].startswith("DATAWARNING [content 'c'")


def test_a_deleted_folder_takes_subfolders_and_links_along_and_leaves_content(instance, library):
    library(
        '<folder folder-id="a"/><folder folder-id="b"><parent>a</parent></folder>'
        '<content content-id="c"><folder-links><folder-link folder-id="b"/></folder-links></content>'
    )
    library('<folder mode="delete" folder-id="a"/>')
    assert [f.get("folder-id") for f in instance.all("folder", LIBRARY)] == ["root"]
    assert [len(c) for c in instance.all("content", LIBRARY)] == [0]


def test_a_folder_with_an_unknown_parent_goes_under_root_with_an_error(instance, library):
    library('<folder folder-id="a"><parent>ghost</parent></folder>')
    assert instance.problems()[0].startswith("DATAERROR [folder 'a'")
    assert instance.all("folder", LIBRARY)[0].findtext("{*}parent") == "root"


def test_a_private_library_belongs_to_its_site(instance, feeds):
    instance.site_import({"sites/RefArch/library/library.xml": feeds.document("library", '<content content-id="c"/>')})
    assert [c.get("content-id") for c in instance.all("content", "sites/RefArch/library/library.xml")] == ["c"]
    assert not [name for name in instance.export() if name.startswith("libraries/")]
