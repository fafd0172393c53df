"""Files of an SFCC instance over WebDAV: Impex, Catalogs, Libraries, Logs.

Belongs here: one function per WebDAV method. Doesn't: which files an import needs (`archive_transfer`), which must lie there
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
from urllib.parse import unquote, urljoin, urlsplit

from lxml import etree

from sfcc_resources.delivery.sfcc_answers import MIB, Answer
from sfcc_resources.delivery.sfcc_client import Client
from sfcc_resources.delivery.sfcc_errors import SfccTransientError
from sfcc_resources.redaction import one_line

ROOT: Final = "/on/demandware.servlet/webdav/Sites/"

_LISTING_BYTES: Final = 256 * MIB  # a folder of half a million files
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


def get(client: Client, path: str, target: Path, *, max_bytes: int | None = None) -> bool:
    """Downloads a file, streamed, aside and then renamed; what breaks off is fetched again. False if there is none.

    Raises SfccPermanentError where it is larger than `max_bytes`.
    """
    return client.download(f"Downloading {path} from SFCC", ROOT + path, target, max_bytes=max_bytes)


def read(client: Client, path: str) -> bytes | None:
    """The bytes of a small file; None if there is none."""
    answer = client.request(f"Reading {path} in SFCC", "GET", ROOT + path, accept=(404,))
    return None if answer.status == 404 else answer.body


def size(client: Client, path: str) -> int | None:
    """Bytes of a file; None if there is none. Raises SfccTransientError where SFCC doesn't say."""
    what = f"Looking for {path} in SFCC"
    answer = client.request(what, "HEAD", ROOT + path, accept=(404,), headers={"Accept-Encoding": "identity"})
    if answer.status == 404:
        return None
    length = answer.headers.get("Content-Length", "")
    if not (length.isascii() and length.isdigit()):
        raise SfccTransientError(f"{what} failed: the answer tells no size; try again later.")
    return int(length[:18])


def delete(client: Client, path: str) -> bool:
    """Deletes a file or folder. False if there was none."""
    return client.request(f"Deleting {path} in SFCC", "DELETE", ROOT + path, accept=(404,)).status != 404


def listing(client: Client, path: str) -> list[Entry] | None:
    """The entries of a folder by name, without the folder itself; None if there is no such folder.

    Raises SfccTransientError for an answer that is no whole listing: an empty one is never taken for an empty folder, since a
    listing names the folder itself, too (RFC 4918, 9.1).
    """
    what = f"Listing {path} in SFCC"
    headers = {"Depth": "1", "Content-Type": "application/xml"}
    folder = ROOT + path.rstrip("/") + "/"

    def once() -> list[Entry] | None:
        answer = client.request(
            what, "PROPFIND", folder, accept=(404,), data=_PROPERTIES, headers=headers, max_bytes=_LISTING_BYTES
        )
        if answer.status == 404:
            return None
        try:
            return _entries(answer)
        except (etree.XMLSyntaxError, ValueError) as error:
            why = one_line(str(error), client.secrets)
            raise SfccTransientError(f"{what} failed: the answer is no WebDAV listing ({why}); try again later.") from error

    return client.tried(once)


def _entries(answer: Answer) -> list[Entry]:
    document = etree.fromstring(answer.body, etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True))
    if document.tag != f"{_DAV}multistatus":
        raise ValueError(f"it is a document {document.tag}")
    responses = document.findall(f"{_DAV}response")
    if not responses:
        raise ValueError("it names nothing, not even the folder")
    own = _path(answer.url, "")
    entries = (_entry(response, _path(answer.url, response.findtext(f"{_DAV}href") or ""), own) for response in responses)
    return sorted((entry for entry in entries if entry is not None), key=lambda entry: entry.name)


def _path(url: str, href: str) -> str:
    """The path that an href means, which may be a whole address, a path or relative to the folder's `url`."""
    return os.path.normpath(unquote(urlsplit(urljoin(url, href.strip())).path))


def _entry(response: etree._Element, path: str, own: str) -> Entry | None:
    if path.lower() == own.lower():  # SFCC's first path segments know no case
        return None
    length = next((element.text for element in response.iter(f"{_DAV}getcontentlength") if element.text), None)
    modified = next((element.text for element in response.iter(f"{_DAV}getlastmodified") if element.text), None)
    is_folder = next(response.iter(f"{_DAV}collection"), None) is not None
    return Entry(
        path.rsplit("/", 1)[-1],
        None if is_folder or length is None else int(length),
        _time(modified),
        is_folder,
    )


def _time(text: str | None) -> datetime | None:
    """A time of HTTP; None where it isn't one."""
    try:
        return parsedate_to_datetime(text) if text else None
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
