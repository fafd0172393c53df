"""How the PIM may be told to misbehave: the document of faults, which calls a fault meets, and what it makes of an answer.

Belongs here: pure rules over method, path, query and answer. Doesn't: counting, timing and sending (`fault_switch`); what a call
sees of the catalogue (`pim_sight`). Described for people in docs/demo.md.

    {"faults": [{"kind": "status", "path": "categories", "status": 404, "times": 2}]}
"""

import base64
import binascii
import gzip
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from typing import Annotated, Any, ClassVar, Literal
from urllib.parse import parse_qsl, urlencode, urlsplit

import msgspec
import orjson

from sandbox.pim.pim_sight import Sight

BASE = "/api/rest/v1/"
TOKEN = "/api/oauth/v1/token"
LISTS = ("products-uuid", "products-uuid/search", "products", "product-models")
DOWNLOADS = ("media-files/*/download", "category-media-files/*", "asset-media-files/*", "reference-entities-media-files/*")
HTML = b"<!DOCTYPE html>\n<html><body><h1>Maintenance</h1><p>We will be back soon.</p></body></html>\n"
MEGABYTE = 1024 * 1024

Count = Annotated[int, msgspec.Meta(ge=0)]
Doc = dict[str, Any]


@dataclass(frozen=True)
class Request:
    """What a call asks, as far as faults look at it. Header names are lower-case."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes = b""


@dataclass(frozen=True)
class Reply:
    """An answer on its way out; header names are lower-case.

    `manner`: `whole` is an orderly answer (in chunks when it has no content-length); `broken` is sent as it stands, whatever its
    content-length says, and the connection closes; `silent` sends nothing and closes.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes
    manner: Literal["whole", "broken", "silent"] = "whole"

    def with_body(self, body: bytes) -> "Reply":
        return replace(self, body=body, headers={**self.headers, "content-length": str(len(body))})


class Fault(msgspec.Struct, kw_only=True, forbid_unknown_fields=True, omit_defaults=True, tag_field="kind"):
    """What every kind of fault has: which calls it meets, and how many of them.

    path: a pattern (`*` stands for anything) of the whole path; below /api/rest/v1/ unless it begins with a slash.
    method: without it, calls that read: GETs, the token's POST and products-uuid/search.
    query: parameter -> pattern; all must fit, an absent parameter is empty.
    after: how many calls it lets pass first. times: how many it meets before it heals; None = all.
    """

    paths: ClassVar[tuple[str, ...]] = ("*",)
    writes: ClassVar[bool] = False

    path: str | None = None
    method: str | None = None
    query: dict[str, str] = {}
    after: Count = 0
    times: Annotated[int, msgspec.Meta(ge=1)] | None = None

    def meets(self, request: Request) -> bool:
        """Whether the call is one of those that the fault is about."""
        patterns = self.paths if self.path is None else (self.path,)
        query = dict(parse_qsl(request.query, keep_blank_values=True))
        return (
            self._meets_method(request)
            and any(fnmatchcase(request.path, p if p.startswith("/") else BASE + p) for p in patterns)
            and all(fnmatchcase(query.get(name, ""), pattern) for name, pattern in self.query.items())
        )

    def _meets_method(self, request: Request) -> bool:
        if self.method is not None:
            return request.method == self.method.upper()
        reads = request.method == "GET" or request.path == TOKEN or request.path.endswith("/search")
        return reads is not self.writes

    def replaced(self, _: Request) -> Reply | None:
        """The answer that stands in for the PIM's own; None when the PIM is asked."""
        return None

    def altered(self, reply: Reply) -> Reply:
        """What becomes of an answer."""
        return reply

    def narrowed(self, sight: Sight) -> Sight:
        """What a call sees of the catalogue under this fault."""
        return sight


# Instead of an answer


