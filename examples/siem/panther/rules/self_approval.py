"""Somebody tried to agree to a request of their own."""
from sallyport_event import agent, context, fact, get


def attempted(event):
    """Turned away when deciding, with whatever token; or by the gateway, where an approver of your own agreed in the asker's name."""
    return fact(event, "decision") == "refused" or get(event, "status_code") == "approval.self"


def rule(event):
    if attempted(event):
        return True
    # Must never be: consent that counted, by who asked.
    reviewers = fact(event, "approval.reviewers") or []
    askers = {get(event, "unmapped.sallyport.who.principal"), get(event, "unmapped.sallyport.who.actor")} - {None}
    return any(each in askers for each in reviewers)


def severity(event):
    return "MEDIUM" if attempted(event) else "CRITICAL"


def title(event):
    return f"{agent(event)} tried to approve a request of their own"


def alert_context(event):
    return {**context(event), "reviewers": fact(event, "approval.reviewers"), "ticket": fact(event, "ticket")}
