"""Delivery: getting archives into an SFCC instance and its answers out, over WebDAV and the OCAPI Data API.

Belongs here: network calls to SFCC, by concept: `client` (every call), `auth`, `webdav`, `jobs`, `sitearchive`, `staticfiles`,
`errors`. Doesn't: making archives (`sfcc_resources.archive`), judging logs (`sfcc_resources.importlog`).
"""