class Status(Fault, tag="status"):
    """An error answer; `body` is JSON, or a text as it is, and the PIM's own form without it."""

    status: Annotated[int, msgspec.Meta(ge=200, le=599)]
    body: Any = msgspec.UNSET
    headers: dict[str, str] = {}

    def replaced(self, _: Request) -> Reply | None:
        body = {"code": self.status, "message": "Told to fail."} if self.body is msgspec.UNSET else self.body
        return _reply(self.status, body, self.headers)


class Body(Fault, tag="body"):
    """Status 200 with another body: JSON, or a text as it is."""

    body: Any
    headers: dict[str, str] = {}

    def replaced(self, _: Request) -> Reply | None:
        return _reply(200, self.body, self.headers)


class Redirect(Fault, tag="redirect"):
    """To the same address on https, or to the same path of another host (`to`: its base, as in `http://127.0.0.1:81`)."""

    to: str = "https"
    status: Literal[301, 302, 303, 307, 308] = 302

    def replaced(self, request: Request) -> Reply | None:
        base = f"https://{request.headers.get('host', 'localhost')}" if self.to == "https" else self.to.rstrip("/")
        target = base + request.path + (f"?{request.query}" if request.query else "")
        return _reply(self.status, "", {"location": target})


class EchoCredentials(Fault, tag="echo_credentials"):
    """An error whose message repeats the Authorization header, the credentials in it, and the body that was sent."""

    status: Annotated[int, msgspec.Meta(ge=400, le=599)] = 500

    def replaced(self, request: Request) -> Reply | None:
        sent = request.headers.get("authorization", "")
        scheme, _, secret = sent.partition(" ")
        plain = _decoded(secret) if scheme.lower() == "basic" else secret
        message = f"Refused: Authorization: {sent} ({plain}) {request.body.decode(errors='replace')}"
        return _reply(self.status, {"code": self.status, "message": message.strip()}, {})


class GzipBomb(Fault, tag="gzip_bomb"):
    """A small compressed answer that unpacks to this many megabytes of blanks within a JSON text."""

    megabytes: Annotated[int, msgspec.Meta(ge=1)] = 1024

    def replaced(self, _: Request) -> Reply | None:
        blanks = gzip.compress(b" " * MEGABYTE, 9)  # gzip texts may follow one another: the same one each time
        body = gzip.compress(b'{"_embedded":{"items":[') + blanks * self.megabytes + gzip.compress(b"]}}")
        headers = {"content-type": "application/json", "content-encoding": "gzip", "content-length": str(len(body))}
        return Reply(200, headers, body)


# Another answer than the PIM's


class SelfNext(Fault, tag="self_next"):
    """The next link leads to the page that it stands on."""

    def altered(self, reply: Reply) -> Reply:
        return _with_page(reply, lambda page: _with_next(page, page["_links"]["self"]["href"]))


class PagePastEnd(Fault, tag="page_past_end"):
    """Every page has a next link, and a page past the end shows the first page's items (which `fault_switch` asks for)."""

    def altered(self, reply: Reply) -> Reply:
        return _with_page(reply, lambda page: _with_next(page, _following(page)) if _items(page) else page)


class MissingKey(Fault, tag="missing_key"):
    """Items without some keys: all of them, or those whose code or uuid is given."""

    keys: list[str]
    items: list[str] | None = None

    def altered(self, reply: Reply) -> Reply:
        def without(item: Any) -> Any:
            if self.items is not None and item.get("uuid", item.get("code")) not in self.items:
                return item
            return {k: v for k, v in item.items() if k not in self.keys}

        parsed = _parsed(reply)
        if isinstance(parsed, list):
            return reply.with_body(orjson.dumps([without(item) for item in parsed]))
        if isinstance(parsed, dict) and "_embedded" not in parsed:
            return reply.with_body(orjson.dumps(without(parsed)))
        return _with_page(reply, lambda page: _with_items(page, [without(item) for item in _items(page)]))


