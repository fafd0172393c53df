"""DAGSTER_HOME, the folder in which Dagster keeps its settings and its records of runs: made, examined, opened.

Belongs here: the folder, its dagster.yaml, opening the instance in it. Doesn't: what the connector keeps (`akeneo_assets.store`).

Dagster itself makes no home, takes an empty dagster.yaml for "all defaults" (which would let 3-1 and 3-2 run together), and lets
two processes that start at once spoil each other's databases.
"""

import os
from collections.abc import Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import dagster as dg
import yaml
from dagster_shared.check import CheckError
from filelock import FileLock, Timeout
from sqlalchemy.exc import SQLAlchemyError

from akeneo_assets.diagnosis.finding import Finding
from akeneo_assets.errors import ConnectorError, shown
from akeneo_assets.loads.partitions import KIND_TAG
from akeneo_assets.queue_order import IMPORT_TAG
from sfcc_resources.redaction import one_line

SETTINGS: Final = Path(__file__).parents[1] / "dagster.yaml"
"""The project's instance settings, which a new home gets."""

_DEFAULT: Final = "var/dagster"
_LOCK: Final = ".akeneo-sfcc.lock"
_LOCK_SECONDS: Final = 120.0
_LIMITS: Final = (KIND_TAG, IMPORT_TAG)
_NOTHING: Final = "Nothing was read or sent."


def prepare_home(environment: MutableMapping[str, str]) -> Path:
    """Make the home that DAGSTER_HOME names (`var/dagster` where it is unset, which is then set), for its owner alone, and put
    the project's dagster.yaml into it where there is none.

    Raises:
        ConnectorError: the home can't be used, or its dagster.yaml is broken; nothing was changed in it.
    """
    home = Path(environment.get("DAGSTER_HOME") or Path(_DEFAULT).absolute())
    if problem := _name_problem(home):
        raise ConnectorError(f"{problem} {_NOTHING}")
    with _usable(home):
        home.mkdir(mode=0o700, parents=True, exist_ok=True)  # the mode is the last folder's alone
        with _alone(home):
            if not (home / "dagster.yaml").exists():
                _copy_settings(home)
        if problem := _settings_problem(home):
            raise ConnectorError(f"{problem} {_NOTHING}")
    environment["DAGSTER_HOME"] = str(home)
    return home


def open_instance(environment: MutableMapping[str, str]) -> dg.DagsterInstance:
    """The Dagster instance of `prepare_home`'s folder; its databases are made on first use, by one process at a time.

    Raises:
        ConnectorError: as `prepare_home`; or Dagster can't use its settings or write its databases.
    """
    home = prepare_home(environment)
    with _usable(home), _alone(home):
        return dg.DagsterInstance.from_config(str(home))


def examine_home(environment: Mapping[str, str]) -> Finding:
    """The finding of `doctor`: whether `prepare_home` would succeed, and whether 3-1 and 3-2 are kept apart. Changes nothing."""
    area, check, named = "here", "DAGSTER_HOME", environment.get("DAGSTER_HOME")
    home = Path(named or _DEFAULT)
    settings = home / "dagster.yaml"
    if problem := _name_problem(home) if named else None:
        return Finding(area, check, "problem", problem)
    if not os.access(settings, os.F_OK):
        unset = "" if named else "DAGSTER_HOME is not set: `akeneo-sfcc run` takes var/dagster, the Dagster UI forgets its runs. "
        sentence = f"{unset}{home} has no dagster.yaml yet."
        advice = "Set it; the first `akeneo-sfcc run` puts the file there. It keeps 3-1 and 3-2 apart."
        return Finding(area, check, "warning", sentence, advice)
    if not os.access(home, os.W_OK):
        return Finding(area, check, "problem", f"{home} can't be written.", "Let this user write it.")
    if problem := _settings_problem(home):
        return Finding(area, check, "problem", problem)
    text = settings.read_text("utf-8")
    if missing := [tag for tag in _LIMITS if tag not in text]:
        sentence = f"{settings} has no concurrency limit for the tag {' and '.join(missing)}."
        return Finding(area, check, "warning", sentence, f"Take it over from {SETTINGS}: imports then queue in their order.")
    return Finding(area, check, "ok", f"{home} holds dagster.yaml with the limits that keep imports apart and in their order.")


def _name_problem(home: Path) -> str | None:
    if not home.is_absolute():
        return f"DAGSTER_HOME is '{shown(str(home))}': give it as an absolute path."
    if any(character in "*?[" for character in str(home)):
        return f"DAGSTER_HOME is '{shown(str(home))}': name a folder without *, ? and [, which Dagster reads as a pattern."
    return None


def _copy_settings(home: Path) -> None:
    """Put dagster.yaml there whole or not at all, whatever happens to the disk."""
    aside = home / ".dagster.yaml.part"
    try:
        aside.write_bytes(SETTINGS.read_bytes())
        aside.replace(home / "dagster.yaml")
    finally:
        aside.unlink(missing_ok=True)


def _settings_problem(home: Path) -> str | None:
    """What is wrong with the form of dagster.yaml; None: nothing, or what only Dagster can tell."""
    path = home / "dagster.yaml"
    advice = f"mend it, or remove it: the next run puts the project's own there ({SETTINGS})."
    try:
        text = path.read_text("utf-8")
        settings: Any = yaml.safe_load(text)
    except OSError as error:
        return f"{path} can't be read ({error.strerror}): let this user read it."
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
        why = "nested too deep" if isinstance(error, RecursionError) else one_line(str(error))
        return f"{path} is no YAML ({why}): {advice}"
    if not text.strip():
        return f"{path} is empty: {advice}"
    if settings is not None and not isinstance(settings, dict):
        return f"{path} must hold sections such as 'concurrency:', not a {type(settings).__name__}: {advice}"
    return None


@contextmanager
def _alone(home: Path) -> Iterator[None]:
    try:
        with FileLock(home / _LOCK, timeout=_LOCK_SECONDS):
            yield
    except Timeout:
        raise ConnectorError(
            f"Another process has been setting up {home} for {_LOCK_SECONDS:.0f} s: wait for it, or end it. {_NOTHING}"
        ) from None


@contextmanager
def _usable(home: Path) -> Iterator[None]:
    """Raise ConnectorError for what the disk, the databases and Dagster's check of its settings say."""
    try:
        yield
    except dg.DagsterInvalidConfigError as error:
        reasons = [str(reason.message).partition(" Expected:")[0] for reason in error.errors or []] or [str(error)]
    except (dg.DagsterError, CheckError) as error:
        reasons = [str(error).removeprefix("Failure condition: ")]
    except SQLAlchemyError as error:
        raise _unusable(home, str(getattr(error, "orig", None) or error)) from None
    except OSError as error:
        raise _unusable(home, error.strerror or str(error)) from None
    else:
        return
    raise ConnectorError(
        f"{home / 'dagster.yaml'} can't be used ({one_line('; '.join(reasons))}): mend it, or remove it: the next run puts the "
        f"project's own there ({SETTINGS}). {_NOTHING}"
    )


def _unusable(home: Path, reason: str) -> ConnectorError:
    return ConnectorError(
        f"DAGSTER_HOME, {shown(str(home))}, can't be used ({one_line(reason)}): let this user write it, make room on its disk, "
        f"or name another folder. {_NOTHING}"
    )
