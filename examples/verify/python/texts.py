"""The texts of statements."""

import hashlib
import re
from dataclasses import dataclass

import ijson
from check import closed, form, integer, name, need, optional_name, version_of
from events import ROLES

SALT = re.compile(r"[A-Za-z0-9_-]{43}")


@dataclass(slots=True, eq=False)
class Text:
    version: int
    event: str
    role: str
    part: int
    of: int
    at: int
    session: str | None
    statement: str | None
    salt: str
    text: str
    identity: bytes
    place: tuple = ()


def read_text(value):
    version = version_of(value)
    if version > 1:
        closed(value, ("v", "id", "event", "role", "at", "part", "of", "salt", "text"), ("session", "statement"))
        role, salt = value["role"], form(SALT, value["salt"])
        need(role in ROLES, "not such a role")
    else:
        closed(value, ("v", "id", "at", "part", "of", "text"), ("session", "statement", "role"))
        need(value.get("role", "asked") == "asked", "not such a role")
        role, salt = value.get("role", "run"), ""
    part, of = integer(value["part"], 1), integer(value["of"], 1)
    need(part <= of, "a part too many")
    end = f".asked.{part}" if version == 1 and role == "asked" else f".{part}" if version == 1 else f".{role}.{part}"
    need(name(value["id"]).endswith(end) and len(value["id"]) > len(end), "not such an id")
    event = value["id"][: -len(end)]
    need(version == 1 or value["event"] == event, "not the id of this event's text")
    need(isinstance(value["text"], str) and ijson.units(value["text"]) <= 32_768, "not such a text")
    return Text(
        version=version,
        event=event,
        role=role,
        part=part,
        of=of,
        at=integer(value["at"]),
        session=optional_name(value, "session"),
        statement=optional_name(value, "statement"),
        salt=salt,
        text=value["text"],
        identity=hashlib.sha256(ijson.canonical(value)).digest(),
    )
