"""Which lists of the PIM are read."""

from akeneo_assets.structure.pim_lists import PIM_LISTS


def test_only_the_lists_of_the_enterprise_edition_may_be_missing() -> None:
    assert [one.name for one in PIM_LISTS if one.optional] == ["asset_families", "reference_entities"]


def test_each_list_is_read_after_those_that_it_needs() -> None:
    names = [one.name for one in PIM_LISTS]
    assert all(names.index(needed) < names.index(one.name) for one in PIM_LISTS for needed in one.needs)
