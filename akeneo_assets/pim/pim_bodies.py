"""The body of an answer, read whole, unpacked and bounded: into memory or into a file.

Belongs here: how many bytes, how fast, how packed. Doesn't: what they say (`answer_shapes`, `media_formats`).
A length or chunks that end early are urllib3's errors; where the server gave neither, only the content tells.
"""

import time
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

import requests

MOST_JSON: Final = 256 * 1024 * 1024
"""Bytes of a JSON answer, unpacked: 25 products of 10 MB each."""

MOST_FILE: Final = 4 * 1024 * 1024 * 1024
"""Bytes of a media file."""

MOST_WORDS: Final = 64 * 1024
"""Bytes that are read of a refusal: its message is a line."""

# JSON and pictures pack to a tenth or so; zlib makes a thousandth of zeros. What is small unpacked is no danger.
MOST_TIMES_PACKED: Final = 100
SMALL: Final = 64 * 1024 * 1024

SLOWEST: Final = 10 * 1024
"""Bytes a second that a body must bring after the read time-out's first seconds: a server that drips would never end."""

_BLOCK: Final = 256 * 1024
_STEP: Final = 4 * 1024 * 1024
_GZIP_BEGINS: Final = b"\x1f\x8b"


class UnreadableBodyError(Exception):
    """The body came cut off, too slowly or garbled: asking again may help. Its text says so in a few words."""


class OversizedBodyError(Exception):
    """The body is larger than any answer: asking again won't help."""


def read_json(response: requests.Response, seconds: float) -> bytes:
    """A JSON text, unpacked. `seconds`: the read time-out. Raises UnreadableBodyError, OversizedBodyError, urllib3's errors."""
    return b"".join(_unpacked(response, MOST_JSON, seconds))


def save(response: requests.Response, file: Path, seconds: float) -> None:
    """Write the body to `file`. Raises as `read_json`, and OSError."""
    with file.open("wb") as opened:
        for block in _unpacked(response, MOST_FILE, seconds):
            opened.write(block)


def read_words(response: requests.Response, seconds: float) -> bytes:
    """The beginning of a refusal's body; as much of it as can be read."""
    words = b""
    try:
        for block in _unpacked(response, MOST_JSON, seconds):
            words += block
            if len(words) >= MOST_WORDS:
                break
    except (UnreadableBodyError, OversizedBodyError):
        pass
    return words[:MOST_WORDS]


def _unpacked(response: requests.Response, most: int, seconds: float) -> Iterator[bytes]:
    packing = response.headers.get("Content-Encoding", "").strip().lower()
    if packing not in ("", "identity", "gzip", "x-gzip"):
        raise UnreadableBodyError("packed in a way that was not asked for")
    came = _Came()
    blocks = _blocks(response, seconds, came)
    size = 0
    for block in _gunzipped(blocks) if packing.endswith("gzip") else blocks:
        size += len(block)
        if size > min(most, max(SMALL, MOST_TIMES_PACKED * came.size)):
            raise OversizedBodyError
        yield block


class _Came:
    """Bytes that came over the network so far."""

    size = 0


def _blocks(response: requests.Response, seconds: float, came: _Came) -> Iterator[bytes]:
    """The body as it comes. `read1` gives what is there, so that the time is looked at however slowly it comes."""
    started = time.monotonic()
    while block := response.raw.read1(_BLOCK, decode_content=False):
        came.size += len(block)
        yield block
        if time.monotonic() - started > seconds + came.size / SLOWEST:
            raise UnreadableBodyError("too slow")


def _gunzipped(blocks: Iterable[bytes]) -> Iterator[bytes]:
    """The content of a gzip file of one or several members; what some servers add behind it is left alone."""
    member, begun = _member(), False
    for block in blocks:
        begun, packed = True, block
        while packed:
            if member.eof:
                if not packed.startswith(_GZIP_BEGINS[: len(packed)]):
                    return
                member = _member()
            try:
                content = member.decompress(packed, _STEP)
            except zlib.error:
                raise UnreadableBodyError("packed content is damaged") from None
            packed = member.unused_data if member.eof else member.unconsumed_tail
            yield content
    if begun and not member.eof:
        raise UnreadableBodyError("cut off")


def _member() -> "zlib._Decompress":
    return zlib.decompressobj(zlib.MAX_WBITS | 16)
