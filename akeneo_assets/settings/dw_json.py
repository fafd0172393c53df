"""The SFCC instance as the b2c CLI knows it: its variables of other names, and the file dw.json.

Belongs here: which entry of the file holds, which of our variables it gives, when it is passed over. Doesn't: what the variables
mean (`environment`). Source: guide "Configuration" of the b2c CLI (resolution priority, credential grouping, changing the
hostname); facts on SFCC's imports, "SFCC ecosystem habits".
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from akeneo_assets.errors import SettingsError, shown

_HOSTS: Final = {"SFCC_SERVER": "SFCC_URL", "SFCC_ACCOUNT_MANAGER_HOST": "SFCC_LOGIN_URL"}
"""A host in a variable of the b2c CLI, and the address that it gives."""

_KEYS: Final = {
    "SFCC_SERVER": ("hostname", "server"),
    "SFCC_ACCOUNT_MANAGER_HOST": ("account-manager-host",),
    "SFCC_CLIENT_ID": ("client-id",),
    "SFCC_CLIENT_SECRET": ("client-secret",),
}
"""A variable of the b2c CLI, and the keys of dw.json that stand for it, in kebab case; camel case counts, too."""

_PAIR: Final = ("SFCC_CLIENT_ID", "SFCC_CLIENT_SECRET", "SFCC_CLIENT_SECRET_FILE")
"""A higher source that gives one of these keeps a lower one from giving the others: an id and its secret belong together."""


def addresses(variables: Mapping[str, str]) -> dict[str, str]:
    """The addresses that hosts in the b2c CLI's variables give.

    Example: {"SFCC_SERVER": "abcd-001.dx.commercecloud.salesforce.com"} -> {"SFCC_URL": "https://abcd-001.dx..."}.
    """
    return {ours: f"https://{variables[theirs]}" for theirs, ours in _HOSTS.items() if variables.get(theirs)}


def of_dw_json(variables: Mapping[str, str]) -> tuple[str, dict[str, str]]:
    """What dw.json gives besides `variables`, those of all higher sources, and what to call the place: `dw.json (sandbox)`.

    The file is the one that SFCC_CONFIG names, else `dw.json` in the working directory; its entry the one that SFCC_INSTANCE
    names, else the active one, else the file's root. An entry for another host than the variables' gives nothing.

    Raises:
        SettingsError: the file can't be read or isn't of its form; SFCC_CONFIG or SFCC_INSTANCE names what isn't there. The
            message holds no secret of the file.
    """
    path = Path(variables.get("SFCC_CONFIG") or "dw.json")
    if "SFCC_CONFIG" not in variables and not path.exists():
        return "", {}
    entry = _entry(_read(path), variables.get("SFCC_INSTANCE"), path)
    values = {name: text for name, keys in _KEYS.items() if (text := _text(entry, keys, path))}
    given = addresses(values) | {name: values[name] for name in _PAIR if name in values}
    url = variables.get("SFCC_URL") or addresses(variables).get("SFCC_URL")
    if url and urlsplit(url).hostname != urlsplit(given.get("SFCC_URL", url)).hostname:
        return "", {}
    if any(name in variables for name in _PAIR):
        given = {name: text for name, text in given.items() if name not in _PAIR}
    name = entry.get("name")
    place = f"{path} ({shown(name)})" if isinstance(name, str) else str(path)
    return place, {name: text for name, text in given.items() if name not in variables}


def _read(path: Path) -> Mapping[str, Any]:
    try:
        document = json.loads(path.read_text("utf-8-sig"))
    except OSError as error:
        why = f"can't be read ({error.strerror}): let this user read it, or name another by SFCC_CONFIG"
        raise SettingsError(f"{path}, the b2c CLI's file, {why}.") from None
    except (ValueError, RecursionError):  # JSON, or UTF-8
        document = None
    if not isinstance(document, dict):
        raise SettingsError(f"{path}, the b2c CLI's file, is no JSON object in UTF-8: mend it, or move it away.")
    return document


def _entry(document: Mapping[str, Any], wanted: str | None, path: Path) -> Mapping[str, Any]:
    """The instance of the file that holds; an empty one where none does."""
    configs = document.get("configs") or []
    entries = [entry for entry in configs if isinstance(entry, dict)] if isinstance(configs, list) else []
    if wanted:
        named = [entry for entry in (*entries, document) if entry.get("name") == wanted]
        if not named:
            names = ", ".join(shown(str(entry.get("name"))) for entry in entries) or "none"
            raise SettingsError(f"{path} has no instance '{shown(wanted)}', which SFCC_INSTANCE names. It has: {names}.")
        return named[0]
    active = next((entry for entry in entries if entry.get("active") is True), None)
    if active is not None:
        return active
    return document if document.get("active") is not False else {}


def _text(entry: Mapping[str, Any], keys: tuple[str, ...], path: Path) -> str:
    for key in keys:
        head, *tail = key.split("-")
        value = entry.get(key) or entry.get(head + "".join(map(str.capitalize, tail)))
        if value is not None and not isinstance(value, str):
            raise SettingsError(f"{path}, the b2c CLI's file: {key} is no text; write it in quotes.")
        if value:
            return value
    return ""
