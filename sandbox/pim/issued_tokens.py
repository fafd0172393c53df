"""OAuth tokens: the password and refresh grants, and who a bearer token belongs to.

Source: Akeneo API, authentication: bad credentials are 422, a bad token is 401.
"""

import base64
import binascii
import hmac
import secrets
from dataclasses import dataclass
from urllib.parse import parse_qsl

import orjson

from sandbox.pim.pim_database import Doc, Store
from sandbox.pim.pim_refusals import ApiError

ACCESS_SECONDS = 3600
REFRESH_SECONDS = 1_209_600
MAX_BODY = 10_000


@dataclass(frozen=True)
class Credentials:
    """The one connection that the PIM knows."""

    client_id: str
    secret: str
    username: str
    password: str


def _same(given: object, wanted: str) -> bool:
    return isinstance(given, str) and hmac.compare_digest(given.encode(), wanted.encode())


def issue(store: Store, credentials: Credentials, headers: dict[str, str], body: bytes, now: float, lifetime: int) -> Doc:
    """Answer a token request; access tokens live `lifetime` seconds. Raises ApiError 413, 415 and 422."""
    if len(body) > MAX_BODY:
        raise ApiError(413, "Request payload is too large.")
    form = _form(headers.get("content-type", ""), body)
    client_id, secret = _client(headers.get("authorization", ""), form)
    grant = form.get("grant_type")
    if grant == "password":
        if not all(isinstance(form.get(key), str) and form[key] for key in ("username", "password")):
            raise ApiError(422, 'Parameter "grant_type", "username" or "password" is missing, empty or invalid')
    elif grant == "refresh_token":
        if not form.get("refresh_token"):
            raise ApiError(422, 'Parameter "grant_type" or "refresh_token" is missing or empty')
    elif grant in ("client_credentials", "authorization_code", "token"):
        raise ApiError(422, "This grant type is not authorized for this client")
    else:
        raise ApiError(422, 'Parameter "grant_type", "username" or "password" is missing, empty or invalid')
    if not (_same(client_id, credentials.client_id) and _same(secret, credentials.secret)):
        raise ApiError(422, 'Parameter "client_id" is missing or does not match any client, or secret is invalid')
    if grant == "password":
        if not (_same(form["username"], credentials.username) and _same(form["password"], credentials.password)):
            raise ApiError(422, "No user found for the given username and password")
    else:
        _use_up(store, str(form["refresh_token"]), now)
    access, refresh = secrets.token_hex(43), secrets.token_hex(43)
    with store.writing() as db:
        db.execute(
            "INSERT INTO token VALUES (?, ?, ?, ?, ?)",
            (access, refresh, client_id, int(now) + lifetime, int(now) + REFRESH_SECONDS),
        )
    return {"access_token": access, "expires_in": lifetime, "token_type": "bearer", "scope": None, "refresh_token": refresh}


def _form(content_type: str, body: bytes) -> Doc:
    kind = content_type.split(";", maxsplit=1)[0].strip().lower()
    if kind == "application/x-www-form-urlencoded":
        return dict(parse_qsl(body.decode(errors="replace")))
    if kind != "application/json":
        allowed = '"application/json" or "application/x-www-form-urlencoded"'
        raise ApiError(415, f'"{kind}" in "Content-Type" header is not valid. Only {allowed} are allowed.')
    try:
        parsed = orjson.loads(body)
    except orjson.JSONDecodeError as wrong:
        raise ApiError(400, "Invalid json message received") from wrong
    return parsed if isinstance(parsed, dict) else {}


def _client(authorization: str, form: Doc) -> tuple[object, object]:
    scheme, _, encoded = authorization.partition(" ")
    if scheme.lower() == "basic":
        try:
            client_id, _, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            return None, None
        return client_id, secret
    return form.get("client_id"), form.get("client_secret")


def _use_up(store: Store, refresh: str, now: float) -> None:
    """A refresh token works once."""
    with store.writing() as db:
        row = db.execute("SELECT refresh_until FROM token WHERE refresh = ?", (refresh,)).fetchone()
        if row is None or row[0] <= now:
            raise ApiError(422, "Refresh token is invalid or has expired")
        db.execute("DELETE FROM token WHERE refresh = ?", (refresh,))


def client_of(store: Store, authorization: str, now: float) -> str:
    """The client id of a bearer token. Raises ApiError 401."""
    scheme, _, access = authorization.partition(" ")
    if scheme.lower() != "bearer" or not access:
        raise ApiError(401, "Authentication is required")
    row = store.connection.execute("SELECT client, access_until FROM token WHERE access = ?", (access,)).fetchone()
    if row is None:
        raise ApiError(401, "The access token provided is invalid.")
    if row[1] <= now:
        raise ApiError(401, "The access token provided has expired.")
    return str(row[0])
