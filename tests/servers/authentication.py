"""Resources that want credentials (RFC 7617, 7616, 6750)."""

import base64
import hashlib
import re
from typing import Callable

from .behaviours import Behaviour, status
from .exchange import Exchange, Request

_NONCE = "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v"
_PAIR = re.compile(r'(\w+)=(?:"([^"]*)"|([^",\s]+))')


def guarded(then: Behaviour, *challenges: str, accepts: Callable[[Request], bool], proxy: bool = False) -> Behaviour:
    """Challenges every request that `accepts` does not like."""
    code, field = (407, "Proxy-Authenticate") if proxy else (401, "WWW-Authenticate")

    async def answer(exchange: Exchange) -> None:
        if accepts(exchange.request):
            await then(exchange)
        else:
            await status(code, *((field, challenge) for challenge in challenges))(exchange)
    return answer


def is_basic(user: str, secret: str, field: str = "Authorization") -> Callable[[Request], bool]:
    wanted = "Basic " + base64.b64encode(f"{user}:{secret}".encode()).decode()
    return lambda request: request.header(field) == wanted


def is_bearer(token: str) -> Callable[[Request], bool]:
    return lambda request: request.header("Authorization") == f"Bearer {token}"


def is_digest(user: str, secret: str, algorithm: str = "SHA-256", realm: str = "vault",
              field: str = "Authorization") -> Callable[[Request], bool]:
    """Of what digest_challenge() asks for; with qop=auth."""
    def hashed(text: str) -> str:
        return hashlib.new(algorithm.replace("-", "").lower(), text.encode()).hexdigest()

    def accepts(request: Request) -> bool:
        header = request.header(field) or ""
        if not header.startswith("Digest "):
            return False
        said = {name: quoted or bare for name, quoted, bare in _PAIR.findall(header)}
        proof = hashed(":".join([
            hashed(f"{user}:{realm}:{secret}"), said["nonce"], said.get("nc", ""), said.get("cnonce", ""), said.get("qop", ""),
            hashed(f"{request.method}:{said['uri']}")]))
        return said["nonce"] == _NONCE and said["username"] == user and said["response"] == proof
    return accepts


def digest_challenge(algorithm: str = "SHA-256", realm: str = "vault") -> str:
    return f'Digest realm="{realm}", qop="auth", algorithm={algorithm}, nonce="{_NONCE}", opaque="FQhe/qaU925kfnzjCev0ciny7QMk"'


def basic(then: Behaviour, user: str, secret: str, realm: str = "vault") -> Behaviour:
    return guarded(then, f'Basic realm="{realm}", charset="UTF-8"', accepts=is_basic(user, secret))


def digest(then: Behaviour, user: str, secret: str, algorithm: str = "SHA-256") -> Behaviour:
    return guarded(then, digest_challenge(algorithm), accepts=is_digest(user, secret, algorithm))


def bearer(then: Behaviour, token: str) -> Behaviour:
    return guarded(then, 'Bearer realm="vault"', accepts=is_bearer(token))
