"""WebDAV under `/on/demandware.servlet/webdav/Sites/`: PUT, GET, HEAD, DELETE, MKCOL, PROPFIND, COPY, MOVE, POST method=UNZIP.

Own handlers rather than wsgidav: uploads must stream through an ASGI server, the first segment is case-insensitive, and UNZIP
is SFCC's own. Source: B2C tooling SDK and sfcc-ci as clients; RFC 4918 for what they leave open.
"""

import secrets
import shutil
import zipfile
from email.utils import formatdate
from mimetypes import guess_type
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, unquote, urlsplit

from lxml import etree
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response

PREFIX = "/on/demandware.servlet/webdav/Sites"
METHODS = ("GET", "HEAD", "PUT", "DELETE", "MKCOL", "PROPFIND", "COPY", "MOVE", "POST", "OPTIONS")
_DAV = "DAV:"


class DavError(Exception):
    """A refusal: HTTP status and one sentence."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


def resolve(root: Path, path: str) -> Path:
    """The file of a WebDAV path. Raises DavError for one outside the instance's roots; a root is found in any case of letters."""
    parts = [part for part in path.split("/") if part not in ("", ".")]
    if any(part == ".." or "\0" in part for part in parts):
        raise DavError(403, f"'{path}' leads out of WebDAV.")
    if not parts:
        return root
    roots = {folder.name.lower(): folder for folder in root.iterdir()}
    first = roots.get(parts[0].lower())
    if first is None:
        raise DavError(404, f"There is no WebDAV folder '{parts[0]}'.")
    return first.joinpath(*parts[1:])


async def handle(request: Request, root: Path, upload_limit: int) -> Response:
    """Answer one WebDAV request on the tree below `root`; an upload may have `upload_limit` bytes."""
    try:
        path = resolve(root, request.path_params["path"])
        if request.method in ("GET", "HEAD"):
            return _get(path)
        if request.method == "PUT":
            return await _put(request, root, path, upload_limit)
        if request.method == "POST":
            return await _unzip(request, path)
        if request.method in ("COPY", "MOVE"):
            return await run_in_threadpool(_transfer, request, root, path)
        if request.method == "PROPFIND":
            return await run_in_threadpool(_propfind, root, path, request.headers.get("depth", "1"))
        if request.method == "MKCOL":
            return _mkcol(path)
        if request.method == "DELETE":
            return await run_in_threadpool(_delete, root, path)
        return Response(status_code=200, headers={"Allow": ", ".join(METHODS), "DAV": "1"})
    except DavError as error:
        return PlainTextResponse(f"{error}\n", status_code=error.status)


def _get(path: Path) -> Response:
    if path.is_dir():
        names = sorted(f"{p.name}/" if p.is_dir() else p.name for p in path.iterdir())
        return PlainTextResponse("\n".join(names) + "\n")
    if not path.is_file():
        raise DavError(404, f"'{path.name}' does not exist.")
    return FileResponse(path, media_type=_media_type(path))


def _media_type(path: Path) -> str:
    return guess_type(path.name)[0] or "application/octet-stream"


async def _put(request: Request, root: Path, path: Path, limit: int) -> Response:
    """Written aside, then renamed: a broken upload leaves nothing. Answers 201, or 204 where it replaced a file."""
    _require_parent(path)
    if path.is_dir():
        raise DavError(405, f"'{path.name}' is a folder.")
    partial = root.parent / "work" / f"upload-{secrets.token_hex(8)}"
    size = 0
    try:
        with partial.open("wb") as out:
            async for piece in request.stream():
                size += len(piece)
                if size > limit:
                    raise DavError(413, f"An upload may have {limit} bytes at most.")
                out.write(piece)
        existed = path.exists()
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
    return Response(status_code=204 if existed else 201)


def _require_parent(path: Path) -> None:
    if not path.parent.is_dir():
        raise DavError(409, f"The folder '{path.parent.name}' does not exist; make it with MKCOL.")


async def _unzip(request: Request, path: Path) -> Response:
    """POST form `method=UNZIP`: unpack the archive beside itself."""
    form = parse_qs((await request.body()).decode("utf-8", "replace"))
    if form.get("method") != ["UNZIP"]:
        raise DavError(400, "POST takes the form field method=UNZIP.")
    if not path.is_file():
        raise DavError(404, f"'{path.name}' does not exist.")
    await run_in_threadpool(_unpack, path)
    return Response(status_code=201)


def _unpack(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as zipped:
            zipped.extractall(path.parent)
    except zipfile.BadZipFile as error:
        raise DavError(415, f"'{path.name}' is not a zip archive.") from error


def _transfer(request: Request, root: Path, path: Path) -> Response:
    destination = urlsplit(request.headers.get("destination", "")).path
    if not destination.startswith(PREFIX):
        raise DavError(400, f"The Destination header must lead below {PREFIX}/.")
    target = resolve(root, unquote(destination[len(PREFIX) :]))
    if not path.exists():
        raise DavError(404, f"'{path.name}' does not exist.")
    _require_parent(target)
    existed = target.exists()
    if existed and request.headers.get("overwrite", "T").upper() == "F":
        raise DavError(412, f"'{target.name}' exists.")
    if target == path or path in target.parents:
        raise DavError(403, f"'{path.name}' can't be copied or moved into itself.")
    if existed:
        _remove(target)
    if request.method == "MOVE":
        path.replace(target)
    elif path.is_dir():
        shutil.copytree(path, target)
    else:
        shutil.copyfile(path, target)
    return Response(status_code=204 if existed else 201)


def _mkcol(path: Path) -> Response:
    if path.exists():
        raise DavError(405, f"'{path.name}' exists.")
    _require_parent(path)
    path.mkdir()
    return Response(status_code=201)


def _delete(root: Path, path: Path) -> Response:
    if not path.exists():
        raise DavError(404, f"'{path.name}' does not exist.")
    if path == root or path.parent == root:
        raise DavError(403, f"'{path.name}' is a WebDAV root and stays.")
    _remove(path)
    return Response(status_code=204)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink()


def _propfind(root: Path, path: Path, depth: str) -> Response:
    if not path.exists():
        raise DavError(404, f"'{path.name}' does not exist.")
    answer = etree.Element(f"{{{_DAV}}}multistatus", nsmap={"d": _DAV})
    listed = [path]
    if depth == "infinity":
        listed += sorted(path.rglob("*"))
    elif depth != "0" and path.is_dir():
        listed += sorted(path.iterdir())
    for one in listed:
        _response(answer, root, one)
    body = etree.tostring(answer, xml_declaration=True, encoding="UTF-8")
    return Response(body, status_code=207, media_type="application/xml; charset=utf-8")


def _response(answer: Any, root: Path, path: Path) -> None:
    def add(parent: Any, name: str, text: str | None = None) -> Any:
        element = etree.SubElement(parent, f"{{{_DAV}}}{name}")
        element.text = text
        return element

    folder, stat = path.is_dir(), path.stat()
    response = add(answer, "response")
    below = "" if path == root else path.relative_to(root).as_posix()
    add(response, "href", quote(f"{PREFIX}/{below}") + ("/" if folder and below else ""))
    propstat = add(response, "propstat")
    properties = add(propstat, "prop")
    add(properties, "displayname", path.name)
    kind = add(properties, "resourcetype")
    if folder:
        add(kind, "collection")
    else:
        add(properties, "getcontentlength", str(stat.st_size))
        add(properties, "getcontenttype", _media_type(path))
    add(properties, "getlastmodified", formatdate(stat.st_mtime, usegmt=True))
    add(propstat, "status", "HTTP/1.1 200 OK")
