"""Where things lie in a site archive: the folders and file names of catalogs, price books and libraries.

Belongs here: names. Doesn't: what is in those files (`feeds`), zipping (`archive`).
"""

import re
from zlib import crc32


def safe_name(text: str) -> str:
    """`text` as a file name of ASCII letters, digits, dot, dash and underscore.

    A text that has to change gets a checksum, so that two texts never give one name.
    Example: `storefront-en` -> `storefront-en`; `été/1` -> `_t__1-` and eight hexadecimal digits.
    """
    name = re.sub(r"[^A-Za-z0-9._-]", "_", text)
    return name if name == text and name.strip(".") else f"{name.strip('.')}-{crc32(text.encode()):08x}"


def private_site(library: str) -> str | None:
    """The site that owns a private library; None for a shared library.

    A private library has no id of its own: the settings name it by its site.
    Example: `sites/RefArch` -> `RefArch`; `shared-content` -> None.
    """
    site = library.removeprefix("sites/")
    return None if site == library else site


def library_folder(library: str, name: str) -> str:
    """The folder of a library in an archive; `name` is the folder's name of a shared one.

    Example: `sites/RefArch` -> `sites/RefArch/library`; `content` under the name `content` -> `libraries/content`.
    """
    return f"libraries/{name}" if private_site(library) is None else f"{library}/library"
