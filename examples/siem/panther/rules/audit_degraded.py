"""The audit record is degraded: its disk, its room, or a receiver."""
from sallyport_event import code, context, fact, get


def rule(event):
    return code(event) == "audit.degraded"


def severity(event):
    return "HIGH" if fact(event, "cause") in ("disk", "room") else "MEDIUM"


def title(event):
    return f"Sallyport's record is degraded: {fact(event, 'cause', 'unknown')} {fact(event, 'sink', '')}".rstrip()


def dedup(event):
    return f"{get(event, 'attestation_list.authority_uid', '')} {fact(event, 'cause', '')} {fact(event, 'sink', '')}"


def alert_context(event):
    return {**context(event), "cause": fact(event, "cause"), "sink": fact(event, "sink"), "percent": fact(event, "percent"), "failingMs": fact(event, "failingMs")}
