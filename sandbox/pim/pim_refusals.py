"""The PIM's error answers. Only the exception that carries one and the wordings used in several places."""

from typing import Any

DOCUMENTATION = "http://api.akeneo.com/api-reference.html"


class ApiError(Exception):
    """An answer other than success: `{"code": status, "message": message, **extra}`.

    Source: Akeneo API, responses.
    """

    def __init__(self, status: int, message: str, *, headers: dict[str, str] | None = None, **extra: Any) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.headers = headers or {}
        self.extra = extra

    def body(self) -> dict[str, Any]:
        return {"code": self.status, "message": self.message, **self.extra}


def documented(message: str, anchor: str) -> ApiError:
    """A 422 that points at the documentation of the call, as the PIM's updaters raise it."""
    link = {"documentation": {"href": f"{DOCUMENTATION}#{anchor}"}}
    return ApiError(422, f"{message} Check the expected format on the API documentation.", _links=link)


def unknown(name: str, expected: str, thing: str, code: object, anchor: str) -> ApiError:
    """The 422 for a code that names nothing: property, what it expects, what doesn't exist."""
    return documented(f'Property "{name}" expects a valid {expected}. The {thing} does not exist, "{code}" given.', anchor)


def invalid(*violations: dict[str, Any]) -> ApiError:
    """A 422 of the validator: `errors` holds one `{"property", "message", ...}` a violation."""
    return ApiError(422, "Validation failed.", errors=list(violations))


def not_found(what: str) -> ApiError:
    return ApiError(404, f"{what} does not exist or you do not have permission to access it.")
