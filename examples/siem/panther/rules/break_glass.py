"""A session without the usual consent."""
from sallyport_event import agent, code, context, fact

# Rules of your policy that are for emergencies only, by how their names begin.
PREFIXES = ("break-glass", "breakglass")


def rule(event):
    if code(event) == "breakglass.activated":
        return True
    rules = fact(event, "rules") or []
    return code(event) == "session.opened" and any(str(each).startswith(PREFIXES) for each in rules)


def title(event):
    return f"{agent(event)} broke the glass: {fact(event, 'reason', 'no reason')}"


def alert_context(event):
    return context(event)
