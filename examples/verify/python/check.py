"""Checks of values. What is not of the form that the page gives is Foreign."""

import base64
import re

import ijson

AUTHORITY = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,62}")
CHAIN = re.compile(r"w-[A-Za-z0-9][A-Za-z0-9._-]{0,62}-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
DIGEST = re.compile(r"[0-9a-f]{64}")


class Foreign(ValueError):
    """The line is none of the forms."""


def need(condition, what):
    if not condition:
        raise Foreign(what)


def closed(value, required, optional=()):
    """The value, where it is an object with these members and no others."""
    need(isinstance(value, dict), "not an object")
    need(all(name in value for name in required), "a member is absent")
    need(all(name in required or name in optional for name in value), "a member too many")
    return value


def name(value):
    need(isinstance(value, str) and value != "", "not a name")
    return value


def integer(value, least=0):
    need(isinstance(value, float) and value.is_integer() and least <= value <= 2**53 - 1, "not such a number")
    return int(value)


def form(pattern, value):
    need(isinstance(value, str) and pattern.fullmatch(value), "not of this form")
    return value


def digest(value):
    return bytes.fromhex(form(DIGEST, value))


def unbase64url(text):
    """The bytes of canonical base64url without padding."""
    try:
        data = base64.b64decode(text.encode("ascii") + b"=" * (-len(text) % 4), b"-_", validate=True)
    except ValueError:
        raise Foreign("not base64url") from None
    need(base64.urlsafe_b64encode(data).rstrip(b"=").decode() == text, "not canonical base64url")
    return data


def json_object(data):
    try:
        return ijson.parse(data)
    except ijson.NotJson as error:
        raise Foreign(str(error)) from None


def version_of(value):
    """Its member `v`, where this program knows that version."""
    need(isinstance(value, dict) and isinstance(value.get("v"), float) and value["v"] in (1, 2), "not of a version that is known")
    return int(value["v"])


def optional_name(value, member):
    return name(value[member]) if member in value else None
