"""A stand-in for an Akeneo PIM: the REST API over SQLite, fed from a CSV export, JSON lines or a generator.

Belongs here: everything of the PIM's side of demo, tests and benchmarks. Doesn't: anything of the connector or of SFCC.

    pim_database         SQLite schema, connections, generic resources
    pim_structure        attributes, families ... as a snapshot in memory
    pim_values           attribute values: normal form, visibility, text
    pim_catalogue        products and models: levels, inheritance, saving
    product_writes       what a client's write does to a product or a model
    pim_search           `search=` conditions as SQL
    payloads             items of products and models as JSON text
    hal_pages            HAL pages and their links
    resource_kinds       which properties each kind of resource has; body_shapes: the form of each property in a body
    api_*                the endpoints, one module per kind of resource; api_shared: what all of them share
    pim_refusals         error answers
    issued_tokens        OAuth tokens
    throttle             rate limits
    pim_server           the ASGI application: tokens, limits, routing
    pim_sight            what one call sees: rights, the state of the search index
    pim_faults           how it may be told to misbehave; fault_switch: the switch, around the server
    csv_catalogue, jsonl_catalogue, generated_catalogue
                         a catalogue read from CSV, from JSON lines, or made up; catalogue_loading: what these share
    standard_units       the measurement families of every PIM
    pim_start            catalogue, database and server put together
    pim_command          the command line
"""
