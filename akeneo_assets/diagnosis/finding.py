"""One finding of `akeneo-sfcc doctor`: what was looked at, the verdict, a sentence, what to do.

Belongs here: what a finding is, and that each becomes one whatever a server or file holds. Doesn't: a check (the other modules
of this package).
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final, Literal

from sfcc_resources.redaction import one_line

Verdict = Literal["ok", "warning", "problem", "unknown"]
"""problem: a load will fail or go wrong; warning: it may; unknown: could not be looked at, `advice` says how."""

MALFORMED: Final = (AttributeError, IndexError, KeyError, OverflowError, RecursionError, TypeError, ValueError)
"""What reading a document raises that has another shape than its specification says."""

REPORT: Final = "A load would stop here, too: report it to whoever runs that system."
"""What to do where a server answers otherwise than its API describes."""

_LENGTH: Final = 4_000  # characters of a sentence; no terminal or table is served by more


@dataclass(frozen=True, slots=True)
class Finding:
    """`sentence` says how things are, `advice` what to do where they aren't good."""

    area: str
    check: str
    verdict: Verdict
    sentence: str
    advice: str = ""

    def readable(self) -> "Finding":
        """The finding with names of the PIM, SFCC and files as one readable line each."""
        return replace(
            self,
            check=one_line(self.check, length=_LENGTH),
            sentence=one_line(self.sentence, length=_LENGTH),
            advice=one_line(self.advice, length=_LENGTH),
        )


def lines(area: str, check: str, verdict: Verdict, sentences: object) -> Iterator[Finding]:
    """A finding for each line of an error whose message says what to do."""
    for line in str(sentences).splitlines():
        yield Finding(area, check, verdict, line)


def malformed(area: str, check: str, error: Exception) -> Finding:
    """The finding that an answer has another shape than its API describes; `error` is one of MALFORMED."""
    sentence = f"The answer isn't as the API describes it ({type(error).__name__}: {error})."
    return Finding(area, check, "problem", sentence, REPORT)
