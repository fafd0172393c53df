"""A stand-in for a Salesforce B2C Commerce (SFCC) instance: tokens, WebDAV, OCAPI jobs, and imports by SFCC's own rules.

Written from SFCC's schemas and help pages alone; it knows nothing of the connector and imports nothing from it.
Rules that no document gives are named where they stand ("Assumption: ...").
"""
