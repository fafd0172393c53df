"""Media files by their content: is it of the kind that the name says, and does it go on to its end.

Belongs here: reading a file's own structure. Doesn't: fetching and keeping files (`media_files`).
A transfer that breaks off without a length given is seen by the file's own format only. So each format is followed from part to
part as far as its last one: that is exact, and cheap. Pictures aren't decoded, which would take longer than fetching them.

Sources: the formats' specifications (JPEG: ITU T.81, B.1; PNG: chunks; GIF89a; RIFF; TIFF 6.0 and BigTIFF; PDF 32000, 7.5; ISO
14496-12 boxes, of MP4, HEIC and AVIF).
"""

import gzip
import io
import mimetypes
import mmap
import os
import re
import struct
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import puremagic
from lxml import etree

Begins = Callable[[bytes | mmap.mmap], bool]
Format = tuple[str, Begins, Callable[[mmap.mmap], bool]]
"""What a format is called, how its content begins, and whether it goes on to its end."""

_PDF: Final = "application/pdf"
_SVG: Final = "image/svg+xml"
_HEAD: Final = 1024
"""Readers look for a PDF's beginning in so many bytes, and for its end in as many: a byte-order mark or a printer's commands may
stand before it, blanks behind it."""

_GZIP: Final = b"\x1f\x8b"  # drawings may be packed: svgz
_BIG_TIFF: Final = (b"II+\0", b"MM\0+")
_MOST_UNPACKED: Final = 256 * 1024 * 1024  # bytes of a packed drawing that are looked at


def fault(file: Path, name: str) -> str | None:
    """What is wrong with a file called `name`, in a few words; None if nothing is, or its format is unknown.

    Example: "the file is empty", "the file is no jpeg but text/html", "the file is cut off: its jpeg has no end".
    """
    with file.open("rb") as opened:
        if os.fstat(opened.fileno()).st_size == 0:
            return "the file is empty"
        with mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ) as data:
            return _wrong_kind(file, name, data[:_HEAD]) or _cut_off(file, name, data)


def _wrong_kind(file: Path, name: str, head: bytes) -> str | None:
    """Why the content of an image or PDF isn't one (a proxy's error page, say); its kind is what the name's ending says. Another
    kind of image than the ending's is fine: browsers look at the content."""
    named, packed = mimetypes.guess_type(name)
    if named is None or not (named.startswith("image/") or named == _PDF):
        return None
    if (packed == "gzip" and head.startswith(_GZIP)) or (named == _PDF and b"%PDF-" in head):
        return None
    # puremagic takes fourteen times as long, and full loads look at every file again.
    if named != _PDF and any(begins(head) for _, begins, _ in _PICTURES):
        return None
    try:
        with file.open("rb") as opened:
            kind = puremagic.from_stream(opened, mime=True, filename=name)
    except (puremagic.PureError, ValueError):
        kind = "unknown content"
    both_images = named.startswith("image/") and kind.startswith("image/")
    drawing = named == _SVG and kind.endswith("/xml")
    if both_images or drawing:
        return None
    return f"the file is no {named.split('/')[1]} but {kind or 'unknown content'}"


def _cut_off(file: Path, name: str, data: mmap.mmap) -> str | None:
    for kind, begins, is_whole in _FORMATS:
        if begins(data):
            try:
                whole = is_whole(data)
            except (IndexError, struct.error):  # a part that says it is longer than the file
                whole = False
            return None if whole else f"the file is cut off: its {kind} has no end"
    if mimetypes.guess_type(name)[0] == _SVG and not _is_drawing(file):
        return "the file is no whole svg: its XML is not well-formed"
    return None


def _is_drawing(file: Path) -> bool:
    """Whether an SVG's XML is well-formed: browsers show it only then."""
    try:
        for _, element in etree.iterparse(file, resolve_entities=False, no_network=True, huge_tree=True):
            element.clear()
    except etree.XMLSyntaxError:
        return False
    return True


# What ends a JPEG's compressed data: a marker that is neither a stuffed 0xFF nor a restart.
_JPEG_MARKER: Final = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
_JPEG_END: Final = 0xD9
_JPEG_ALONE: Final = (0x01, 0xD8)  # markers without a length: TEM, start of image


def _whole_jpeg(data: mmap.mmap) -> bool:
    """Segments give their length, so that a thumbnail inside one, which has an end of its own, is passed over."""
    at = 2
    while marker := _JPEG_MARKER.search(data, at):
        at = marker.end()
        kind = data[at - 1]
        if kind == _JPEG_END:
            return True
        if kind not in _JPEG_ALONE:
            at += struct.unpack_from(">H", data, at)[0]
    return False


def _whole_png(data: mmap.mmap) -> bool:
    at = 8
    while True:
        length, kind = struct.unpack_from(">I4s", data, at)
        at += 12 + length
        if kind == b"IEND":
            return bool(at <= len(data))


def _whole_gif(data: mmap.mmap) -> bool:
    at = 13 + _gif_colours(data[10])
    while (kind := data[at]) != 0x3B:
        if kind == 0x21:  # an extension: its label, then blocks
            at += 2
        elif kind == 0x2C:  # an image: its place, colours, code size, then blocks
            at += 11 + _gif_colours(data[at + 9])
        elif kind != 0:  # a stray end of blocks
            return False
        while size := data[at]:
            at += 1 + size
        at += 1
    return True


def _gif_colours(flags: int) -> int:
    """Bytes of a colour table."""
    return 3 << ((flags & 7) + 1) if flags & 0x80 else 0


