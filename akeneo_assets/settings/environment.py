"""Addresses and secrets from the environment and an .env file. Read only when `Environment.read()` is called, never at import.

Belongs here: what differs between installations or must stay secret. Doesn't: anything else (`connector`). No message of this
module holds a value: a person may have put a secret into the wrong variable.
"""

import os
import re
from collections.abc import Callable, Iterator, Mapping
from io import StringIO
from pathlib import Path
from typing import Annotated, Any, Final, Self, get_args

from dotenv import dotenv_values, load_dotenv
from dotenv.parser import parse_stream
from pydantic import AfterValidator, BaseModel, ConfigDict, SecretStr, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from akeneo_assets.errors import SettingsError
from akeneo_assets.settings.dw_json import addresses, of_dw_json
from akeneo_assets.settings.setting_docs import setting_docs

ENV_FILE: Final = Path(".env")
_ENCODING: Final = "utf-8-sig"  # UTF-8, with or without the mark that Windows editors put before it
_MAX_BYTES: Final = 1 << 20


def _address(text: str) -> str:
    """Refuse what is no web address, and a user name in one: an address is told in errors and metadata."""
    if not re.fullmatch(r"https?://[^\s/@]+(/\S*)?", text):
        raise ValueError("give it as https://host, without user and password")
    return text


def _header_text(text: str) -> str:
    """Refuse what can't travel in an HTTP header as it is, where client ids and the secret of the PIM's client do."""
    if not re.fullmatch(r"[\x21-\x7e]+", text):
        raise ValueError("it holds blanks, control characters or letters beyond ASCII, so copy it again")
    return text


def _plain_text(text: str) -> str:
    """Refuse what a paste brings along: line breaks, and bytes that are no UTF-8."""
    if any(character < " " or "\ud800" <= character <= "\udfff" for character in text):
        raise ValueError("it holds a line break, another control character, or bytes that are no UTF-8, so copy it again")
    return text


def _secret(check: Callable[[str], str]) -> AfterValidator:
    def checked(secret: SecretStr) -> SecretStr:
        check(secret.get_secret_value())
        return secret

    return AfterValidator(checked)


def _existing(is_there: Callable[[Path], bool], what: str) -> AfterValidator:
    def checked(path: Path) -> Path:
        try:
            there = is_there(path)
        except OSError:  # a folder on the way may not be entered, or the name is too long
            there = False
        if not there:
            raise ValueError(f"give the path of a {what} that exists and that this user may read")
        return path

    return AfterValidator(checked)


Address = Annotated[str, AfterValidator(_address)]
ClientId = Annotated[str, AfterValidator(_header_text)]
PlainSecret = Annotated[SecretStr, _secret(_plain_text)]


class Environment(BaseModel):
    """The environment variables of the connector, in lower case."""

    model_config = ConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True)

    akeneo_url: Address
    """The address of the PIM, e.g. `https://example.cloud.akeneo.com`."""
    akeneo_client_id: ClientId
    """The client id of the PIM's connection (in the PIM under Connect > Connection settings)."""
    akeneo_client_secret: Annotated[SecretStr, _secret(_header_text)]
    """The secret of the PIM's connection (in the PIM under Connect > Connection settings)."""
    akeneo_username: Annotated[str, AfterValidator(_plain_text)]
    """The user name of the PIM's connection (in the PIM under Connect > Connection settings)."""
    akeneo_password: PlainSecret
    """The password of that user (the PIM shows it once; Connect > Connection settings makes a new one)."""
    akeneo_events_secret: PlainSecret | None = None
    """The secret of the PIM's event subscription, for `akeneo-sfcc events` alone."""
    sfcc_url: Address
    """The address of the SFCC instance, e.g. `https://zzzz-001.dx.commercecloud.salesforce.com`."""
    sfcc_login_url: Address = "https://account.demandware.com"
    """The address of the Account Manager."""
    sfcc_client_id: ClientId
    """The id of the API client (in the Account Manager under API Client)."""
    sfcc_client_secret: PlainSecret
    """The password of the API client (in the Account Manager under API Client)."""
    sfcc_ca_file: Annotated[Path, _existing(Path.is_file, "file")] | None = None
    """Certificates to trust instead of the well-known ones."""
    sfcc_xsd_dir: Annotated[Path, _existing(Path.is_dir, "folder")] | None = None
    """Folder of SFCC's XML schemas: every feed is validated before it is sent. Not given: feeds are not validated."""
    connector_store: Path = Path("var/store")
    """Where Parquet and XML lie."""
    connector_config: Path = Path("connector.yaml")
    """The settings file."""
    connector_notify: SecretStr | None = None
    """Whom the sensor `notices` tells: addresses of apprise, set apart by blanks, e.g. `slack://...` or `mailto://...`."""

    @classmethod
    def read(cls) -> Self:
        """The environment as it is now; what isn't set there is taken from the `.env` file of the working directory, and what is
        SFCC's from what the b2c CLI reads (`dw_json`).

        Raises:
            SettingsError: as `of`; or a file can't be read.
        """
        return cls.of({name: text for _, given in _sources() for name, text in given.items()})

    @classmethod
    def origins(cls) -> str:
        """Where the variables that are set come from, for people; no values. Raises SettingsError as `read`.

        Example: `From .env: AKENEO_URL. From dw.json (sandbox): SFCC_CLIENT_ID, SFCC_CLIENT_SECRET, SFCC_URL.`
        """
        ours = {place: [n for n in given if _own(n).lower() in cls.model_fields] for place, given in _sources()}
        return " ".join(f"From {place}: {', '.join(sorted(names))}." for place, names in ours.items() if names)

    @classmethod
    def of(cls, variables: Mapping[str, str | None]) -> Self:
        """The environment that these variables make, and nothing else. Names in any case; an empty one counts as missing. A
        secret that isn't given is read from the file that the variable with `_FILE` after its name gives, if there is one.

        Raises:
            SettingsError: names every variable that is missing or wrong, never its value; one sentence a line.
        """
        given = {name.lower(): text for name, text in variables.items() if text}
        try:
            return cls.model_validate(_secrets_of_files(given, cls.model_fields) | given)
        except ValidationError as error:
            problems = error.errors(include_input=False)
        raise SettingsError("\n".join(map(_sentence, problems)))