class CutMedia(Fault, tag="cut_media"):
    """A file's first `at` bytes.

    length: `whole`: Content-Length says the file's true size, and the connection closes early; `cut`: it says what is sent; a
    number: it says that; `none`: there is none, the end of the connection is the end; `chunked`: chunks that end in order.
    """

    paths: ClassVar[tuple[str, ...]] = DOWNLOADS

    at: Count
    length: Count | Literal["whole", "cut", "none", "chunked"] = "none"

    def altered(self, reply: Reply) -> Reply:
        sent = reply.body[: self.at]
        if self.length == "cut":
            return reply.with_body(sent)
        headers = {k: v for k, v in reply.headers.items() if k != "content-length"}
        if self.length == "chunked":
            return replace(reply, headers=headers, body=sent)
        if self.length != "none":
            headers["content-length"] = str(len(reply.body) if self.length == "whole" else self.length)
        return replace(reply, headers=headers, body=sent, manner="broken")


class WrongMedia(Fault, tag="wrong_media"):
    """An HTML page in place of a file, under the file's own content type or another."""

    paths: ClassVar[tuple[str, ...]] = DOWNLOADS

    content_type: str | None = None

    def altered(self, reply: Reply) -> Reply:
        other = {} if self.content_type is None else {"content-type": self.content_type}
        return replace(reply, headers={**reply.headers, **other}).with_body(HTML)


