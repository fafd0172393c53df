"""SFCC records as XML text: one module per schema (`metadata`, `catalog`, `pricebook`, `library`, `customobject`) over `markup`.

Belongs here: how one record, or its deletion, is written, in XSD order. Doesn't: files, splitting and counting
(`sfcc_resources.feeds`),
what a record holds (`sfcc_resources.records`).

Each schema module has `NAMESPACE`, `element(type, record)` and `deletion(type, id, record)`; both give XML text without line ends
that is to stand inside a root element which declares the namespace as the default and the prefix xsi.
"""
