"""Files of an SFCC instance over WebDAV: Impex, Catalogs, Libraries, Logs.

Belongs here: one function per WebDAV method. Doesn't: which files an import needs (`sitearchive`), which must lie there
(`staticfiles`).

Paths are those below `Sites/`, unquoted, for example `Impex/src/instance/load-0001.zip`. Source: RFC 4918; Salesforce's own
clients.
"""

import os
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

import requests
from lxml import etree

from sfcc_resources.delivery.sfcc_client import Client
from sfcc_resources.delivery.sfcc_errors import SfccTransientError, of_exception

ROOT: Final = "/on/demandware.servlet/webdav/Sites/"

_CHUNK: Final = 1024 * 1024
_DAV: Final = "{DAV:}"
_PROPERTIES: Final = (
    b'<?xml version="1.0"?><propfind xmlns="DAV:"><prop><resourcetype/><getcontentlength/><getlastmodified/></prop></propfind>'
)


@dataclass(frozen=True, slots=True)
class Entry:
    """A file or folder of a listing; `size` in bytes, None for a folder."""

    name: str
    size: int | None
    modified: datetime | None
    is_folder: bool


def put(client: Client, path: str, source: Path) -> None:
    """Uploads a file, streamed; an existing one is overwritten."""
    with source.open("rb") as data:
        # An empty body given as a file would be sent chunked.
        body = data if source.stat().st_size else b""
        headers = {"Content-Type": "application/octet-stream"}
        client.request(f"Uploading {source.name} to SFCC", "PUT", ROOT + path, data=body, headers=headers)


def get(client: Client, path: str, target: Path) -> bool:
    """Downloads a file, streamed, aside and then renamed. False if there is none."""
    what = f"Downloading {path} from SFCC"
    part = target.with_name(target.name + ".part")
    with client.request(what, "GET", ROOT + path, accept=(404,), stream=True) as response:
        if response.status_code == 404:
            return False
        try:
            with part.open("wb") as file:
                for chunk in response.iter_content(_CHUNK):
                    file.write(chunk)
        except requests.RequestException as error:
            raise of_exception(what, response.url, error) from error
    part.replace(target)
    return True


def size(client: Client, path: str) -> int | None:
    """Bytes of a file; None if there is none."""
    response = client.request(f"Looking for {path} in SFCC", "HEAD", ROOT + path, accept=(404,))
    return None if response.status_code == 404 else int(response.headers.get("Content-Length", 0))


def delete(client: Client, path: str) -> bool:
    """Deletes a file or folder. False if there was none."""
    return client.request(f"Deleting {path} in SFCC", "DELETE", ROOT + path, accept=(404,)).status_code != 404


def listing(client: Client, path: str) -> list[Entry] | None:
    """The entries of a folder by name, without the folder itself; None if there is no such folder."""
    what = f"Listing {path} in SFCC"
    headers = {"Depth": "1", "Content-Type": "application/xml"}
    response = client.request(what, "PROPFIND", ROOT + path.rstrip("/") + "/", accept=(404,), data=_PROPERTIES, headers=headers)
    if response.status_code == 404:
        return None
    try:
        parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)
        document = etree.fromstring(response.content, parser)
        own = os.path.normpath(unquote(urlsplit(response.url).path))
        entries = [_entry(one, own) for one in document.iterfind(f"{_DAV}response")]
    except (etree.XMLSyntaxError, ValueError) as error:
        raise SfccTransientError(f"{what} failed: the answer is no WebDAV listing ({error}); try again later.") from error
    return sorted((one for one in entries if one is not None), key=lambda entry: entry.name)


def _entry(response: etree._Element, own: str) -> Entry | None:
    address = os.path.normpath(unquote(urlsplit(response.findtext(f"{_DAV}href", "")).path))
    if address.lower() == own.lower():  # SFCC's first path segments know no case
        return None
    length = next((one.text for one in response.iter(f"{_DAV}getcontentlength") if one.text), None)
    modified = next((one.text for one in response.iter(f"{_DAV}getlastmodified") if one.text), None)
    is_folder = next(response.iter(f"{_DAV}collection"), None) is not None
    return Entry(
        address.rsplit("/", 1)[-1],
        None if is_folder or length is None else int(length),
        parsedate_to_datetime(modified) if modified else None,
        is_folder,
    )
