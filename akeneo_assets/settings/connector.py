"""connector.yaml as a whole: everything that a merchant may want different, as one frozen model, and its loading.

Belongs here: the sections put together. Doesn't: a section's own keys (`*_settings`), the file's YAML (`settings_file`), secrets
and addresses (`environment`), whether the PIM has what the file names (`akeneo_assets.mapping.settings_check`).
"""

import hashlib
from pathlib import Path
from typing import Final

import orjson
from pydantic import ValidationError

from akeneo_assets.errors import SettingsError
from akeneo_assets.settings.akeneo_settings import Akeneo
from akeneo_assets.settings.attribute_settings import Attributes
from akeneo_assets.settings.category_settings import Categories
from akeneo_assets.settings.content_settings import Assets, ReferenceEntities
from akeneo_assets.settings.delivery_settings import Delivery
from akeneo_assets.settings.guard_settings import Guard
from akeneo_assets.settings.image_settings import Images
from akeneo_assets.settings.keep_settings import Keep
from akeneo_assets.settings.load_settings import Loads
from akeneo_assets.settings.organization_settings import Organization
from akeneo_assets.settings.price_settings import PriceBook
from akeneo_assets.settings.product_settings import Association, Products
from akeneo_assets.settings.schedule_settings import Schedules
from akeneo_assets.settings.section import Section
from akeneo_assets.settings.settings_file import read_settings_file
from akeneo_assets.settings.settings_sentences import sentence


class ConnectorSettings(Section):
    """connector.yaml."""

    akeneo: Akeneo = Akeneo()
    """How the PIM is read."""
    organization: Organization = Organization()
    """The SFCC organization and its sites."""
    attributes: Attributes = Attributes()
    """Which attributes are imported, and as what."""
    products: Products = Products()
    """Which products are imported, and how."""
    associations: dict[str, Association] = {}
    """Code of an association type: what it becomes. Types not named aren't imported."""
    images: Images = Images()
    """The products' images."""
    assets: Assets = Assets()
    """Asset collections as values."""
    categories: Categories = Categories()
    """Categories and assignments."""
    price_books: tuple[PriceBook, ...] = (PriceBook(optional=True),)
    """The price books."""
    reference_entities: ReferenceEntities = ReferenceEntities()
    """Reference entities as content."""
    delivery: Delivery = Delivery()
    """How files reach SFCC."""
    loads: Loads = Loads()
    """Loads of products."""
    guard: Guard = Guard()
    """What may vanish from the shop without a person's word."""
    keep: Keep = Keep()
    """Which loads stay whole in the store."""
    schedules: Schedules = Schedules()
    """When jobs start by the clock."""


_NAMED: Final = 50  # problems of a file that are named at once

_NOT_MAPPING: Final = {"akeneo", "delivery", "loads", "guard", "keep", "schedules"}
"""Sections that say when and how data travels and what is kept of it: they change no record."""


def fingerprint(settings: ConnectorSettings) -> str:
    """Hexadecimal SHA-256 of the settings that decide what records hold; equal exactly when the mapping is set alike."""
    data = settings.model_dump(mode="json", exclude=_NOT_MAPPING)
    return hashlib.sha256(orjson.dumps(data, option=orjson.OPT_SORT_KEYS)).hexdigest()


def load(path: Path) -> ConnectorSettings:
    """Read and validate the file.

    Raises:
        SettingsError: it can't be read or says something that isn't allowed; the message has one sentence a line.
    """
    data = read_settings_file(path)
    try:
        return ConnectorSettings.model_validate(data)
    except ValidationError as error:
        problems = error.errors()
    sentences = [f"{path}: {sentence(problem, ConnectorSettings)}" for problem in problems[:_NAMED]]
    if len(problems) > _NAMED:
        sentences.append(f"{path}: has {len(problems) - _NAMED:,} more problems; mend these first.")
    raise SettingsError("\n".join(sentences))
