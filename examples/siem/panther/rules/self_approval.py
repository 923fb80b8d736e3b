"""Somebody tried to agree to a request of their own."""
from sallyport_event import agent, code, context, fact, get


def rule(event):
    if code(event) in ("statement.denied", "session.denied") and get(event, "status_code") == "approval.self":
        return True
    # Must never be: consent that counted, by who asked.
    reviewers = fact(event, "approval.reviewers") or []
    askers = {get(event, "unmapped.sallyport.who.principal"), get(event, "unmapped.sallyport.who.actor")} - {None}
    return any(each in askers for each in reviewers)


def severity(event):
    return "MEDIUM" if get(event, "status_code") == "approval.self" else "CRITICAL"


def title(event):
    return f"{agent(event)} tried to approve a request of their own"


def alert_context(event):
    return {**context(event), "reviewers": fact(event, "approval.reviewers")}
