"""Reads all inputs into one record. Of an event little more than its fingerprint stays in memory, of a text a running digest."""

import os
import re

import ijson
from check import Foreign
from checkpoints import Checkpoint
from events import Event
from lines import BLANK, is_whole, read_line
from wordings import Wording

SEGMENT = re.compile(r"journal-([0-9]{8,})\.jsonl")


class Unreadable(Exception):
    """An input that cannot be read: exit code 3."""


def shown(name):
    """A file name that is safe to print."""
    return re.sub(r"[^!-~]", "?", name)


class Log:
    """One directory: what stands where."""

    def __init__(self):
        self.seen = set()  # the contents of its lines
        self.marks = []  # its events and checkpoints in order, but copies, stubs and what is altered
        self.pending = []  # texts since the last other line
        self.misplaced = []  # texts that do not stand directly before their event


class Record:
    def __init__(self):
        self.problems = set()  # (file, line, kind, chain, sequence, verdict)
        self.chains = {}  # chain: {number: [contents]}
        self.checkpoints = {}  # SHA-256 of the JWS: checkpoint
        self.wordings = {}  # (event, role): texts of version 2
        self.read_events = 0
        self.any = False  # a line was read
        self.known = 0  # lines that are a record's
        self.late = []  # problems of texts
        self.logs = []

    def tell(self, verdict, kind, place=("-", 0), chain="-", sequence="-"):
        self.problems.add((*place, kind, chain, sequence, verdict))

    def tell_of(self, kind, thing, verdict="tampered"):
        """At an event or a checkpoint."""
        self.tell(verdict, kind, thing.place, thing.chain, thing.sequence)
        if isinstance(thing, Checkpoint) and verdict == "tampered":
            thing.good = False

    def tell_late(self, kind, line):
        """At an event, a checkpoint, or a text, of whose event the number is known later."""
        if isinstance(line, (Event, Checkpoint)):
            self.tell("tampered", kind, line.place, line.chain, line.sequence)
        else:
            self.late.append((kind, line))

    def read(self, path):
        """A directory is a log, anything else an export."""
        if not os.path.isdir(path):
            self.read_file(path, None)
            return
        try:
            names = os.listdir(path)
        except OSError as error:
            raise Unreadable(str(error)) from None
        segments = [(int(found[1]), found[0]) for each in names if (found := SEGMENT.fullmatch(each))]
        if not segments:
            raise Unreadable(f"no journal in {path}")
        log = Log()
        self.logs.append(log)
        for _, segment in sorted(segments):
            self.read_file(os.path.join(path, segment), log)
        self.misplace(log)

    def read_file(self, path, log):
        source = shown(os.path.basename(path))
        for number, data, ended in lines_of(path):
            place = (source, number)
            if log is None and not data.strip(BLANK):
                continue
            self.any = True
            try:
                self.take(read_line(data, log is not None), place, log)
                self.known += 1
            except Foreign:
                torn = not ended and len(data) <= ijson.LONGEST_LINE and not is_whole(data, log is not None)
                self.tell("incomplete" if torn else "tampered", "torn" if torn else "foreign", place)

    def is_none(self):
        """No record was read. In a directory a strange line is tampering; a file may just be another one than was meant."""
        return not self.any or not (self.logs or self.known)

    def take(self, line, place, log):
        line.place = place
        if log is not None:
            if line.identity in log.seen:
                self.tell_late("copied", line)
                return
            log.seen.add(line.identity)
        if isinstance(line, Event):
            self.take_event(line, log)
        elif isinstance(line, Checkpoint):
            line = self.checkpoints.setdefault(line.identity, line)
            if log is not None:
                self.misplace(log)
                log.marks.append(line)
        elif line.version > 1:
            self.take_text(line, log)

    def take_event(self, event, log):
        if log is not None and event.stub:
            event.altered = True  # it holds its number, and says nothing
        contents = self.chains.setdefault(event.chain, {}).setdefault(event.sequence, [])
        known = next((each for each in contents if each.identity == event.identity), None)
        if known is None:
            rivals = [each for each in contents if not each.altered and not each.stub]
            if event.altered and not event.stub:
                self.tell_of("altered", event)
            elif not event.stub and rivals:
                self.tell_of("fork", event)
            self.read_events += 1
            event.read = self.read_events
            contents.append(event)
            known = event
        if log is None:
            return
        if event.stub:
            self.tell("tampered", "stub", event.place, event.chain, event.sequence)
        log.misplaced += [text for text in log.pending if text.event != event.uid]
        log.pending = []
        if not event.altered:
            log.marks.append(known)

    def take_text(self, line, log):
        if log is not None:
            if log.pending and log.pending[0].event != line.event:
                self.misplace(log)
            log.pending.append(line)
        key = (line.event, line.role)
        wording = self.wordings.get(key) or self.wordings.setdefault(key, Wording(line))
        content, line.text = line.text, ""
        wording.add(line, content)

    def misplace(self, log):
        log.misplaced += log.pending
        log.pending = []


def lines_of(path):
    """(number, content, whether a newline ended it) of each line. Of one that is too long only the beginning, which is too long, too."""
    most = ijson.LONGEST_LINE
    try:
        with open(path, "rb") as file:
            number = 0
            while data := file.readline(most + 1):
                number += 1
                ended = data.endswith(b"\n")
                if len(data) == most + 1 and not ended:  # the newline, or more than is allowed
                    rest = file.readline(most)
                    ended, data = rest.endswith(b"\n"), data + rest[:1]
                    while rest and not rest.endswith(b"\n"):
                        rest = file.readline(most)
                        ended = rest.endswith(b"\n")
                yield number, data.removesuffix(b"\n"), ended
    except OSError as error:
        raise Unreadable(str(error)) from None
