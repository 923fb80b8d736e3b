"""Many refusals of one agent. The count is Panther's: Threshold and DedupPeriodMinutes in denied_burst.yml."""
from sallyport_event import agent, code, context, get

# Refusals that tell of a clumsy client, not of somebody who probes for permissions.
HARMLESS = {"SESSION_CLOSED", "SESSION_EXPIRED", "SESSION_BUSY", "INVALID_REQUEST"}


def rule(event):
    return code(event) in ("statement.denied", "session.denied") and get(event, "unmapped.sallyport.data.code") not in HARMLESS


def title(event):
    return f"Sallyport refused {agent(event)} again and again"


def dedup(event):
    return agent(event)


def alert_context(event):
    return context(event)