class Close(Fault, tag="close"):
    """The connection closes after `at` bytes of the body (without it: half of it), or without any answer (`headers`: false)."""

    at: Count | None = None
    headers: bool = True

    def altered(self, reply: Reply) -> Reply:
        sent = reply.body[: len(reply.body) // 2 if self.at is None else self.at]
        return replace(reply, body=sent, manner="broken" if self.headers else "silent")


class Slow(Fault, tag="slow"):
    """The answer takes this many seconds longer (`fault_switch` waits)."""

    seconds: Annotated[float, msgspec.Meta(ge=0)]


# Less of the catalogue


class EmptyList(Fault, tag="empty_list"):
    """Lists without items, with status 200; single items are there. `counts_all`: `items_count` is what it was."""

    paths: ClassVar[tuple[str, ...]] = LISTS

    counts_all: bool = False

    def narrowed(self, sight: Sight) -> Sight:
        return replace(sight, keep=0, counts_all=self.counts_all)


class PartialList(Fault, tag="partial_list"):
    """As `empty_list`, with the lists' first `keep` items (a whole number) or that share of them (below 1)."""

    paths: ClassVar[tuple[str, ...]] = LISTS

    keep: Annotated[int, msgspec.Meta(ge=0)] | Annotated[float, msgspec.Meta(gt=0, lt=1)]
    counts_all: bool = False

    def narrowed(self, sight: Sight) -> Sight:
        return replace(sight, keep=self.keep, counts_all=self.counts_all)


class Hide(Fault, tag="hide"):
    """Codes that the connection may not view: left out of lists, values and memberships."""

    attributes: list[str] = []
    attribute_groups: list[str] = []
    locales: list[str] = []
    categories: list[str] = []

    def narrowed(self, sight: Sight) -> Sight:
        return replace(sight, hidden=_joined(sight.hidden, self, ("attributes", "attribute_groups", "locales", "categories")))


class Lost(Fault, tag="lost"):
    """Codes that the PIM's lists no longer have, nor their own addresses; items go on using them."""

    attributes: list[str] = []
    attribute_groups: list[str] = []
    families: list[str] = []
    categories: list[str] = []
    channels: list[str] = []
    locales: list[str] = []
    currencies: list[str] = []
    association_types: list[str] = []

    def narrowed(self, sight: Sight) -> Sight:
        return replace(sight, gone=_joined(sight.gone, self, tuple(_KINDS)))


class TwoWayStamp(Fault, tag="two_way_stamp"):
    """Writes that add a two-way association leave the `updated` of its other end where it was."""

    writes: ClassVar[bool] = True

    def narrowed(self, sight: Sight) -> Sight:
        return replace(sight, stamps_two_way=False)


_KINDS = {
    "attributes": "attribute",
    "attribute_groups": "attribute_group",
    "families": "family",
    "categories": "category",
    "channels": "channel",
    "locales": "locale",
    "currencies": "currency",
    "association_types": "association_type",
}

AnyFault = (
    Status | Body | Redirect | EchoCredentials | GzipBomb | SelfNext | PagePastEnd | MissingKey | CutMedia | WrongMedia | Close
    | Slow | EmptyList | PartialList | Hide | Lost | TwoWayStamp
)  # fmt: skip


class _Document(msgspec.Struct, forbid_unknown_fields=True):
    faults: list[AnyFault] = []


class FaultsError(Exception):
    """A document of faults that can't be read: one sentence."""


def read_faults(text: bytes) -> tuple[Fault, ...]:
    """The faults of a document; `{}` has none. Raises FaultsError."""
    try:
        return tuple(msgspec.json.decode(text, type=_Document).faults)
    except msgspec.DecodeError as wrong:
        raise FaultsError(f"The document of faults can't be read: {wrong}.") from wrong


def _joined(codes: Mapping[str, frozenset[str]], fault: Fault, names: tuple[str, ...]) -> dict[str, frozenset[str]]:
    more = {_KINDS[name]: frozenset(code.lower() for code in getattr(fault, name)) for name in names}
    return {kind: codes.get(kind, frozenset()) | more.get(kind, frozenset()) for kind in {*codes, *more}}


# Answers and pages


def _reply(status: int, body: Any, headers: Mapping[str, str]) -> Reply:
    """JSON unless it is a text, which goes out as it is; `headers` win."""
    text, kind = (
        (body.encode(), "text/html; charset=utf-8") if isinstance(body, str) else (orjson.dumps(body), "application/json")
    )
    own = {"content-type": kind} | {name.lower(): value for name, value in headers.items()}
    return Reply(status, {**own, "content-length": str(len(text))}, text)


def _decoded(secret: str) -> str:
    try:
        return base64.b64decode(secret).decode(errors="replace")
    except binascii.Error:
        return secret


def _parsed(reply: Reply) -> Any:
    """The JSON of a success, else None."""
    if reply.status != 200 or not reply.headers.get("content-type", "").startswith("application/json"):
        return None
    return orjson.loads(reply.body)


def _with_page(reply: Reply, change: Callable[[Doc], Doc]) -> Reply:
    """A page changed; other answers as they are."""
    page = _parsed(reply)
    return reply.with_body(orjson.dumps(change(page))) if isinstance(page, dict) and "_embedded" in page else reply


def _key(page: Doc) -> str:
    return "_items" if "_items" in page["_embedded"] else "items"


def _items(page: Doc) -> list[Any]:
    items: list[Any] = page["_embedded"][_key(page)]
    return items


def _with_items(page: Doc, items: list[Any]) -> Doc:
    return {**page, "_embedded": {_key(page): items}}


def _with_next(page: Doc, href: str) -> Doc:
    return {**page, "_links": {**page["_links"], "next": {"href": href}}}


def _following(page: Doc) -> str:
    """The address of the page after this one: the PIM's own next link, or what it would be."""
    if "next" in page["_links"]:
        return str(page["_links"]["next"]["href"])
    self = urlsplit(page["_links"]["self"]["href"])
    query = dict(parse_qsl(self.query, keep_blank_values=True))
    if "current_page" in page:
        query["page"] = str(page["current_page"] + 1)
    else:
        last = _items(page)[-1]
        query["search_after"] = str(last.get("uuid", last.get("code")))
    return str(self._replace(query=urlencode(query)).geturl())


def is_past_end(reply: Reply) -> bool:
    """Whether an answer is a page without items."""
    page = _parsed(reply)
    return isinstance(page, dict) and "_embedded" in page and not _items(page)


def first_page(query: str) -> str:
    """The query of a list's first page."""
    return urlencode([(k, v) for k, v in parse_qsl(query, keep_blank_values=True) if k not in ("page", "search_after")])


def refilled(reply: Reply, first: Reply) -> Reply:
    """An empty page with the first page's items."""
    items = _items(_parsed(first))
    return _with_page(reply, lambda page: _with_items(page, items))