def _secrets_of_files(given: Mapping[str, str], fields: Mapping[str, FieldInfo]) -> dict[str, str]:
    """The secrets that lie in files, as container platforms hand them over; the line break at the end isn't part of one."""
    secrets = {}
    for name in (name for name, field in fields.items() if name not in given and _is_secret(field.annotation)):
        if path := given.get(f"{name}_file"):
            try:
                secrets[name] = Path(path).read_text(_ENCODING).rstrip("\r\n")
            except (OSError, ValueError):
                variable = f"{name.upper()}_FILE"
                raise SettingsError(
                    f"Not usable in the environment: {variable}; give the path of a file in UTF-8 that this user may read."
                ) from None
    return secrets


def _is_secret(annotation: Any) -> bool:
    return annotation is SecretStr or any(_is_secret(argument) for argument in get_args(annotation))


def _sentence(problem: ErrorDetails) -> str:
    name = str(problem["loc"][0])
    description = " ".join(setting_docs(Environment).get(name, "").replace("`", "").split())
    what = f"{name.upper()}, {description[:1].lower()}{description[1:].partition(': ')[0].rstrip('.')}"
    if problem["type"] == "missing":
        return f"Missing in the environment: {what}; set it there or in an .env file."
    return f"Not usable in the environment: {what}; {problem['msg'].removeprefix('Value error, ')}."


def settings_file() -> Path:
    """The path of connector.yaml, whatever else of the environment is missing or wrong.

    Raises:
        SettingsError: the `.env` file can't be read.
    """
    name = "CONNECTOR_CONFIG"
    named = os.environ.get(name) or _of_env_file().get(name)
    return Path(named or Environment.model_fields[name.lower()].default)


def _sources() -> Iterator[tuple[str, dict[str, str]]]:
    """Each source by name, the one that wins first, with what it gives that none before it has given. A secret and the file that
    holds it are one thing."""
    environment = {name: text for name, text in os.environ.items() if text}
    env_file = {name: text for name, text in _of_env_file().items() if text}
    known = env_file | environment
    hosts = {name: text for name, text in addresses(known).items() if name not in known}
    place, cli = of_dw_json(known | hosts)
    sources = {"the environment": environment, str(ENV_FILE): env_file, "the b2c CLI's variables": hosts, place: cli}
    given = set[str]()
    for name, source in sources.items():
        yield name, {variable: text for variable, text in source.items() if _own(variable) not in given}
        given |= set(map(_own, source))


def _own(variable: str) -> str:
    """`AKENEO_PASSWORD_FILE` -> `AKENEO_PASSWORD`; others as they are."""
    return variable.removesuffix("_FILE")


def _of_env_file() -> dict[str, str | None]:
    _refuse_unreadable(ENV_FILE)
    return dotenv_values(ENV_FILE.absolute(), encoding=_ENCODING)


def load_env_file() -> None:
    """Put the variables of `.env` into this process's environment, where they aren't set already: Dagster reads its own there.

    Raises:
        SettingsError: the file can't be read.
    """
    _refuse_unreadable(ENV_FILE)
    load_dotenv(ENV_FILE.absolute(), encoding=_ENCODING)


def _refuse_unreadable(path: Path) -> None:
    """Raise SettingsError for an .env file whose reading would end in a traceback, or of which lines would be passed over."""
    instead = "or set the variables in the environment"
    try:
        content = path.read_bytes() if path.is_file() else b""
    except OSError as error:
        raise SettingsError(f"{path} can't be read ({error.strerror}): let this user read it, {instead}.") from None
    if len(content) > _MAX_BYTES:
        raise SettingsError(f"{path} has more than {_MAX_BYTES >> 20} MiB: check the file, {instead}.")
    try:
        text = content.decode(_ENCODING)
    except UnicodeDecodeError:
        raise SettingsError(f"{path} isn't UTF-8: save it in that encoding, {instead}.") from None
    for binding in parse_stream(StringIO(text)):
        if binding.error or "\0" in binding.original.string:
            raise SettingsError(
                f"{path}, line {binding.original.line}, can't be read: write NAME=value, the value in single quotes where it "
                f"holds blanks, # or $, {instead}."
            )
