"""A stand-in for an Akeneo PIM: the REST API over SQLite, fed from a CSV export, JSON lines or a generator.

Belongs here: everything of the PIM's side of demo, tests and benchmarks. Doesn't: anything of the connector or of SFCC.

    store      SQLite schema, connections, generic resources      structure  attributes, families ... as a snapshot in memory
    values     attribute values: normal form, visibility, text    catalogue  products and models: levels, inheritance, saving
    search     `search=` conditions as SQL                        pages      HAL pages and their links
    payloads   items of products and models as JSON text          edits      what a client's write does to a product or a model
    server     the ASGI application: tokens, limits, routing      api_*      the endpoints, one module per kind of resource
    load_*     catalogues from CSV and JSON lines                 generated  a catalogue of N products, made up
    command    the command line                                   start      catalogue, store and server put together
"""
