"""Throw-away tokens: JWTs signed here, and opaque ones. No key of this file protects anything."""

import base64
import hashlib
import hmac
import json
import secrets
import time
import uuid

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

_SHARED_KEY = b"throw-away key of the capture recorder"
_PRIVATE_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


def base64url(data: bytes) -> str:
    """base64url without padding (RFC 4648 section 5)."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def claims(lifetime=3600, age=2, **more) -> dict:
    """Claims issued `age` seconds ago that live `lifetime` seconds in all; `more` adds or replaces, None removes."""
    issued = int(time.time()) - age
    all_claims = {
        "iss": "https://login.example.test",
        "aud": "https://api.example.test",
        "sub": str(uuid.uuid4()),
        "client_id": "lab-client",
        "scope": "chat",
        "iat": issued,
        "nbf": issued,
        "exp": issued + lifetime,
        "jti": str(uuid.uuid4()),
        **more,
    }
    return {name: value for name, value in all_claims.items() if value is not None}


def jwt(body: dict, alg="HS256", **header) -> str:
    """A compact JWS (RFC 7515) with a valid HS256 or RS256 signature."""
    kid = {"kid": "lab-2026-11"} if alg == "RS256" else {}
    head = {"alg": alg, "typ": "JWT", **kid, **header}
    signed = ".".join(base64url(json.dumps(part, separators=(",", ":")).encode()) for part in (head, body))
    if alg == "HS256":
        signature = hmac.new(_SHARED_KEY, signed.encode(), hashlib.sha256).digest()
    else:
        signature = _PRIVATE_KEY.sign(signed.encode(), padding.PKCS1v15(), hashes.SHA256())
    return f"{signed}.{base64url(signature)}"


def read(token: str) -> dict:
    """The claims of a JWT, unverified."""
    middle = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(middle + "=" * (-len(middle) % 4)))


def opaque(length=32) -> str:
    """An opaque token of the base64url alphabet."""
    return base64url(secrets.token_bytes(length))