def _whole_riff(data: mmap.mmap) -> bool:
    size: int = struct.unpack_from("<I", data, 4)[0]
    return 8 + size <= len(data)


def _whole_bmp(data: mmap.mmap) -> bool:
    size: int = struct.unpack_from("<I", data, 2)[0]
    return size <= len(data)


def _whole_pdf(data: mmap.mmap) -> bool:
    end = len(data)
    while end and data[end - 1] in b"\0\t\n\r ":
        end -= 1
    return data.rfind(b"%%EOF", max(0, end - _HEAD), end) >= 0


def _whole_boxes(data: mmap.mmap) -> bool:
    """MP4, QuickTime, HEIC, AVIF: boxes that give their size. One says where all else is, in films another holds it."""
    at, kinds = 0, set[bytes]()
    while at + 8 <= len(data):
        size, kind = struct.unpack_from(">I4s", data, at)
        kinds.add(kind)
        if size == 0:  # as far as the file goes
            break
        step = struct.unpack_from(">Q", data, at + 8)[0] if size == 1 else size
        if step < 8:
            return False
        at += step
    return bool(at <= len(data) and (b"meta" in kinds or {b"moov", b"mdat"} <= kinds))


_TIFF_SIZES: Final = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4, 16: 8, 17: 8, 18: 8}
_TIFF_OFFSETS: Final = {273: 279, 324: 325}  # of strips and tiles: where their byte counts are


def _whole_tiff(data: mmap.mmap) -> bool:
    """Follows the directories; all that they point at must lie within the file."""
    seen = set[int]()
    at = _tiff_number(data, *((8, 8) if _is_big_tiff(data) else (4, 4)))
    while at and at not in seen:
        seen.add(at)
        entries, at = _tiff_directory(data, at)
        if any(end > len(data) for end in _tiff_ends(entries)):
            return False
    return True


def _is_big_tiff(data: mmap.mmap) -> bool:
    return data[:4] in _BIG_TIFF


def _tiff_number(data: mmap.mmap, at: int, size: int) -> int:
    numbers = data[at : at + size]
    if len(numbers) < size:
        raise IndexError
    return int.from_bytes(numbers, "little" if data[:2] == b"II" else "big")


def _tiff_directory(data: mmap.mmap, at: int) -> tuple[dict[int, list[int]], int]:
    """The values of a directory by tag (numbers only; else where they end), and where the next one is."""
    big = _is_big_tiff(data)
    width = 8 if big else 4
    count = _tiff_number(data, at, 8 if big else 2)
    at += 8 if big else 2
    entries: dict[int, list[int]] = {}
    for _ in range(min(count, 65536)):
        tag, kind = _tiff_number(data, at, 2), _tiff_number(data, at + 2, 2)
        number, size = _tiff_number(data, at + 4, width), _TIFF_SIZES.get(kind, 1)
        place = at + 4 + width
        where = place if number * size <= width else _tiff_number(data, place, width)
        if where + number * size > len(data):
            raise IndexError
        wanted = tag in _TIFF_OFFSETS or tag in _TIFF_OFFSETS.values()
        entries[tag] = [_tiff_number(data, where + n * size, size) for n in range(number)] if wanted else []
        at = place + width
    return entries, _tiff_number(data, at, width)


def _tiff_ends(entries: dict[int, list[int]]) -> Iterator[int]:
    for offsets, counts in _TIFF_OFFSETS.items():
        yield from map(int.__add__, entries.get(offsets, []), entries.get(counts, []))


def _whole_gzip(data: mmap.mmap) -> bool:
    try:
        with gzip.open(io.BytesIO(data)) as unpacked:
            size = 0
            while (block := unpacked.read(1 << 20)) and size < _MOST_UNPACKED:
                size += len(block)
    except (EOFError, gzip.BadGzipFile, zlib.error):
        return False
    return True


def _whole_zip(data: mmap.mmap) -> bool:
    """A zip file ends with a record that has 22 bytes and a comment of the length that its last two say."""
    at = data.rfind(b"PK\5\6", max(0, len(data) - 22 - 65535))
    return at >= 0 and at + 22 + int(struct.unpack_from("<H", data, at + 20)[0]) <= len(data)


def _starts(*beginnings: bytes) -> Begins:
    longest = max(map(len, beginnings))
    return lambda data: data[:longest].startswith(beginnings)


_PICTURES: Final[tuple[Format, ...]] = (
    ("jpeg", _starts(b"\xff\xd8\xff"), _whole_jpeg),
    ("png", _starts(b"\x89PNG\r\n\x1a\n"), _whole_png),
    ("gif", _starts(b"GIF87a", b"GIF89a"), _whole_gif),
    ("webp", lambda data: data[:4] == b"RIFF" and data[8:12] == b"WEBP", _whole_riff),
    ("tiff", _starts(b"II*\0", b"MM\0*", *_BIG_TIFF), _whole_tiff),
    ("bmp", lambda data: data[:2] == b"BM" and data[6:10] == bytes(4), _whole_bmp),
)
_FORMATS: Final[tuple[Format, ...]] = (
    *_PICTURES,
    ("pdf", lambda data: b"%PDF-" in data[:_HEAD], _whole_pdf),
    ("video or picture", lambda data: data[4:8] == b"ftyp", _whole_boxes),
    ("zip", _starts(b"PK\x03\x04"), _whole_zip),
    ("gzip", _starts(_GZIP), _whole_gzip),
)
