"""What can go wrong between the connector and SFCC: one clear sentence each, and whether trying again may help.

Belongs here: the types of failure. Doesn't: which answer is which failure (`sfcc_answers`), trying again (`sfcc_client`,
`job_executions`).
"""

from typing import Final, Self

ALREADY_RUNNING: Final = "JobAlreadyRunningException"

PASSING: Final = frozenset({408, 429, 500, 502, 503, 504})
"""HTTP statuses that may pass by themselves."""


class SfccError(Exception):
    """A failed call.

    status: HTTP status; fault: OCAPI's fault type, where there are any.
    unsent: SFCC has not taken the request, so that even one that changes something may be sent again.
    retry_after: seconds to wait, where SFCC says so. tries: how often it was tried before it was given up.
    """

    def __init__(
        self,
        sentence: str,
        *,
        status: int | None = None,
        fault: str | None = None,
        unsent: bool = False,
        retry_after: float | None = None,
        tries: int = 1,
    ) -> None:
        """`sentence`: what failed, where, what to do; without secrets."""
        super().__init__(sentence)
        self.status = status
        self.fault = fault
        self.unsent = unsent
        self.retry_after = retry_after
        self.tries = tries

    def given_up(self, tries: int) -> Self:
        """The same failure after so many tries, which its sentence says."""
        return type(self)(
            f"{self} Given up after {tries} tries." if tries > 1 else str(self),
            status=self.status,
            fault=self.fault,
            unsent=self.unsent,
            retry_after=self.retry_after,
            tries=tries,
        )


class SfccPermanentError(SfccError):
    """Trying again doesn't help: someone must change something first."""


class SfccTransientError(SfccError):
    """Trying again later may help: SFCC is busy, down or out of reach."""


class SfccAnswerError(SfccTransientError):
    """SFCC answered, and otherwise than its API documents: nothing can be taken from it."""
