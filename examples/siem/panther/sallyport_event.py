"""What the rules share. In Panther: a global helper of this name."""


def get(event, path, default=None):
    """The value at a dotted path of a plain dictionary or of Panther's event; of a list its first item."""
    for name in path.split("."):
        if isinstance(event, (list, tuple)):
            event = event[0] if event else None
        if event is None or not hasattr(event, "get"):
            return default
        event = event.get(name)
    return default if event is None else event


def code(event):
    return get(event, "metadata.event_code", "")


def agent(event):
    """Who really acted: the agent where there is one, else the person."""
    return get(event, "ai_agent.uid") or get(event, "unmapped.ai_agent.uid") or get(event, "actor.user.uid", "nobody")


def fact(event, path, default=None):
    return get(event, "unmapped.sallyport.data." + path, default)


def context(event):
    return {
        "event_uid": get(event, "metadata.uid"),
        "session": get(event, "metadata.correlation_uid"),
        "principal": get(event, "actor.user.uid"),
        "agent": agent(event),
        "client": get(event, "actor.application.uid"),
        "ip": get(event, "src_endpoint.ip"),
        "policy": get(event, "policy.uid"),
        "reason": get(event, "status_code"),
        "summary": fact(event, "summary"),
    }
