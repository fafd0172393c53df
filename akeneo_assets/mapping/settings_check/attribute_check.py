"""The attributes and sources of connector.yaml against the PIM's attributes.

Belongs here: `attributes`, any source, and custom attributes that would get one id. Doesn't: sources of images (`image_check`
asks `check_source` here).
"""

from collections.abc import Iterator

from akeneo_assets.errors import shown
from akeneo_assets.mapping.attribute_definitions import custom_attributes
from akeneo_assets.mapping.fitting import fit
from akeneo_assets.mapping.frame import Frame
from akeneo_assets.mapping.settings_check.missing_names import lacks, missing_attribute, missing_family
from akeneo_assets.settings.attribute_settings import Selection
from akeneo_assets.settings.connector import ConnectorSettings
from akeneo_assets.settings.source_settings import Source
from akeneo_assets.settings.standard_fields import PRODUCT_FIELDS
from akeneo_assets.structure.pim_structure import Structure, fold
from sfcc_resources.record_types import id_problem
from sfcc_resources.records import ATTRIBUTE_DEFINITION


def check_source(path: str, source: Source, settings: ConnectorSettings, structure: Structure) -> Iterator[str]:
    """Yield a sentence for each attribute that the source reads and the PIM lacks, and for each site that isn't fed."""
    if not source.optional and not source.sites:
        for code in source.attributes():
            yield from missing_attribute(path, code, structure, "maps")
    site_ids = [site.id for site in settings.organization.sites]
    for site_id, nested in source.by_site.items():
        if site_id not in site_ids:
            yield f"connector.yaml: {path}.sites names the site '{site_id}', which organization.sites does not have."
        yield from check_source(f"{path}.sites.{site_id}", nested, settings, structure)


def check_attributes(settings: ConnectorSettings, structure: Structure) -> Iterator[str]:
    """Yield a sentence for each problem of `attributes`: names that the PIM lacks, texts that SFCC doesn't take."""
    chosen = settings.attributes
    for name, source in chosen.standard.items():
        yield from _check_standard(name, source, settings, structure)
    for id_, source in chosen.custom.items():
        if why := id_problem(ATTRIBUTE_DEFINITION, id_):
            yield f"connector.yaml: the id attributes.custom.{shown(id_)} {why}; name a custom attribute that exists in SFCC."
        yield from check_source(f"attributes.custom.{id_}", source, settings, structure)
    for code in chosen.wide_integers:
        yield from _check_wide_integer(f"attributes.wide_integers.{code}", code, structure)
    for name, selection in (("include", chosen.include), ("exclude", chosen.exclude)):
        yield from _check_selection(f"attributes.{name}", selection, structure)


def _check_standard(name: str, source: Source, settings: ConnectorSettings, structure: Structure) -> Iterator[str]:
    path = f"attributes.standard.{name}"
    yield from check_source(path, source, settings, structure)
    if not PRODUCT_FIELDS[name].clearable and source.constant is None and source.default is None:
        yield f"connector.yaml: {path} needs a default: SFCC has no way to clear {name} once the PIM has no value any more."
    yield from _check_texts(path, name, source)
    for site, nested in source.sites.items():
        yield from _check_texts(f"{path}.sites.{site}", name, nested)
    if source.sites and not PRODUCT_FIELDS[name].site_specific:
        yield f"connector.yaml: {path} gives values per site, but SFCC has one {name} for all sites; map one source."


def _check_wide_integer(path: str, code: str, structure: Structure) -> Iterator[str]:
    yield from missing_attribute(path, code, structure)
    attribute = structure.attribute(code)
    if attribute is not None and (attribute.type != "number" or attribute.decimals):
        is_ = "number with decimals" if attribute.type == "number" else attribute.type
        yield f"connector.yaml: {path} names '{attribute.code}', which is a {is_}; it must be a number without decimals."


def _check_texts(path: str, name: str, source: Source) -> Iterator[str]:
    """The texts that stand in the file itself must be ones that SFCC takes for the attribute."""
    for key, text in (("default", source.default), ("constant", source.constant)):
        reasons: list[str] = []
        if text is not None:
            fit(PRODUCT_FIELDS[name], text, reasons)
        for reason in reasons:
            yield f"connector.yaml: {path}.{key}: {reason}."


def _check_selection(path: str, selection: Selection, structure: Structure) -> Iterator[str]:
    for code in selection.attributes:
        yield from missing_attribute(f"{path}.attributes", code, structure)
    for code in selection.groups:
        if fold(code) not in structure.attribute_groups:
            yield lacks(f"{path}.groups", "attribute group", code, (g.code for g in structure.attribute_groups.values()))
    for code in selection.families:
        yield from missing_family(f"{path}.families", code, structure)


def check_attribute_ids(frame: Frame) -> Iterator[str]:
    """Yield a sentence for each custom attribute whose id SFCC can't take, or that another one has, too."""
    taken: dict[str, str] = {}
    for custom in custom_attributes(frame):
        code = custom.attribute.code
        if why := id_problem(ATTRIBUTE_DEFINITION, custom.id):
            yield f"The PIM attribute '{code}' would become '{custom.id}', but this id {why}; exclude or map it."
        other = taken.setdefault(custom.id, code)
        if other != code:
            camel_case = frame.settings.attributes.id_style == "camel_case"
            yield (
                f"The PIM attributes '{other}' and '{code}' would both become the custom attribute '{custom.id}'; "
                f"exclude or map one of them{', or set attributes.id_style: as_is' if camel_case else ''}."
            )
        if custom.id in frame.settings.attributes.custom:
            yield f"connector.yaml: attributes.custom maps '{custom.id}', as does '{code}'; change attributes.id_prefix."
