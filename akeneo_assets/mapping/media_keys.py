"""Names of media files: the key by which a file is asked of the PIM, and its path below SFCC's static files.

Belongs here: names only. Doesn't: which product shows which image (`images`), reading and storing files (`loads.media_files`).

Example: the product media `a/b/c/d/<40 hex digits>_mug.jpg` has that code as its key and lies in SFCC under
`images/<two hex digits>/<40 hex digits>_mug.jpg`; the asset media `x.jpg` has the key `asset-media-files/x.jpg` and lies under
`assets/..`.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import PurePosixPath
from typing import Any, Final, Literal

from akeneo_assets.mapping.texts import UnmappableError, sha1

Endpoint = Literal["media-files", "asset-media-files", "reference-entities-media-files", "category-media-files"]

_UNSAFE: Final = re.compile(r"[^A-Za-z0-9._-]+", re.ASCII)
_HASHED: Final = re.compile(r"[0-9a-f]{40}_")
_LONGEST_NAME: Final = 150


_FOLDERS: Final[dict[Endpoint, str]] = {
    "media-files": "images",
    "asset-media-files": "assets",
    "reference-entities-media-files": "records",
    "category-media-files": "categories",
}


def media_key(endpoint: Endpoint, code: str) -> str:
    """One text that names a media file of any endpoint of the API.

    Example: ("media-files", "a/b.jpg") -> "a/b.jpg"; ("asset-media-files", "a/b.jpg") -> "asset-media-files/a/b.jpg".
    """
    return code if endpoint == "media-files" else f"{endpoint}/{code}"


def media_address(key: str) -> tuple[Endpoint, str]:
    """The endpoint and the code that a media key was made of. Example: "a/b.jpg" -> ("media-files", "a/b.jpg")."""
    endpoints: tuple[Endpoint, ...] = ("asset-media-files", "reference-entities-media-files", "category-media-files")
    for endpoint in endpoints:
        if key.startswith(f"{endpoint}/"):
            return endpoint, key[len(endpoint) + 1 :]
    return "media-files", key


@lru_cache(maxsize=4096)
def media_path(key: str) -> str:
    """The path of a media file below the static files of its catalog or library: `images/<two hex digits>/<name>`, and below
    `assets`, `records` or `categories` for the other endpoints' files.

    The name has ASCII letters, digits, dots, dashes and underscores only, since archives must not hold other names (help: site
    import and export). The PIM's names begin with a hash of the content; a name without one gets a hash of its key, so that no
    two files get the same path.
    """
    name = key.rsplit("/", 1)[-1]
    safe = _UNSAFE.sub("_", name)
    if not _HASHED.match(name) or safe != name:
        safe = f"{sha1(key)[:16]}_{safe}"
    if len(safe) > _LONGEST_NAME:
        suffix = PurePosixPath(safe).suffix[:10]
        safe = f"{sha1(key)[:16]}_{safe[:80]}{suffix}"
    return f"{_FOLDERS[media_address(key)[0]]}/{safe[:2]}/{safe}"


def given_path(key: str, known: Mapping[str, Any]) -> str:
    """The `media_path` of a file. `known`: `Structure.media`, None for a file that the PIM could not give: UnmappableError."""
    if known.get(key, True) is None:
        raise UnmappableError(f"the PIM could not give the file '{key}'")
    return media_path(key)
