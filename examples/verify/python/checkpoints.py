"""Checkpoints: what the writer signed."""

import hashlib
from dataclasses import dataclass

from check import AUTHORITY, CHAIN, closed, digest, form, integer, json_object, name, need, unbase64url, version_of


@dataclass(slots=True, eq=False)
class Checkpoint:
    version: int
    authority: str
    chain: str
    sequence: int
    head: bytes
    head_uid: str
    at: int
    interval: tuple  # events, milliseconds
    previous: bytes | None
    announced: tuple | None  # (kid, public key)
    kid: str
    jws: str
    identity: bytes
    place: tuple = ()
    bad: bool = False  # its signature or its key: it says nothing else
    good: bool = True  # nothing that is tampered is told at it

    @property
    def order(self):
        return (self.at, self.sequence, self.identity)


def read_checkpoint(jws):
    parts = jws.split(".")
    need(len(parts) == 3, "not a compact JWS")
    header, claims = (json_object(unbase64url(part)) for part in parts[:2])
    need(len(unbase64url(parts[2])) == 64, "not an Ed25519 signature")
    closed(header, ("alg", "kid", "typ"))
    version = version_of(claims)
    needed = ("v", "authority", "chain", "seq", "head", "head_uid", "at", "reason")
    closed(claims, needed + (("interval",) if version > 1 else ()), ("prev", "next"))
    need(header["typ"] == "audit-checkpoint+jws", "not a checkpoint")
    need(header["alg"] in (("Ed25519", "EdDSA") if version > 1 else ("Ed25519",)), "not such an algorithm")
    need(claims["reason"] in ("count", "time", "close", "rotation"), "not such a reason")
    need(("next" in claims) == (claims["reason"] == "rotation"), "`next` is of a rotation")
    interval = (1256, 60_000)
    if version > 1:
        closed(claims["interval"], ("events", "ms"))
        interval = (integer(claims["interval"]["events"], 1), integer(claims["interval"]["ms"], 1))
    return Checkpoint(
        version=version,
        authority=form(AUTHORITY, claims["authority"]),
        chain=form(CHAIN, claims["chain"]),
        sequence=integer(claims["seq"], 1),
        head=digest(claims["head"]),
        head_uid=name(claims["head_uid"]),
        at=integer(claims["at"]),
        interval=interval,
        previous=digest(claims["prev"]) if "prev" in claims else None,
        announced=read_key(claims["next"]) if "next" in claims else None,
        kid=name(header["kid"]),
        jws=jws,
        identity=hashlib.sha256(jws.encode("ascii")).digest(),
    )


def read_key(value):
    closed(value, ("kty", "crv", "x", "kid"), ("alg", "use"))
    need(value["kty"] == "OKP" and value["crv"] == "Ed25519", "not an Ed25519 key")
    need(value.get("alg", "EdDSA") in ("EdDSA", "Ed25519") and value.get("use", "sig") == "sig", "not a key for this")
    x = unbase64url(name(value["x"]))
    need(len(x) == 32, "not an Ed25519 key")
    return (name(value["kid"]), x)
