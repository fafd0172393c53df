"""The two ends of the lineage: the PIM, which is read, and the SFCC instance, which is given. Neither is materialized by us."""

import dagster as dg

PIM = dg.AssetKey(["akeneo", "pim"])
INSTANCE = dg.AssetKey(["sfcc", "instance"])


def ends(imports: list[dg.AssetKey]) -> list[dg.AssetSpec]:
    """Both external assets; `imports`: the assets that fill the instance."""
    return [
        dg.AssetSpec(
            PIM,
            description="The Akeneo PIM: the master of all product data. It is only read.",
            group_name="akeneo",
            kinds={"akeneo"},
        ),
        dg.AssetSpec(
            INSTANCE,
            deps=imports,
            description="The Salesforce B2C Commerce instance: it takes the archives and says per object whether it imported it.",
            group_name="sfcc",
            kinds={"salesforce"},
        ),
    ]
