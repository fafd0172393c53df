"""Whole files of each format, made by a library, and cut off anywhere: a cut is seen by the file alone."""

import gzip
import io
import random
import struct
import zipfile
from pathlib import Path

import pytest
from PIL import Image

from akeneo_assets.loads.media_formats import fault

SVG = b'<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"><g id="a"><path d="M0 0h1"/></g></svg>'


def picture(kind: str, **options: object) -> bytes:
    file = io.BytesIO()
    Image.effect_noise((60, 40), 60).convert("RGB").save(file, kind, **options)
    return file.getvalue()


def with_thumbnail() -> bytes:
    """A JPEG with another one, which has its own end, in its first segment."""
    small, large = picture("JPEG"), picture("JPEG")
    return large[:2] + b"\xff\xe1" + struct.pack(">H", len(small) + 2) + small + large[2:]


def zipped() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("a.txt", "a" * 500)
        archive.comment = b"of a word processor, say"
    return file.getvalue()


def boxes(*kinds: bytes) -> bytes:
    return b"".join(struct.pack(">I4s", 40, kind) + bytes(32) for kind in kinds)


WHOLE: dict[str, bytes] = {
    "a.jpg": picture("JPEG"),
    "progressive.jpg": picture("JPEG", progressive=True),
    "thumbnail.jpg": with_thumbnail(),
    "a.png": picture("PNG"),
    "a.gif": picture("GIF"),
    "moving.gif": picture("GIF", save_all=True, append_images=[Image.new("RGB", (60, 40), "red")], duration=100, loop=0),
    "a.webp": picture("WEBP"),
    "a.tif": picture("TIFF"),
    "packed.tif": picture("TIFF", compression="tiff_lzw"),
    "pages.tif": picture("TIFF", save_all=True, append_images=[Image.new("RGB", (60, 40), "red")]),
    "big.tif": picture("TIFF", big_tiff=True),
    "a.bmp": picture("BMP"),
    "a.pdf": picture("PDF"),
    "a.svg": SVG,
    "a.svgz": gzip.compress(SVG),
    "a.docx": zipped(),
    "a.mp4": boxes(b"ftyp", b"moov", b"mdat"),
}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "file.part"


@pytest.mark.parametrize("name", WHOLE)
def test_a_whole_file_is_fine(file: Path, name: str) -> None:
    file.write_bytes(WHOLE[name])
    assert fault(file, name) is None


@pytest.mark.parametrize("name", WHOLE)
def test_a_file_cut_off_anywhere_is_told(file: Path, name: str) -> None:
    content = WHOLE[name]
    end = len(content) - 16 * (name == "pages.tif")  # which Pillow fills up to a multiple of so many bytes
    for length in {*random.Random(name).sample(range(12, end), min(60, end - 12)), end - 1}:
        file.write_bytes(content[:length])
        assert fault(file, name) is not None, f"cut to {length} of {len(content)} bytes"


@pytest.mark.parametrize("name", ["a.jpg", "progressive.jpg", "a.png", "a.gif", "a.webp", "a.tif", "a.bmp", "a.docx"])
def test_bytes_behind_the_end_are_left_alone(file: Path, name: str) -> None:
    file.write_bytes(WHOLE[name] + b"what a camera or an editor adds")
    assert fault(file, name) is None


def test_a_pdf_may_end_with_blanks_but_not_without_its_end(file: Path) -> None:
    file.write_bytes(b"%PDF-1.4\n...\n%%EOF" + bytes(5000))
    assert fault(file, "a.pdf") is None
    file.write_bytes(b"%PDF-1.4\n%%EOF\n" + b"1 0 obj\n" * 500)  # an earlier state's end
    assert fault(file, "a.pdf") == "the file is cut off: its pdf has no end"


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.jpg", b"", "the file is empty"),
        ("a.txt", b"", "the file is empty"),
        ("a.jpg", b"<!DOCTYPE html><html><body>Log in</body></html>", "the file is no jpeg but text/html"),
        ("a.jpg", WHOLE["a.png"][:-1], "the file is cut off: its png has no end"),
        ("a.svg", SVG[:-1], "the file is no whole svg: its XML is not well-formed"),
        ("a.svg", SVG + b"<svg/>", "the file is no whole svg: its XML is not well-formed"),
        ("a.mp4", boxes(b"ftyp", b"mdat"), "the file is cut off: its video or picture has no end"),
        ("unknown", WHOLE["a.gif"][:100], "the file is cut off: its gif has no end"),
    ],
)
def test_the_reason_says_what_is_wrong(file: Path, name: str, content: bytes, said: str) -> None:
    file.write_bytes(content)
    assert fault(file, name) == said


@pytest.mark.parametrize("name", ["notes.txt", "data.bin", "sheet.csv", "none"])
def test_what_has_no_known_end_is_believed(file: Path, name: str) -> None:
    file.write_bytes(b"BMW: a text that begins as a picture may")
    assert fault(file, name) is None


def test_an_svg_does_not_reach_beyond_itself_nor_grow_without_bounds(file: Path) -> None:
    begins = b'<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY a SYSTEM "file:///etc/hostname"><!ENTITY b "%s">]>' % (b"x" * 1000)
    file.write_bytes(begins + b'<svg xmlns="http://www.w3.org/2000/svg">&a;</svg>')
    assert fault(file, "a.svg") is None
    file.write_bytes(begins + b'<svg xmlns="http://www.w3.org/2000/svg">' + b"&b;" * 100_000 + b"</svg>")
    assert fault(file, "a.svg") == "the file is no whole svg: its XML is not well-formed"


@pytest.mark.parametrize("name", WHOLE)
def test_no_damage_breaks_the_check(file: Path, name: str) -> None:
    chance = random.Random(name)
    for _ in range(60):
        content = bytearray(WHOLE[name])
        for _ in range(chance.randrange(1, 8)):
            content[chance.randrange(len(content))] = chance.randrange(256)
        file.write_bytes(bytes(content))
        fault(file, name)
