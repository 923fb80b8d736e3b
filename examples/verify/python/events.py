"""Events and their stubs."""

import hashlib
import sys
from dataclasses import dataclass

import ijson
from check import AUTHORITY, CHAIN, closed, digest, form, integer, name, need, optional_name, version_of

LARGE = 8192  # bytes: smaller events are never cut
ROLES = ("run", "asked")


@dataclass(slots=True, eq=False)
class Event:
    version: int
    chain: str
    authority: str
    sequence: int
    uid: str
    type_uid: int
    time: int
    code: str
    session: str | None
    statement: str | None
    fingerprint: bytes  # as it says; of an event that is not altered the one of its content
    previous: tuple | None  # (id, type, fingerprint) of the event before
    before: tuple | None  # (chain, sequence, id, fingerprint, sealed)
    texts: dict | None  # role: (parts, digest)
    removed: tuple | None  # (chain, sequence, fingerprint, checkpoint) of audit.removed
    altered: bool = False
    stub: bool = False
    identity: bytes = b""  # equal for equal contents
    stub_identity: bytes | None = None  # of the stub that may stand for this event
    small_stub: bool = False
    sealed: bool = False
    place: tuple = ()
    read: int = 0  # the how manyth event that was read


def read_event(value):
    need(not value.keys() & {"checkpoint", "sqltext", "v", "text"}, "not a member of an event")
    meta, unmapped = value.get("metadata"), value.get("unmapped")
    need(isinstance(meta, dict) and isinstance(unmapped, dict), "not an event")
    ocsf = name(meta.get("version"))
    at_top = ocsf not in ("1.1.0", "1.3.0", "1.8.0")
    need("attestation_list" not in (unmapped if at_top else value), "an attestation where none belongs")
    stamps = (value if at_top else unmapped).get("attestation_list")
    need(isinstance(stamps, list) and len(stamps) == 1, "not one attestation")
    stamp = closed(stamps[0], ("authority_uid", "chain_uid", "fingerprint"), ("prev_event",))
    ours = unmapped.get("sallyport")
    version = read_version(ours)
    sequence, code = integer(meta.get("sequence"), 1), name(meta.get("event_code"))
    need("before" not in ours or sequence == 1, "`before` is of number 1")
    previous = None
    if "prev_event" in stamp:
        named = closed(stamp["prev_event"], ("fingerprint", "type_uid", "uid"))
        previous = (name(named["uid"]), integer(named["type_uid"]), read_fingerprint(named["fingerprint"]))
    event = Event(
        version=version,
        chain=sys.intern(form(CHAIN, stamp["chain_uid"])),
        authority=sys.intern(form(AUTHORITY, stamp["authority_uid"])),
        sequence=sequence,
        uid=name(meta.get("uid")),
        type_uid=integer(value.get("type_uid")),
        time=integer(value.get("time")),
        code=code if code == "gateway.stopped" else "",
        session=optional_name(meta, "correlation_uid"),
        statement=optional_name(ours, "statement"),
        fingerprint=read_fingerprint(stamp["fingerprint"]),
        previous=previous,
        before=read_before(ours["before"], version) if "before" in ours else None,
        texts=read_texts(ours["texts"]) if "texts" in ours else None,
        removed=read_removed(ours["data"]) if code == "audit.removed" else None,
    )
    if event.texts is None:
        event.session = event.statement = None  # nobody asks
    place = unmapped if ocsf in ("1.1.0", "1.3.0") else meta
    if place.get("is_truncated") is True:
        event.stub = True
        event.small_stub = integer(place.get("untruncated_size")) * 1000 <= LARGE and version > 1
        event.identity = hashlib.sha256(ijson.canonical(value)).digest()
    else:
        weigh(event, value, stamp, place)
    return event


def weigh(event, value, stamp, place):
    """Holds an event against its fingerprint, and finds what its stub would be."""
    stated = stamp.pop("fingerprint")
    covered = ijson.canonical(value)
    computed = hashlib.sha256(covered).digest()
    stamp["fingerprint"] = stated
    event.altered = computed != event.fingerprint
    event.identity = computed + event.fingerprint if event.altered else event.fingerprint
    if event.altered:
        return
    size = ijson.log_size(covered) + len(ijson.canonical({"fingerprint": stated})) - 1  # a comma for two braces
    if size <= LARGE and event.version > 1:
        return
    value.pop("authorizations", None)
    query = value.get("query_info")
    if isinstance(query, dict) and "query_string" in query:
        query["query_string"] = "[withheld]"
    ours = value["unmapped"]["sallyport"]
    ours["data"] = {key: each for key, each in ours["data"].items() if keeps(each)}
    place["is_truncated"], place["untruncated_size"] = True, float(-(-size // 1000))
    event.stub_identity = hashlib.sha256(ijson.canonical(value)).digest()


def keeps(value):
    return not isinstance(value, (dict, list)) and (not isinstance(value, str) or ijson.units(value) <= 256)


def read_version(ours):
    version = version_of(ours)
    optional = ("statement", "connection", "scope", "who", "trace_id", "span_id", "before")
    closed(ours, ("v", "instance", "data"), optional + (("texts",) if version > 1 else ()))
    name(ours["instance"])
    need(isinstance(ours["data"], dict), "facts are an object")
    return version


def read_fingerprint(value):
    closed(value, ("algorithm_id", "encoding_id", "serialization_id", "value"))
    kinds = [integer(value[each]) for each in ("algorithm_id", "encoding_id", "serialization_id")]
    need(kinds == [3, 1, 2], "not such a fingerprint")
    return digest(value["value"])


def read_before(value, version):
    closed(value, ("chain", "sequence", "id", "fingerprint") + (("sealed",) if version > 1 else ()))
    sequence = integer(value["sequence"], 1)
    sealed = integer(value["sealed"]) if version > 1 else 0
    need(sealed <= sequence, "seals more than there is")
    return (form(CHAIN, value["chain"]), sequence, name(value["id"]), digest(value["fingerprint"]), sealed)


def read_texts(value):
    need(isinstance(value, dict) and value and all(role in ROLES for role in value), "not such texts")
    for each in value.values():
        closed(each, ("parts", "sha256"))
    return {role: (integer(each["parts"], 1), digest(each["sha256"])) for role, each in value.items()}


def read_removed(data):
    checkpoint = digest(data["checkpoint"]) if "checkpoint" in data else None
    return (form(CHAIN, data.get("chain")), integer(data.get("sequence"), 1), digest(data.get("fingerprint")), checkpoint)
