"""Short questions to the PIM: does the connection stand, has it the channels that the settings name, has anything changed since.

Not here: reading records (paging.py, walk.py), what to do with the answers (preflight, sensors).
Source: Akeneo API, system information, channels, attributes, filters (products: `YYYY-MM-DD HH:MM:SS`; structure: ISO 8601).
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from akeneo_assets.pim.clock import filter_text, iso_text
from akeneo_assets.pim.paging import items, pages
from akeneo_assets.pim.pim_client import PimClient
from akeneo_assets.pim.pim_errors import WrongSettingError

# products-uuid came with it.
OLDEST_VERSION = 7

_BY_SERVER_CLOCK = ("products-uuid", "product-models")
_BY_ISO_DATE = ("categories", "attributes", "families")


@dataclass(frozen=True, slots=True)
class PimInfo:
    """`version` and `edition` as the PIM names them."""

    version: str
    edition: str


def check_connection(client: PimClient, channels: Iterable[str]) -> PimInfo:
    """Log in and look up the channels that the settings name. Codes compare case-insensitively.

    Raises what `PimClient.connect` and `fetch` raise (UnreachableError after one retry, not the usual many), and
    WrongSettingError: a PIM before 7.0, an unknown channel.
    """
    client.connect()
    info = client.get("system-information")
    version, edition = client.readable(info["version"]), client.readable(info["edition"])
    # SaaS versions are dates or build names: only a plain old number is refused.
    numbered = re.match(r"v?(\d{1,2})\.\d", version)
    if numbered and int(numbered[1]) < OLDEST_VERSION:
        raise WrongSettingError(
            f"The PIM at {client.host} is version {version}, but products by uuid need {OLDEST_VERSION}.0 or later."
        )
    known = sorted(channel["code"] for page in pages(client, "channels", {"limit": 100}) for channel in page)
    for code in channels:
        if code.casefold() not in map(str.casefold, known):
            there = client.readable(", ".join(known)) or "none that this connection may see"
            raise WrongSettingError(f"The PIM at {client.host} has no channel {code!r}: set one of those it has ({there}).")
    return PimInfo(version, edition)


def changed_since(client: PimClient, moment: datetime, zone: str = "UTC") -> frozenset[str]:
    """Which of products-uuid, product-models, categories, attributes and families hold something updated after `moment`.

    `zone`: that of the PIM's server, whose wall clock the filters of products and models read. One call each, of one item.
    Raises what `PimClient.fetch` raises.
    """
    texts = {**dict.fromkeys(_BY_SERVER_CLOCK, filter_text(moment, zone)), **dict.fromkeys(_BY_ISO_DATE, iso_text(moment))}
    return frozenset(path for path, text in texts.items() if _any_updated(client, path, text))


def _any_updated(client: PimClient, path: str, text: str) -> bool:
    search = {"updated": [{"operator": ">", "value": text}]}
    return bool(items(client.get(path, {"limit": 1, "search": search})))
