"""Something is missing in the record, or stands there only in part."""
from sallyport_event import code, context, fact, get


def rule(event):
    return code(event) == "audit.gap" or get(event, "metadata.is_truncated") is True


def severity(event):
    # A torn end is what a crash leaves. A stub is an event too large for its way; the whole one is in the dead letters.
    return "HIGH" if code(event) == "audit.gap" else "LOW"


def title(event):
    return f"Sallyport's record: {fact(event, 'cause', 'an event came as a stub')}"


def dedup(event):
    return get(event, "attestation_list.chain_uid", "")


def alert_context(event):
    return {**context(event), "chain": get(event, "attestation_list.chain_uid"), "sequence": get(event, "metadata.sequence"), "segment": fact(event, "segment")}
