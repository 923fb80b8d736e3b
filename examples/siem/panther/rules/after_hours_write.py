"""A write that was let through outside working hours."""
from datetime import datetime, timezone

from sallyport_event import agent, code, context, fact, get

# UTC. Change both to your own.
FIRST_HOUR, LAST_HOUR = 6, 19
WORKDAYS = range(0, 5)


def rule(event):
    # The intent, not the outcome: it is there even when the outcome is not.
    if code(event) != "statement.authorized" or fact(event, "kind") not in ("write", "ddl"):
        return False
    at = datetime.fromtimestamp(get(event, "time", 0) / 1000, timezone.utc)
    return at.weekday() not in WORKDAYS or not FIRST_HOUR <= at.hour <= LAST_HOUR


def title(event):
    return f"{agent(event)} wrote after hours: {fact(event, 'summary', 'unknown')}"


def dedup(event):
    return get(event, "metadata.correlation_uid", "")


def alert_context(event):
    return context(event)
