"""Product, asset and record media: metadata, downloads, uploads.

Source: Akeneo API, media files: codes hold slashes, downloads carry the stored type and original name.
"""

import hashlib
import mimetypes
import re
from email.parser import BytesParser
from email.policy import HTTP
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import quote

import orjson
from PIL import Image

from sandbox.pim.api_shared import Answer, Call, Endpoint, Pim
from sandbox.pim.hal_pages import page_text, read_paging
from sandbox.pim.pim_database import Doc
from sandbox.pim.pim_refusals import ApiError, invalid, not_found
from sandbox.pim.product_writes import save_model, save_product

BASE = "/api/rest/v1"
PRODUCT, CATEGORY, ASSET, RECORD = "product", "category", "asset", "record"


def media_code(seed: str, filename: str) -> str:
    """`h/a/s/h/<40 hex>_<filename>`, from any seed; the name keeps letters, digits, `_` and its extension.

    Source: Akeneo API, media file codes.
    """
    digest = hashlib.sha1(seed.encode(), usedforsecurity=False).hexdigest()
    stem, dot, extension = filename.rpartition(".")
    safe = re.sub(r"[^A-Za-z0-9_.]", "_", stem if dot else filename)[:100]
    return f"{'/'.join(digest[:4])}/{digest}_{safe}{dot}{extension if dot else ''}"


def mime_of(filename: str) -> str:
    return mimetypes.guess_type(filename)[0] or "application/octet-stream"


@cache
def generated_image() -> bytes:
    """The one small picture behind every generated media file (PNG, 8 by 8 pixels)."""
    out = BytesIO()
    Image.new("RGB", (8, 8), (51, 102, 153)).save(out, "PNG")
    return out.getvalue()


def _row(pim: Pim, kind: str, code: str) -> tuple[str, str, int, str | None, bytes | None]:
    row = pim.store.connection.execute(
        "SELECT filename, mime, size, path, content FROM media WHERE kind = ? AND code = ?", (kind, code)
    ).fetchone()
    if row is None:
        raise not_found(f'Media file "{code}"')
    found: tuple[str, str, int, str | None, bytes | None] = row
    return found


def _shown(code: str, filename: str, mime: str, size: int) -> Doc:
    return {
        "code": code,
        "original_filename": filename,
        "mime_type": mime,
        "size": size,
        "extension": filename.rpartition(".")[2],
        "_links": {
            "self": {"href": f"pim-base:{BASE}/media-files/{code}"},
            "download": {"href": f"pim-base:{BASE}/media-files/{code}/download"},
        },
    }


def list_media(pim: Pim, call: Call) -> Answer:
    paging = read_paging(call.query, allow_search_after=False)
    db = pim.store.connection
    rows = db.execute(
        "SELECT code, filename, mime, size FROM media WHERE kind = ? ORDER BY code LIMIT ? OFFSET ?",
        (PRODUCT, paging.limit, paging.offset),
    ).fetchall()
    count = db.execute("SELECT count(*) FROM media WHERE kind = ?", (PRODUCT,)).fetchone()[0] if paging.with_count else None
    items = [orjson.dumps(_shown(*row)) for row in rows]
    return Answer(body=page_text(call.path, call.query, paging, items, count=count))


def get_media(pim: Pim, call: Call) -> Answer:
    code = call.params["code"]
    filename, mime, size, _, _ = _row(pim, PRODUCT, code)
    doc = _shown(code, filename, mime, size)
    del doc["_links"]["self"]
    return Answer(body=orjson.dumps(doc))


def _download(kind: str) -> Endpoint:
    def endpoint(pim: Pim, call: Call) -> Answer:
        code = call.params["code"]
        filename, mime, _, path, content = _row(pim, kind, code)
        if content is None and path is None:
            content = generated_image()
        if content is None:
            try:
                content = Path(str(path)).read_bytes()
            except OSError as missing:
                raise ApiError(404, f'Media file "{code}" is not present on the filesystem.') from missing
        return Answer(body=content, content_type=mime, headers={"Content-Disposition": _disposition(filename)}, links=False)

    return endpoint


def _disposition(filename: str) -> str:
    plain = re.sub(r'[^\x20-\x7e]|["\\%]', "_", filename)
    return f'attachment; filename="{plain}"' + ("" if plain == filename else f"; filename*=utf-8''{quote(filename)}")


# Uploads


