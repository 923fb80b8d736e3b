"""A session without the usual consent, and somebody else's look at it afterwards."""
from sallyport_event import agent, code, context, fact


def rule(event):
    return code(event) in ("breakglass.activated", "breakglass.reviewed")


def severity(event):
    return "CRITICAL" if code(event) == "breakglass.activated" else "INFO"


def title(event):
    if code(event) == "breakglass.reviewed":
        return f"{agent(event)} looked at what {fact(event, 'requester.principal', 'somebody')} did with break-glass access: {fact(event, 'comment', 'no comment')}"
    return f"{agent(event)} activated break-glass access: {fact(event, 'reason', 'no reason')}"


def alert_context(event):
    return context(event)
