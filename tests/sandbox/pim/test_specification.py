"""Every answer to a GET of the official specification has the shape that it states."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest

pytestmark = pytest.mark.shared

# Where the specification contradicts the PIM's own tests or itself, what it says is set aside here, by name:
# - any property may be null, which Swagger 2 has no word for, and is null in the specification's own examples;
# - these are declared as objects, though their data are texts, numbers, arrays and objects in its own examples;
ANY_TYPE = {"data", "quality_scores", "source", "linked_data"}
# - declared as one object, though the endpoint answers a bare array of them (Akeneo's own end-to-end test);
BARE_ARRAY = {"/api/rest/v1/measurement-families"}
# - required, though its own examples of attributes of other types lack it.
NOT_REQUIRED = {"media_type"}
# Not in a present PIM: the asset manager and measure families of 3.x, drafts, published products.
ABSENT = ("v1/assets", "v1/asset-categories", "v1/asset-tags", "v1/measure-families", "v1/published-products", "/draft")

WITH_ALL = "with_count=true&with_completenesses=true&with_quality_scores=true&with_attribute_options=true"
PATHS = {
    "/api/rest/v1/products-uuid": f"/products-uuid?{WITH_ALL}",
    "/api/rest/v1/products-uuid/{uuid}": "/products-uuid/11111111-1111-4111-8111-111111111111?with_completenesses=true",
    "/api/rest/v1/products": f"/products?{WITH_ALL}",
    "/api/rest/v1/products/{code}": "/products/polo-red-s",
    "/api/rest/v1/product-models": "/product-models?with_count=true&with_quality_scores=true",
    "/api/rest/v1/product-models/{code}": "/product-models/Polo_Red",
    "/api/rest/v1/media-files": "/media-files",
    "/api/rest/v1/media-files/{code}": "/media-files/a/b/c/d/abcd000000000000000000000000000000000000_plain.png",
    "/api/rest/v1/families": "/families",
    "/api/rest/v1/families/{code}": "/families/shirt",
    "/api/rest/v1/families/{family_code}/variants": "/families/shirt/variants",
    "/api/rest/v1/families/{family_code}/variants/{code}": "/families/shirt/variants/by_size",
    "/api/rest/v1/attributes": "/attributes?limit=100",
    "/api/rest/v1/attributes/{code}": "/attributes/weight",
    "/api/rest/v1/attributes/{attribute_code}/options": "/attributes/color/options",
    "/api/rest/v1/attributes/{attribute_code}/options/{code}": "/attributes/color/options/red",
    "/api/rest/v1/attribute-groups": "/attribute-groups",
    "/api/rest/v1/attribute-groups/{code}": "/attribute-groups/main",
    "/api/rest/v1/association-types": "/association-types",
    "/api/rest/v1/association-types/{code}": "/association-types/PACK",
    "/api/rest/v1/channels": "/channels",
    "/api/rest/v1/channels/{code}": "/channels/print",
    "/api/rest/v1/locales": "/locales",
    "/api/rest/v1/locales/{code}": "/locales/fr_FR",
    "/api/rest/v1/categories": "/categories?with_position=true&with_count=true",
    "/api/rest/v1/categories/{code}": "/categories/shirts?with_position=true",
    "/api/rest/v1/currencies": "/currencies",
    "/api/rest/v1/currencies/{code}": "/currencies/EUR",
    "/api/rest/v1/measurement-families": "/measurement-families",
    "/api/rest/v1/reference-entities": "/reference-entities",
    "/api/rest/v1/reference-entities/{code}": "/reference-entities/designers",
    "/api/rest/v1/reference-entities/{reference_entity_code}/attributes": "/reference-entities/designers/attributes",
    "/api/rest/v1/reference-entities/{reference_entity_code}/attributes/{code}": "/reference-entities/designers/attributes/photo",
    "/api/rest/v1/reference-entities/{reference_entity_code}/attributes/{attribute_code}/options":
        "/reference-entities/designers/attributes/country/options",
    "/api/rest/v1/reference-entities/{reference_entity_code}/attributes/{attribute_code}/options/{code}":
        "/reference-entities/designers/attributes/country/options/it",
    "/api/rest/v1/reference-entities/{reference_entity_code}/records": "/reference-entities/designers/records",
    "/api/rest/v1/reference-entities/{reference_entity_code}/records/{code}": "/reference-entities/designers/records/kartell",
    "/api/rest/v1/asset-families": "/asset-families",
    "/api/rest/v1/asset-families/{code}": "/asset-families/photos",
    "/api/rest/v1/asset-families/{asset_family_code}/attributes": "/asset-families/photos/attributes",
    "/api/rest/v1/asset-families/{asset_family_code}/attributes/{code}": "/asset-families/photos/attributes/media",
    "/api/rest/v1/asset-families/{asset_family_code}/attributes/{attribute_code}/options":
        "/asset-families/photos/attributes/angle/options",
    "/api/rest/v1/asset-families/{asset_family_code}/attributes/{attribute_code}/options/{code}":
        "/asset-families/photos/attributes/angle/options/front",
    "/api/rest/v1/asset-families/{asset_family_code}/assets": "/asset-families/photos/assets",
    "/api/rest/v1/asset-families/{asset_family_code}/assets/{code}": "/asset-families/photos/assets/photo_1",
    "/api/rest/v1": "",
    "/api/rest/v1/system-information": "/system-information",
}  # fmt: skip
DOWNLOADS = {
    "/api/rest/v1/media-files/{code}/download",
    "/api/rest/v1/category-media-files/{file_path}/download",
    "/api/rest/v1/reference-entities-media-files/{code}",
    "/api/rest/v1/asset-media-files/{code}",
}


@pytest.fixture(scope="session")
def specification(shared: Path) -> dict[str, Any]:
    parsed: dict[str, Any] = json.loads((shared / "akeneo-api" / "akeneo-web-api.json").read_text())
    return parsed


def schema_of(specification: dict[str, Any], path: str) -> dict[str, Any]:
    schema = specification["paths"][path]["get"]["responses"]["200"]["schema"]
    adapted = adapt(schema)
    return {"type": "array", "items": adapted, "minItems": 1} if path in BARE_ARRAY else adapted


def adapt(schema: Any, name: str = "") -> Any:
    """The Swagger 2 schema as JSON schema, less the exceptions named above; templates as `localeCode` stand for any key."""
    if not isinstance(schema, dict):
        return schema
    if name in ANY_TYPE:
        return {}
    result: dict[str, Any] = {k: v for k, v in schema.items() if k in ("type", "enum")}
    if "type" in result:
        result["type"] = [result["type"], "null"]
    if "enum" in result:
        result["enum"] = [*result["enum"], None]
    for key in ("items", "additionalProperties"):
        if key in schema:
            result[key] = adapt(schema[key])
    if "allOf" in schema:
        result["allOf"] = [adapt(part) for part in schema["allOf"]]
    templates = [k for k in schema.get("properties", {}) if k.endswith(("Code", "localeCode")) or "|" in k]
    result["properties"] = {k: adapt(v, k) for k, v in schema.get("properties", {}).items() if k not in templates}
    for key in templates:
        result["additionalProperties"] = adapt(schema["properties"][key])
    result["required"] = [r for r in schema.get("required", []) if r not in NOT_REQUIRED]
    return result


def test_every_get_of_the_specification_is_tried_or_named_as_absent(specification: dict[str, Any]) -> None:
    paths = specification["paths"]
    stated = {p for p in paths if "get" in paths[p] and not any(absent in p for absent in ABSENT)}
    assert stated == PATHS.keys() | DOWNLOADS


@pytest.mark.parametrize("path", sorted(PATHS))
def test_the_answer_validates_against_the_specification(reader: Any, specification: dict[str, Any], path: str) -> None:
    answer = reader.get(PATHS[path])
    jsonschema.validate(answer, schema_of(specification, path))


def test_the_adapted_schemas_still_refuse_a_wrong_answer(specification: dict[str, Any]) -> None:
    schema = schema_of(specification, "/api/rest/v1/products-uuid")
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"_links": {}, "_embedded": {"items": [{"uuid": 1}]}}, schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"_links": {}, "_embedded": {"items": [{"values": {"sku": {"data": 1}}}]}}, schema)


def keys(schema: Any) -> Iterator[str]:
    """Names of the properties of an item, through allOf."""
    for part in [schema, *schema.get("allOf", [])]:
        yield from part.get("properties", {})


@pytest.mark.parametrize(
    ("path", "ours_only"),
    [
        ("/api/rest/v1/products-uuid/{uuid}", set()),
        ("/api/rest/v1/product-models/{code}", set()),
        ("/api/rest/v1/attributes/{code}", {"guidelines", "minimum_input_length", "auto_option_sorting"}),
        ("/api/rest/v1/categories/{code}", set()),
        ("/api/rest/v1/families/{code}", set()),
        ("/api/rest/v1/families/{family_code}/variants/{code}", set()),
        ("/api/rest/v1/channels/{code}", set()),
    ],
)
def test_single_items_have_no_property_that_the_specification_lacks(
    reader: Any, specification: dict[str, Any], path: str, ours_only: set[str]
) -> None:
    stated = set(keys(specification["paths"][path]["get"]["responses"]["200"]["schema"]))
    assert reader.get(PATHS[path]).keys() - stated == ours_only
