"""Reference entities of connector.yaml that stop a load before anything is sent."""

from collections.abc import Callable
from typing import Any

Problems = Callable[..., list[str]]


def test_attributes_of_reference_entities_that_would_get_one_id_are_both_named(shop: Any, problems: Problems) -> None:
    shop.reference_entities += [{"code": "ink", "labels": {}}, {"code": "ink_dark", "labels": {}}]
    for entity, code in (("ink", "dark_tone"), ("ink_dark", "tone")):
        shop.reference_entity_attributes.append({"code": code, "reference_entity": entity, "type": "text"})
    assert problems(reference_entities={"as": "content"}) == [
        (
            "The reference entity attributes 'ink.dark_tone' and 'ink_dark.tone' would both become the content attribute "
            "'akeneo_ink_dark_tone'; leave one of the entities out (reference_entities.entities), or set "
            "reference_entities.as: json."
        )
    ]
    assert problems(reference_entities={"as": "json"}) == []
