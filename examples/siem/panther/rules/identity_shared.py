"""One identity from two OAuth clients, or from two programs at two addresses."""
from sallyport_event import agent, code, context, fact


def rule(event):
    return code(event) == "identity.shared"


def severity(event):
    # Two clients with one identity: a token or a secret has left its place. Two programs may be one person at two desks.
    return "HIGH" if fact(event, "by") == "client" else "MEDIUM"


def title(event):
    return f"{agent(event)} was used from two places ({fact(event, 'by', 'unknown')})"


def dedup(event):
    return agent(event)


def alert_context(event):
    return {**context(event), "one": fact(event, "one"), "other": fact(event, "other")}
