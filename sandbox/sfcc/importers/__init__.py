"""The import of each feed schema by SFCC's rules: catalog, price book, metadata, library, custom objects, preferences, sites."""
