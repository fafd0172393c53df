"""Delivery: getting archives into an SFCC instance and its answers out, over WebDAV and the OCAPI Data API.

Belongs here: network calls to SFCC, by concept: `sfcc_client` (every call) with `sfcc_tokens`, `sfcc_answers` and `sfcc_errors`;
`webdav`, `job_executions`, `archive_transfer`, `staticfiles`; and `delivery_port`, what the rest of the connector sees of them,
with `site_archive_delivery`. Doesn't: making archives (`sfcc_resources.archive`), judging logs (`sfcc_resources.verdicts`).
"""
