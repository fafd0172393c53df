"""Product models as variation masters and variation groups.

Belongs here: what a root model becomes together with its sub-models and variants. Doesn't: its variants (`products`), which
models there are.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from akeneo_assets.mapping.frame import Context, Item, Targets
from akeneo_assets.mapping.identity import model_identity
from akeneo_assets.mapping.item_properties import own_properties
from akeneo_assets.mapping.levels import without
from akeneo_assets.mapping.product_rules import ProductRules
from akeneo_assets.mapping.record_writer import Mapped, RecordWriter, VariantFacts
from akeneo_assets.mapping.status import master_slots
from akeneo_assets.mapping.variant_images import master_groups
from akeneo_assets.mapping.variations import alike, sorted_variants, variations


def map_master(
    rules: ProductRules,
    root: Item,
    sub_models: Sequence[Item],
    variants: Iterable[VariantFacts],
    targets: Targets,
    sfcc_ids: Mapping[str, str],
) -> Mapped:
    """A root model as master, with the facts of its exported variants. A master without variants is offline.

    `sfcc_ids`: model code -> the id that was decided on, where it isn't spelled as the code (`identity.kept_spelling`).
    """
    own_id, held_back = model_identity(root)
    sfcc_id = own_id and sfcc_ids.get(own_id, own_id)
    if sfcc_id is None:
        return Mapped([], problems=[held_back] if held_back else [])
    axes = rules.axes_of(root)
    facts = sorted_variants(axes, list(variants))
    writer = RecordWriter(rules.frame, "product_model", root["code"], sfcc_id, root, Context(targets, root))
    owned = rules.levels.owned_by_root(root)
    writer.write_values(rules.custom, rules.sourced, owned, is_variant=False)
    writer.write_stand_in_name(rules.names, owned)
    writer.write_online(master_slots([variant["online"] for variant in facts]) if facts else {"": "false"})
    writer.report_missing_name(rules.names)
    writer.write_categories(rules.category_ids, root.get("categories") or (), primary=True)
    writer.write_relations(None)
    writer.write_images(rules.images, owned)
    image_axes = [(axis.attribute.code, axis.id) for axis in axes]
    named = rules.frame.settings.images.variation_attribute
    images = master_groups(writer.record.pop("images", []), image_axes, facts, named)
    if images:
        writer.record["images"] = images
    writer.record["variations"] = variations(axes, facts, rules.frame)
    for reason in alike(axes, facts):
        writer.report("", reason)
    if rules.grouped:
        writer.record["variations"]["groups"] = []
        groups = [sub_model for sub_model in sub_models if any(v["parent"] == sub_model["code"] for v in facts)]
        for sub_model in sorted(groups, key=lambda sub_model: str(sub_model["code"])):
            _add_group(writer, rules, sub_model, root, facts, targets, sfcc_ids)
    return writer.mapped


def _add_group(
    master: RecordWriter,
    rules: ProductRules,
    sub_model: Item,
    root: Item,
    facts: Sequence[Mapping[str, Any]],
    targets: Targets,
    sfcc_ids: Mapping[str, str],
) -> None:
    """Adds a sub-model to its master as a variation group: a product with the values of its own level, which its variants have,
    too."""
    own_id, held_back = model_identity(sub_model)
    sfcc_id = own_id and sfcc_ids.get(own_id, own_id)
    variant = rules.levels.family_variant(root)
    if sfcc_id is None or variant is None:
        master.mapped.problems += [held_back] if held_back else []
        return
    writer = RecordWriter(rules.frame, "product_model", sub_model["code"], sfcc_id, sub_model, Context(targets, sub_model))
    own_categories = without(sub_model.get("categories") or (), root.get("categories") or ())
    owned = rules.levels.owned_by_sub_model(sub_model, variant)
    writer.write_values(rules.custom, rules.sourced, owned, own_properties(own_categories), is_variant=True)
    writer.write_stand_in_name(rules.names, owned)
    writer.write_online(master_slots([v["online"] for v in facts if v["parent"] == sub_model["code"]]))
    writer.write_categories(rules.category_ids, own_categories, primary=False)
    writer.write_relations(root)
    master.record["variations"]["groups"].append(sfcc_id)
    master.mapped.records += writer.mapped.records
    master.mapped.problems += writer.mapped.problems
    master.mapped.trimmed += writer.mapped.trimmed
