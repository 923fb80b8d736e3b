"""Runs each rule on events as Sallyport wrote them: python3 -m unittest test_rules, in this folder."""
import copy
import importlib.util
import json
import sys
import unittest
from datetime import datetime, timezone
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))
EVENTS = json.loads((HERE / "testdata.json").read_text(encoding="utf-8"))


def load(name):
    spec = importlib.util.spec_from_file_location(name, HERE / "rules" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def event(name, **changes):
    made = copy.deepcopy(EVENTS[name])
    for path, value in changes.items():
        *way, last = path.split("__")
        place = made
        for step in way:
            place = place.setdefault(step, {})
        place[last] = value
    return made


def at(*when):
    return int(datetime(*when, tzinfo=timezone.utc).timestamp() * 1000)


class Rules(unittest.TestCase):
    def told(self, name, *given):
        rule = load(name)
        for each in given:
            self.assertTrue(rule.rule(each))
            self.assertNotIn("None", rule.title(each))
            json.dumps(rule.alert_context(each))
        return rule

    def quiet(self, name, *names):
        rule = load(name)
        for each in names:
            self.assertFalse(rule.rule(event(each)), each)

    def test_denied_burst(self):
        rule = self.told("denied_burst", event("denied"))
        self.assertEqual(rule.dedup(event("denied")), "idp:orders-agent")
        self.quiet("denied_burst", "denied_closed", "read", "opened", "gap")

    def test_after_hours_write(self):
        night, noon, sunday = at(2026, 11, 24, 2), at(2026, 11, 24, 12), at(2026, 11, 22, 12)
        self.told("after_hours_write", event("write", time=night), event("write", time=sunday))
        rule = load("after_hours_write")
        self.assertFalse(rule.rule(event("write", time=noon)))
        self.assertFalse(rule.rule(event("read", time=night)))

    def test_identity_shared(self):
        rule = self.told("identity_shared", event("shared"))
        self.assertEqual(rule.severity(event("shared")), "MEDIUM")
        self.assertEqual(rule.severity(event("shared", unmapped__sallyport__data__by="client")), "HIGH")
        self.quiet("identity_shared", "opened", "read")

    def test_break_glass(self):
        rule = self.told("break_glass", event("breakglass"), event("signed"))
        self.assertEqual([rule.severity(event("breakglass")), rule.severity(event("signed"))], ["CRITICAL", "INFO"])
        self.assertIn("idp:oncall", rule.title(event("signed")))
        self.quiet("break_glass", "opened", "read", "agreed")

    def test_chain_gap(self):
        rule = self.told("chain_gap", event("gap"), event("read", metadata__is_truncated=True))
        self.assertTrue(rule.dedup(event("gap")).startswith("w-gate-1-"))
        self.quiet("chain_gap", "read", "degraded")

    def test_self_approval(self):
        rule = self.told("self_approval", event("self"), event("refused"))
        self.assertEqual([rule.severity(event("self")), rule.severity(event("refused"))], ["MEDIUM", "MEDIUM"])
        # With the agent's ordinary token it is the token that stands in the way.
        ordinary = event("refused", status_code="review.scope", unmapped__sallyport__data__why="review.scope")
        self.assertEqual(self.told("self_approval", ordinary).severity(ordinary), "MEDIUM")
        forged = event("approved", unmapped__sallyport__data__approval={"ticket": "t", "reviewers": ["idp:bob", "idp:alice"]})
        forged["unmapped"]["sallyport"]["who"]["principal"] = "idp:alice"
        self.told("self_approval", forged)
        self.assertEqual(rule.severity(forged), "CRITICAL")
        self.quiet("self_approval", "approved", "agreed", "signed", "denied", "gap")

    def test_audit_degraded(self):
        rule = self.told("audit_degraded", event("degraded"))
        self.assertEqual(rule.severity(event("degraded")), "MEDIUM")
        self.assertEqual(rule.severity(event("degraded", unmapped__sallyport__data__cause="disk")), "HIGH")
        self.quiet("audit_degraded", "recovered", "gap")

    def test_checkpoint_missing(self):
        rule = load("checkpoint_missing")
        self.assertTrue(rule.rule({"chain_uid": "w-gate-1-x", "missing": 2}))
        self.assertIn("w-gate-1-x", rule.title({"chain_uid": "w-gate-1-x", "missing": 2}))
        self.assertFalse(rule.rule({"chain_uid": "w-gate-1-x", "missing": 0}))


if __name__ == "__main__":
    unittest.main()
