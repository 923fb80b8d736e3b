"""What a line is: an event, a checkpoint or a text of version 1 or 2. Anything else is Foreign."""

import re

import ijson
from check import Foreign, name, need
from checkpoints import read_checkpoint
from events import read_event
from texts import read_text

BARE_JWS = re.compile(rb"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")
WHOLE_JWS = re.compile(rb"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]{86}")
BLANK = b" \t\r"


def read_line(data, log):
    """What the line says. `log`: it stands in a log. Raises Foreign."""
    need(len(data) <= ijson.LONGEST_LINE, "too long")
    data = data.strip(BLANK)
    if not log and BARE_JWS.fullmatch(data):
        return read_checkpoint(data.decode("ascii"))
    try:
        value = ijson.parse(data)
    except ijson.NotJson as error:
        raise Foreign(str(error)) from None
    need(isinstance(value, dict), "not an object")
    if value.keys() == {"checkpoint"}:
        return read_checkpoint(name(value["checkpoint"]))
    if value.keys() == {"sqltext"}:
        return read_text(value["sqltext"])
    if not log and "text" in value:
        return read_text(value)
    return read_event(value)


def is_whole(data, log):
    """True where a last line without its newline has its end."""
    if not log and WHOLE_JWS.fullmatch(data.strip(BLANK)):
        return True
    try:
        ijson.parse(data)
    except ijson.NotJson:
        return False
    return True
