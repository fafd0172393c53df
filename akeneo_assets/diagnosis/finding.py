"""One finding of `akeneo-sfcc doctor`: what was looked at, the verdict, a sentence, what to do."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

Verdict = Literal["ok", "warning", "problem", "unknown"]
"""problem: a load will fail or go wrong; warning: it may; unknown: could not be looked at, `advice` says how."""


@dataclass(frozen=True, slots=True)
class Finding:
    """`sentence` says how things are, `advice` what to do where they aren't good."""

    area: str
    check: str
    verdict: Verdict
    sentence: str
    advice: str = ""


def lines(area: str, check: str, verdict: Verdict, sentences: object) -> Iterator[Finding]:
    """A finding for each line of an error whose message says what to do."""
    for line in str(sentences).splitlines():
        yield Finding(area, check, verdict, line)
