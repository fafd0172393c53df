"""The token endpoint's tokens: JWT-shaped, signed with a key of the instance's root, so that they outlive a restart.

Source: Account Manager as sfcc-ci and the B2C tooling SDK use it (client_credentials, 1799 seconds, three-part token).
"""

import base64
import binascii
import hashlib
import hmac
import json
import secrets
import time
from enum import Enum
from pathlib import Path


class TokenState(Enum):
    VALID = "valid"
    EXPIRED = "expired"
    INVALID = "invalid"


def signing_key(root: Path) -> bytes:
    """The instance's key, made at the first start."""
    path = root / "token.key"
    if not path.exists():
        path.touch(mode=0o600)
        path.write_bytes(secrets.token_bytes(32))
    return path.read_bytes()


def issue(key: bytes, client_id: str, seconds: int) -> str:
    """An access token for a client, good for `seconds`."""
    now = int(time.time())
    claims = {"sub": client_id, "iss": "sandbox", "iat": now, "exp": now + seconds, "jti": secrets.token_hex(8)}
    signed = f"{_encode({'alg': 'HS256', 'typ': 'JWT'})}.{_encode(claims)}"
    return f"{signed}.{_signature(key, signed)}"


def inspect(key: bytes, token: str) -> TokenState:
    signed, _, signature = token.rpartition(".")
    if not hmac.compare_digest(signature.encode(), _signature(key, signed).encode()):
        return TokenState.INVALID
    try:
        claims = json.loads(base64.urlsafe_b64decode(signed.partition(".")[2] + "=="))
    except (ValueError, binascii.Error):
        return TokenState.INVALID
    return TokenState.VALID if claims["exp"] > time.time() else TokenState.EXPIRED


def client_of(token: str) -> str:
    """The client id inside a valid token."""
    claims = json.loads(base64.urlsafe_b64decode(token.split(".")[1] + "=="))
    return str(claims["sub"])


def _encode(value: dict[str, object]) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def _signature(key: bytes, signed: str) -> str:
    return base64.urlsafe_b64encode(hmac.new(key, signed.encode(), hashlib.sha256).digest()).rstrip(b"=").decode()
