"""Runs in the clients' own environment: akeneo-python-sdk against the PIM at argv[1]; prints what it saw as one JSON line.

The SDK's models of single products and of products by uuid can't read any PIM's values (they call `dict.from_dict`): there the
script takes the raw answer.
"""

import base64
import json
import sys

import akeneo

client = akeneo.ApiClient(akeneo.Configuration(host=sys.argv[1]))
seen = {}

# token
basic = "Basic " + base64.b64encode(b"sandbox:sandbox").decode()
grant = akeneo.PostTokenRequest(grant_type="password", username="sandbox", password="sandbox")
token = akeneo.AuthenticationApi(client).post_token("application/json", basic, grant)
client.default_headers["Authorization"] = f"Bearer {token.access_token}"
client.default_headers["Content-Type"] = "application/json"  # the SDK sends none by itself, which a PIM refuses
seen["token"] = token.token_type

# paging
uuids = akeneo.ProductUuidApi(client)
cursor, walked = None, []
while True:
    raw = uuids.get_products_uuid(pagination_type="search_after", search_after=cursor, limit=3, _preload_content=False)
    page = json.loads(raw.data)
    walked += [item["uuid"] for item in page["_embedded"]["items"]]
    if "next" not in page["_links"]:
        break
    cursor = walked[-1]
seen["uuids"] = len(set(walked))
models = akeneo.ProductModelApi(client).get_product_models(limit=2, with_count=True)
seen["models"] = [item.code for item in models.embedded.items]
seen["attributes"] = len(akeneo.AttributeApi(client).get_attributes(limit=100).embedded.items)
seen["channels"] = [item.category_tree for item in akeneo.ChannelApi(client).get_channels().embedded.items]
seen["families"] = [item.attribute_as_label for item in akeneo.FamilyApi(client).get_families().embedded.items]
seen["measurements"] = len(akeneo.MeasurementFamilyApi(client).measurement_families_get_list()) > 15
records = akeneo.ReferenceEntityRecordApi(client).get_reference_entity_records("designers")
seen["records"] = [item.code for item in records.embedded.items]
seen["edition"] = akeneo.SystemApi(client).get_system_information().edition

# search
search = json.dumps({"parent": [{"operator": "=", "value": "polo"}]})
found = akeneo.ProductIdentifierApi(client).get_products(search=search, limit=100)
seen["variants"] = [item.identifier for item in found.embedded.items]

# create, update, delete
akeneo.CategoryApi(client).post_categories({"code": "caps", "parent": "clothes"})
seen["category"] = akeneo.CategoryApi(client).get_categories_code("caps").parent
product = akeneo.ProductIdentifierApi(client)
body = {"identifier": "from-sdk", "family": "shirt", "parent": None}  # the SDK's own default for parent is the text "null"
product.post_products(akeneo.PostProductsRequest(**body))
product.patch_products_code("from-sdk", akeneo.PostProductsRequest(**body, enabled=False))
found = json.loads(product.get_products_code("from-sdk", _preload_content=False).data)
seen["product"] = [found["family"], found["enabled"]]
product.delete_products_code("from-sdk")
try:
    product.get_products_code("from-sdk")
except akeneo.exceptions.NotFoundException as error:
    seen["gone"] = error.status

# media
media = akeneo.ProductMediaFileApi(client)
code = media.get_media_files().embedded.items[0].code
seen["media"] = media.get_media_files_code(code).mime_type
raw = media.get_media_files_code_download(code, _preload_content=False)
seen["download"] = raw.data.decode()

print(json.dumps(seen))
