"""The section `reference_entities` of connector.yaml against the PIM's reference entities.

Belongs here: entities that the PIM lacks, and content attributes that would get one id. Doesn't: the library's id
(`sfcc_id_check`).
"""

from collections.abc import Iterator

from akeneo_assets.mapping.content import content_attributes
from akeneo_assets.mapping.settings_check.missing_names import lacks
from akeneo_assets.settings.connector import ConnectorSettings
from akeneo_assets.structure.pim_structure import Structure, fold
from sfcc_resources.record_types import id_problem
from sfcc_resources.records import ATTRIBUTE_DEFINITION


def check_reference_entities(settings: ConnectorSettings, structure: Structure) -> Iterator[str]:
    """Yield a sentence for each problem."""
    for code in settings.reference_entities.entities:
        if fold(code) not in structure.reference_entities:
            existing = (entity.code for entity in structure.reference_entities.values())
            yield lacks("reference_entities.entities", "reference entity", code, existing)
    taken: dict[str, str] = {}
    for id_, name in content_attributes(settings, structure):
        if why := id_problem(ATTRIBUTE_DEFINITION, id_):
            yield f"The reference entity attribute '{name}' would become '{id_}', but this id {why}; rename it."
        if (other := taken.setdefault(id_, name)) != name:
            yield (
                f"The reference entity attributes '{other}' and '{name}' would both become the content attribute '{id_}'; "
                "leave one of the entities out (reference_entities.entities), or set reference_entities.as: json."
            )
