"""Walks products and models with pyakeneo, one search_after cursor after the other, as its documentation does.

Runs in the clients' environment (.venv-clients), apart from the connector: prints the wall seconds and the rows seen as JSON.
"""

import json
import sys
import time

from pyakeneo.client import Client


def main(url: str, credential: str) -> None:
    """All products (by identifier: pyakeneo knows no products-uuid) and all models of the PIM at `url`."""
    started = time.monotonic()
    client = Client(url, credential, credential, credential, credential)
    rows = sum(1 for _ in client.products.fetch_list({"limit": 100, "with_completenesses": "true"}))
    rows += sum(1 for _ in client.product_models.fetch_list({"limit": 100}))
    print(json.dumps({"seconds": time.monotonic() - started, "rows": rows}))


if __name__ == "__main__":
    main(*sys.argv[1:])
