"""The instance: its folders, and what a merchant configures in Business Manager (locales, sites, currencies, jobs).

`instance.json` in the root holds the configuration and is written with defaults at the first start; it is read anew for each
job. What tests provoke belongs to `instance_faults`.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sandbox.sfcc.import_log_writer import Form
from sandbox.sfcc.instance_state import Store

UPLOAD_LIMIT = 500 * 1024 * 1024
"""Bytes of one WebDAV upload. Source: SFCC help, import/export transaction handling and feed size."""

DEFAULT_LOCALES = ("default", "en-US", "fr-FR", "de-DE", "en", "fr", "de")
DEFAULT_CURRENCIES = ("EUR", "USD", "GBP", "CHF", "JPY", "CAD", "AUD")
DEFAULT_SITES = {"RefArch": {"currencies": ["USD"]}, "RefArchGlobal": {"currencies": ["EUR", "GBP"]}}

WEBDAV_FOLDERS = (
    "Impex/src/instance",
    "Impex/archive",
    "Impex/log",
    "Catalogs",
    "Libraries",
    "Static",
    "LOGS/jobs",
    "Temp",
)


@dataclass(frozen=True)
class Settings:
    """How this process was started; see `instance_command.sfcc` for the meaning of each."""

    root: Path
    client_id: str = "sandbox"
    client_secret: str = "sandbox"  # the sandbox's public default, no secret
    xsd_dir: Path | None = None
    locales: tuple[str, ...] | None = None
    import_delay_ms: int = 0
    token_seconds: int = 1799
    upload_limit_bytes: int = UPLOAD_LIMIT
    log_wording: Form = "mix"
    wording: Mapping[str, str] = field(default_factory=dict)

    @property
    def webdav(self) -> Path:
        return self.root / "webdav"

    @property
    def objects(self) -> Path:
        return self.root / "objects.sqlite"

    @property
    def executions(self) -> Path:
        return self.root / "jobs.sqlite"

    def prepare(self) -> None:
        """Make the instance's folders, its empty store and instance.json, as far as they are missing."""
        for folder in WEBDAV_FOLDERS:
            (self.webdav / folder).mkdir(parents=True, exist_ok=True)
        (self.root / "work").mkdir(exist_ok=True)
        configuration = self.root / "instance.json"
        if not configuration.exists():
            defaults = {"locales": DEFAULT_LOCALES, "currencies": DEFAULT_CURRENCIES, "sites": DEFAULT_SITES, "jobs": {}}
            configuration.write_text(json.dumps(defaults, indent=2) + "\n", encoding="utf-8")
        with Store(self.objects):
            pass


@dataclass(frozen=True)
class Configuration:
    """What Business Manager would show.

    Locales in the form of `xml:lang`, in `locale_order` as they are listed and with `default`; `jobs` maps a job id to its steps
    (see `instance_jobs`); `site_settings`: what instance.json says of each site (see `storefront.shop_sites`).
    """

    locales: frozenset[str]
    currencies: frozenset[str]
    sites: frozenset[str]
    jobs: Mapping[str, list[dict[str, Any]]]
    locale_order: tuple[str, ...]
    site_settings: Mapping[str, Mapping[str, Any]]


def configuration(settings: Settings, store: Store | None = None) -> Configuration:
    """instance.json with the command's locales over it, and over both what was imported: sites, global preferences.

    Raises ValueError for a file that is not JSON.
    """
    given = read_json(settings.root / "instance.json")
    locales = settings.locales or given.get("locales", DEFAULT_LOCALES)
    site_settings = given.get("sites", DEFAULT_SITES)
    sites = set(site_settings)
    if store is not None:
        sites |= {site.id for site in store.each("site")}
        locales = _active_locales(store) or locales
    listed = tuple(dict.fromkeys(locale.replace("_", "-") for locale in locales))
    return Configuration(
        locales=frozenset(listed) - {"default"},
        currencies=frozenset(given.get("currencies", DEFAULT_CURRENCIES)),
        sites=frozenset(sites),
        jobs=given.get("jobs", {}),
        locale_order=listed,
        site_settings=site_settings if isinstance(site_settings, dict) else {},
    )


def _active_locales(store: Store) -> list[str]:
    """The locales of the imported global preferences; none if they name none.

    Source: `ActiveLocales` in the organization preferences of SFRA's demo data.
    """
    return preference(store, "", "ActiveLocales")


def preference(store: Store, site: str, name: str) -> list[str]:
    """The parts of a standard preference of a site, or of the organization (site ''); none where it was not imported.

    Lists are written with colons. Example: "en_US:default" -> [en_US, default].
    """
    stored = store.get("preferences", site, "preferences")
    standard = stored.body.get("standard-preferences", {}) if stored is not None else {}
    values = standard.get("all-instances", {}).get(name, {})
    return [part for value in values.values() for part in str(value).split(":") if part]


def read_json(path: Path) -> dict[str, Any]:
    """A JSON object from a file. Raises ValueError, in one sentence, for a file that is not JSON."""
    try:
        given: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except json.JSONDecodeError as error:
        raise ValueError(f"{path} is not valid JSON ({error}); mend or remove it") from error
    return given
