"""Runs in the clients' own environment: pyakeneo against the PIM at argv[1]; prints what it saw as one JSON line."""

import json
import sys

import requests
from pyakeneo.client import Client

client = Client(sys.argv[1], "sandbox", "sandbox", "sandbox", "sandbox")
seen = {}

# token, paging
seen["identifiers"] = [p["identifier"] for p in client.products.fetch_list({"limit": 2})]
seen["models"] = [m["code"] for m in client.product_models.fetch_list({"limit": 1})]
seen["categories"] = [c["code"] for c in client.categories.fetch_list({"limit": 4})]
seen["families"] = client.families.fetch_list({"with_count": True}).get_count()
seen["options"] = [o["code"] for o in client.attributes.options("color").fetch_list()]
seen["variants"] = [v["code"] for v in client.families.variants("shirt").fetch_list()]
seen["locales"] = [x["code"] for x in client.locales.fetch_list({"search": {"enabled": [{"operator": "=", "value": True}]}})]
seen["entities"] = [e["code"] for e in client.reference_entities.fetch_list()]

# search
search = {"enabled": [{"operator": "=", "value": False}]}
seen["disabled"] = [p["identifier"] for p in client.products.fetch_list({"search": search})]

# create, update, delete
client.products.create_item({"identifier": "from-pyakeneo", "family": "shirt"})
seen["created"] = client.products.fetch_item("from-pyakeneo")["family"]
name = [{"locale": "en_US", "scope": None, "data": "Renamed"}]
client.products.update_create_item({"identifier": "from-pyakeneo", "values": {"name": name}})
seen["renamed"] = client.products.fetch_item("from-pyakeneo")["values"]["name"][0]["data"]
seen["bulk"] = client.products.update_create_list(
    [{"identifier": "from-pyakeneo", "enabled": False}, {"identifier": "second"}, {"identifier": "third", "family": "nonsense"}]
)
client.products.delete_item("from-pyakeneo")
try:
    client.products.fetch_item("from-pyakeneo")
except requests.HTTPError as error:
    seen["gone"] = error.response.status_code
client.categories.create_item({"code": "hats", "parent": "clothes"})
seen["category"] = client.categories.fetch_item("hats")["parent"]

# media
media = next(iter(client.media_files.fetch_list()))
seen["media"] = media["original_filename"]

print(json.dumps(seen))
