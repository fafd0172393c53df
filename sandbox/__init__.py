"""Stand-ins for demo, tests and benchmarks: an Akeneo PIM and an SFCC instance, each its own server process.

They follow the two systems' documents, share no code with the connector and import nothing of it.
"""