def _parts(call: Call) -> dict[str, tuple[str | None, bytes]]:
    """The multipart body: name -> (file name or None, content). Raises ApiError 415 and 422."""
    call.must_be("multipart/form-data")
    message = BytesParser(policy=HTTP).parsebytes(
        b"Content-Type: " + call.headers["content-type"].encode("latin-1") + b"\r\nMIME-Version: 1.0\r\n\r\n" + call.body
    )
    found: dict[str, tuple[str | None, bytes]] = {}
    for part in message.walk():
        name = part.get_param("name", header="content-disposition")
        if isinstance(name, str):
            content: Any = part.get_payload(decode=True)
            found[name] = (part.get_filename(), content)
    if "file" not in found or not found["file"][0]:
        raise ApiError(422, 'Property "file" is required.')
    return found


def _store(pim: Pim, kind: str, file: tuple[str | None, bytes]) -> str:
    filename, content = str(file[0]), file[1]
    code = media_code(hashlib.sha1(content, usedforsecurity=False).hexdigest() + filename + str(pim.clock()), filename)
    pim.store.put_media([(kind, code, filename, mime_of(filename), len(content), None, content)])
    return code


def upload_media(pim: Pim, call: Call) -> Answer:
    """A file for one value of a product or a model, which it is set on at once."""
    parts = _parts(call)
    given = [name for name in ("product", "product_model") if name in parts]
    if len(given) != 1:
        raise ApiError(422, 'You should at least define one of the following properties: "product", "product_model".')
    try:
        owner = orjson.loads(parts[given[0]][1])
    except orjson.JSONDecodeError as wrong:
        raise ApiError(400, "Invalid json message received") from wrong
    if not isinstance(owner, dict):
        raise ApiError(400, "Invalid json message received")
    attribute = pim.structure.attribute(str(owner.get("attribute")))
    if attribute is None:
        raise ApiError(422, f'Attribute "{owner.get("attribute")}" does not exist.')
    extension = str(parts["file"][0]).rpartition(".")[2].lower()
    if attribute["allowed_extensions"] and extension not in attribute["allowed_extensions"]:
        allowed = ", ".join(attribute["allowed_extensions"])
        refusal = f'The "{extension}" file extension is not allowed for the {attribute["code"]} attribute.'
        raise invalid({"property": "values", "message": f"{refusal} Allowed extensions are {allowed}."})
    with pim.store.writing():
        code = _store(pim, PRODUCT, parts["file"])
        value = {"locale": owner.get("locale"), "scope": owner.get("scope"), "data": code}
        values = {"values": {attribute["code"]: [value]}}
        if given == ["product_model"]:
            if pim.catalogue.model(str(owner.get("code"))) is None:
                raise not_found(f'Product model "{owner.get("code")}"')
            save_model(pim, {"code": owner["code"], **values}, "post_media_files", sight=call.sight)
        else:
            uuid = owner.get("uuid") or pim.catalogue.uuid_of(str(owner.get("identifier")))
            if uuid is None or pim.catalogue.product(uuid) is None:
                raise not_found(f'Product "{owner.get("uuid") or owner.get("identifier")}"')
            save_product(pim, values, uuid, by_identifier=False, anchor="post_media_files", sight=call.sight)
    return Answer(201, headers={"Location": f"pim-base:{BASE}/media-files/{code}"})


def _upload(kind: str, path: str, header: str | None) -> Endpoint:
    def endpoint(pim: Pim, call: Call) -> Answer:
        code = _store(pim, kind, _parts(call)["file"])
        headers = {"Location": f"pim-base:{BASE}/{path}/{code}"}
        if header is None:
            return Answer(201, orjson.dumps({"code": code}), headers=headers)
        return Answer(201, headers={**headers, header: code})

    return endpoint


ROUTES: list[tuple[str, str, str, Endpoint]] = [
    ("GET", "/media-files", "pim_api_media_file_list", list_media),
    ("POST", "/media-files", "pim_api_media_file_create", upload_media),
    ("GET", "/media-files/{code:path}/download", "pim_api_media_file_download", _download(PRODUCT)),
    ("GET", "/media-files/{code:path}", "pim_api_media_file_get", get_media),
    ("POST", "/category-media-files", "pim_api_category_media_file_create", _upload(CATEGORY, "category-media-files", None)),
    ("GET", "/category-media-files/{code:path}/download", "pim_api_category_media_file_download", _download(CATEGORY)),
    ("POST", "/asset-media-files", "akeneo_assetmanager_asset_media_file_create",
     _upload(ASSET, "asset-media-files", "Asset-media-file-code")),
    ("GET", "/asset-media-files/{code:path}", "akeneo_assetmanager_asset_media_file_download", _download(ASSET)),
    ("POST", "/reference-entities-media-files", "akeneo_referenceentity_record_media_file_create",
     _upload(RECORD, "reference-entities-media-files", "Reference-entities-media-file-code")),
    ("GET", "/reference-entities-media-files/{code:path}", "akeneo_referenceentity_record_media_file_download",
     _download(RECORD)),
]  # fmt: skip
