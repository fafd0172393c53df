"""The Dagster logger that shows people what a job says of itself, without Dagster's own events. The command line uses it."""

import logging
from typing import Final

import dagster as dg

PROGRESS: Final = "progress"


@dg.logger(config_schema={}, description="Prints what the assets say, a line each with the time; nothing of Dagster's events.")
def progress_logger(_context: dg.InitLoggerContext) -> logging.Logger:
    """For `run_config={"loggers": {"progress": {}}}`."""
    logger = logging.Logger(PROGRESS, level=logging.INFO)  # noqa: LOG001 - a run's own, so that handlers don't add up
    handler = logging.StreamHandler()
    handler.addFilter(_said_by_an_asset)
    handler.setFormatter(logging.Formatter("%(asctime)s  %(said)s", datefmt="%H:%M:%S"))
    logger.addHandler(handler)
    return logger


def _said_by_an_asset(record: logging.LogRecord) -> bool:
    meta = record.__dict__.get("dagster_meta") or {}
    record.__dict__["said"] = meta.get("orig_message", record.getMessage())
    by_a_step = meta.get("dagster_event") is None and meta.get("step_key") is not None
    # Errors are Dagster's own: which later steps it now passes over. Assets end with a sentence instead, told with the outcome.
    return by_a_step and record.levelno < logging.ERROR
