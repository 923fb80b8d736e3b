"""Which keys may sign, and for whom and when."""

from dataclasses import dataclass

import ed25519
import ijson
from check import AUTHORITY, form, name, need, unbase64url


@dataclass(frozen=True)
class Key:
    kid: str
    x: bytes
    authority: str | None = None  # signs for this writer only
    since: float = float("-inf")  # epoch seconds, as `until`
    until: float = float("inf")

    def binds(self, checkpoint):
        bound = self.authority in (None, checkpoint.authority)
        return bound and self.since <= checkpoint.at / 1000 < self.until


def read_keys(data):
    """The keys of a JWK set. Raises Foreign or NotJson: an error of the input."""
    value = ijson.parse(data)
    need(isinstance(value, dict) and isinstance(value.get("keys"), list), "not a JWK set")
    need(all(isinstance(jwk, dict) for jwk in value["keys"]), "not a JWK set")
    need(not any("d" in jwk or "k" in jwk for jwk in value["keys"]), "a secret key among the public ones")
    return [read_jwk(jwk) for jwk in value["keys"] if fits(jwk)]


def fits(jwk):
    """Keys for something else are passed over."""
    ours = jwk.get("kty") == "OKP" and jwk.get("crv") == "Ed25519"
    return ours and jwk.get("use", "sig") == "sig" and jwk.get("alg", "EdDSA") in ("EdDSA", "Ed25519")


def read_jwk(jwk):
    for bound in ("nbf", "exp"):
        need(isinstance(jwk.get(bound, 0.0), float), f"{bound} is no number")
    x = unbase64url(name(jwk.get("x")))
    need(len(x) == 32, "not an Ed25519 key")
    return Key(
        kid=name(jwk.get("kid")),
        x=x,
        authority=form(AUTHORITY, jwk["authority"]) if "authority" in jwk else None,
        since=jwk["nbf"] if "nbf" in jwk else float("-inf"),
        until=jwk["exp"] if "exp" in jwk else float("inf"),
    )


class Keys:
    """The keys of a set, and those that rotations announce. Checkpoints have to be asked for in their order."""

    def __init__(self, given):
        self.given = list(given)
        self.announced = {}  # authority: keys
        self.replaced = {}  # (authority, public key): the rotation

    def fault(self, checkpoint, follows):
        """`signature`, `key` or None. `follows(rotation)`: the checkpoint stands behind it by `prev`."""
        announced = self.announced.get(checkpoint.authority, [])
        named = [key for key in self.given + announced if key.kid == checkpoint.kid]
        if not named:
            return "key"
        signed, _, signature = checkpoint.jws.rpartition(".")
        data, given = signed.encode(), unbase64url(signature)
        holds = {x for x in {key.x for key in named} if ed25519.verify(x, given, data)}
        if not holds:
            return "signature"
        may = {key.x for key in named if key.x in holds and self.may(key, checkpoint, follows)}
        if not may:
            return "key"
        if checkpoint.announced is not None:
            kid, x = checkpoint.announced
            self.announced.setdefault(checkpoint.authority, []).append(Key(kid, x, since=checkpoint.at / 1000))
            for old in may:
                self.replaced.setdefault((checkpoint.authority, old), checkpoint)
        return None

    def may(self, key, checkpoint, follows):
        # What the set says of these bytes holds for an announced key, too.
        same = [each for each in self.given if each.x == key.x]
        if not key.binds(checkpoint) or (same and not any(each.binds(checkpoint) for each in same)):
            return False
        rotation = self.replaced.get((checkpoint.authority, key.x))
        return rotation is None or not (checkpoint.at > rotation.at or follows(rotation))
