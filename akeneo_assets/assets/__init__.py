"""The assets: thin, each connecting a pure function or a client to the files of a run.

- `ends`: the PIM and SFCC, external; `connection`: both ends answer and know what the settings name
- `structure`: the PIM's lists; `reading`: products and models of a load; `media`: images
- `records`: SFCC records mapped; `feeds`: XML and archives; `imports`: delivery, SFCC's verdict, ledger
"""
