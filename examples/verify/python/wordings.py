"""The texts of statements, held against their events."""

import hashlib

from events import Event


class Wording:
    """The lines of one text: one event, one role. The text itself is not kept."""

    def __init__(self, first):
        self.salt = first.salt
        self.lines = {}  # content: line
        self.parts = {}  # part: content of the line read first
        self.hash = hashlib.sha256(first.salt.encode())
        self.next = 1
        self.early = {}  # parts that came before their turn

    def add(self, line, content):
        if self.lines.setdefault(line.identity, line) is not line or line.part in self.parts:
            return
        self.parts[line.part] = line.identity
        self.early[line.part] = content
        while self.next in self.early:
            self.hash.update(self.early.pop(self.next).encode())
            self.next += 1

    def has(self, parts):
        return self.next > parts

    def faulty(self, line, event):
        parts, _ = event.texts[line.role]
        same = (line.of, line.session, line.statement, line.at) == (parts, event.session, event.statement, event.time)
        return not same or line.salt != self.salt or self.parts[line.part] != line.identity


def check_texts(record, chains, asked):
    """`asked`: a text that is absent is a problem."""
    wanted = {event for event, _ in record.wordings} | {line.event for _, line in record.late}
    events = chains.by_uid(wanted | {line.event for log in record.logs for line in log.misplaced})
    for kind, line in record.late + check_places(record, events):
        event = events.get(line.event)
        record.tell("tampered", kind, line.place, *where(event))
    for (uid, role), wording in record.wordings.items():
        check_wording(record, wording, role, events.get(uid), asked)
    if asked:
        for event in chains.whole():
            if any(not has_all(record, event, role) for role in event.texts or ()):
                record.tell_of("text", event, "incomplete")


def where(event):
    return ("-", "-") if event is None else (event.chain, event.sequence)


def has_all(record, event, role):
    wording = record.wordings.get((event.uid, role))
    return wording is not None and wording.has(event.texts[role][0])


def check_places(record, events):
    """In a log a text stands directly before its event."""
    found = []
    for log in record.logs:
        here = {each.uid for each in log.marks if isinstance(each, Event)} if log.misplaced else ()
        found += [("foreign", line) for line in log.misplaced if line.event in here]
    return found


def check_wording(record, wording, role, event, asked):
    lines = wording.lines.values()
    if event is None:
        for line in lines if asked else ():
            record.tell("incomplete", "text", line.place)
        return
    if event.altered or event.stub:  # says nothing
        return
    named = event.texts is not None and role in event.texts
    faulty = [line for line in lines if not named or wording.faulty(line, event)]
    for line in faulty:
        record.tell("tampered", "text", line.place, event.chain, event.sequence)
    if not faulty and wording.has(event.texts[role][0]) and wording.hash.digest() != event.texts[role][1]:
        first = next(iter(lines))
        record.tell("tampered", "text", first.place, event.chain, event.sequence)
