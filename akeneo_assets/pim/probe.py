"""Short questions to the PIM: does the connection stand, does it hold what the settings name, has anything changed since.

Not here: reading records (paging.py, walk.py), what to do with the answers (preflight, sensors).
Source: Akeneo API, system information, channels, attributes, filters (products: `YYYY-MM-DD HH:MM:SS`; structure: ISO 8601).
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from akeneo_assets.pim.client import PimClient
from akeneo_assets.pim.clock import filter_text, iso_text
from akeneo_assets.pim.errors import WrongSettingError
from akeneo_assets.pim.paging import Item, items, pages

# products-uuid came with it.
OLDEST_VERSION = 7
# Codes asked for at once: the attributes of one page.
_CODES_A_QUESTION = 100

_BY_SERVER_CLOCK = ("products-uuid", "product-models")
_BY_ISO_DATE = ("categories", "attributes", "families")


@dataclass(frozen=True, slots=True)
class PimInfo:
    """`version` and `edition` as the PIM names them; `channel` in the API's shape; `server_time` by the PIM's clock (UTC)."""

    version: str
    edition: str
    channel: Item
    server_time: datetime


def check_connection(client: PimClient, channel: str, attribute_codes: Iterable[str]) -> PimInfo:
    """Log in and look up what the settings name. Codes compare case-insensitively.

    Raises AuthenticationError, UnreachableError (after one retry, not the usual many), PermanentPimError (no PIM at the address),
    and WrongSettingError: a PIM before 7.0, an unknown channel, unknown attribute codes.
    """
    client.connect()
    answer = client.fetch("system-information")
    version, edition = str(answer.body.get("version", "")), str(answer.body.get("edition", ""))
    # SaaS versions are dates or build names: only a plain old number is refused.
    numbered = re.match(r"v?(\d{1,2})\.\d", version)
    if numbered and int(numbered[1]) < OLDEST_VERSION:
        raise WrongSettingError(
            f"The PIM at {client.host} is version {version}, but products by uuid need {OLDEST_VERSION}.0 or later."
        )
    found = _channel(client, channel)
    _check_attributes(client, list(attribute_codes))
    return PimInfo(version, edition, found, answer.server_time)


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


def _channel(client: PimClient, code: str) -> Item:
    channels = {str(c["code"]): c for page in pages(client, "channels", {"limit": 100}) for c in page}
    for known, channel in channels.items():
        if known.casefold() == code.casefold():
            return channel
    there = ", ".join(sorted(channels)) or "none that this connection may see"
    raise WrongSettingError(f"The PIM at {client.host} has no channel {code!r}: set one of those it has ({there}).")


def _check_attributes(client: PimClient, codes: list[str]) -> None:
    known: set[str] = set()
    for start in range(0, len(codes), _CODES_A_QUESTION):
        search = {"code": [{"operator": "IN", "value": codes[start : start + _CODES_A_QUESTION]}]}
        known |= {
            str(a["code"]).casefold() for page in pages(client, "attributes", {"limit": 100, "search": search}) for a in page
        }
    if unknown := sorted({code for code in codes if code.casefold() not in known}):
        raise WrongSettingError(
            f"The mapping names attributes that the PIM at {client.host} does not have or does not show: {', '.join(unknown)}: "
            "correct the mapping, or let the connection's role see them."
        )
