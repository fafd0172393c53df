"""SFCC records as XML text: one module per schema (`metadata`, `catalog`, `pricebook`, `library`, `customobject`) over `markup`.

Belongs here: how one record, or its deletion, is written, in XSD order. Doesn't: files, splitting and counting
(`sfcc_resources.feeds`),
what a record holds (`sfcc_resources.records`).

Each schema module has `NAMESPACE` and, for each record type, a function that writes a record and, where SFCC deletes such objects
by import, one that deletes it. They return XML text for a root element that declares the namespace as the default and the prefix
xsi. `sfcc_resources.record_types` says which function writes which type.
"""
