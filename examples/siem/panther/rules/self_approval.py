"""Somebody tried to agree to a request of their own."""
from sallyport_event import agent, context, fact, get


# Turned away when deciding; or by the gateway, where an approver of your own agreed in the asker's name.
ATTEMPTS = ("review.self", "approval.self")


def rule(event):
    if get(event, "status_code") in ATTEMPTS:
        return True
    # Must never be: consent that counted, by who asked.
    reviewers = fact(event, "approval.reviewers") or []
    askers = {get(event, "unmapped.sallyport.who.principal"), get(event, "unmapped.sallyport.who.actor")} - {None}
    return any(each in askers for each in reviewers)


def severity(event):
    return "MEDIUM" if get(event, "status_code") in ATTEMPTS else "CRITICAL"


def title(event):
    return f"{agent(event)} tried to approve a request of their own"


def alert_context(event):
    return {**context(event), "reviewers": fact(event, "approval.reviewers"), "ticket": fact(event, "ticket")}
