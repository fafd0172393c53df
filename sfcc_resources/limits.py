"""SFCC's limits: how long a text or id may be, what an id may hold, how much an instance takes.

Belongs here: the numbers and the questions asked of them. Doesn't: which record type has which kind of id (`record_types`),
shortening or refusing (the mapping decides, by these answers).

Lengths are counted in UTF-16 units, as SFCC's own validator (Java) counts them by default: never fewer than the XSD's characters.
"""

import re
from typing import Final

from sfcc_resources.fields import ValueType
from sfcc_resources.xml.markup import forbidden

ID_32: Final = ValueType("id", 32, single_line=True)  # of a site
ID_100: Final = ValueType("id", 100, single_line=True)
ID_1800: Final = ValueType("id", 1800, single_line=True)
ID_4000: Final = ValueType("id", 4000, single_line=True)  # an enum's value
DEFINITION_ID: Final = ValueType("definition id", 256, single_line=True)

QUOTAS: Final = {
    "catalogs": 200,
    "subcategories of a category": 1_000,
    "category links": 50,
    "variants of a master": 1_000,
    "values of a set-of-string": 200,
    "content assets": 100_000,
    "content folders": 10_000,
    "subfolders of a folder": 1_000,
    "libraries": 200,
    "custom object types": 300,
    "custom objects": 400_000,
}
"""Objects that an instance takes (Salesforce's page Object Quotas and what quotes it). Beyond them SFCC refuses the object."""

ARCHIVE_BYTES: Final = 190 * 1024 * 1024  # site archives are refused from about 200 MB; Salesforce's own client stops here

_FILE_NAME: Final = re.compile(r"[A-Za-z0-9._/()+=@~,-]+")


def length(text: str) -> int:
    """Length of `text` in UTF-16 units. Example: an emoji beyond U+FFFF -> 2."""
    return len(text) + sum(character > "\uffff" for character in text) if not text.isascii() else len(text)


def problem(text: str, value_type: ValueType) -> str | None:
    """What keeps `text` from being a value of a type, as the end of a sentence; None if nothing does.

    Example: a text of 101 characters as ID_100 -> "has 101 characters, 100 are allowed".
    """
    if not text and not value_type.blank:
        return "is empty"
    if value_type.max_length is not None and length(text) > value_type.max_length:
        return f"has {length(text)} characters, {value_type.max_length} are allowed"
    if value_type.single_line and (text != text.strip(" \t\n\r") or "\n" in text or "\r" in text):
        return "starts or ends with white space or has a line break"
    if value_type is DEFINITION_ID and "|" in text:
        return "holds a |"
    if forbidden(text):
        return "holds characters that XML forbids"
    return None


def file_path_problem(path: str) -> str | None:
    """What keeps `path` from being a static file's path in a site archive, as the end of a sentence; None if nothing does.

    Source: SFCC help, site import: no umlauts or special characters. Example: `a/../b` -> "isn't a plain relative path".
    """
    if not _FILE_NAME.fullmatch(path):
        return "holds characters other than ASCII letters, digits and . _ - / ( ) + = @ ~ ,"
    if path.startswith("/") or any(part in {"", ".", ".."} for part in path.split("/")):
        return "isn't a plain relative path"
    return problem(path, ID_1800)
