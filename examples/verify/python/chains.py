"""Chains: whether each is whole, and how one follows another."""

from events import Event


class Chains:
    def __init__(self, record):
        self.record = record
        self.all = record.chains
        self.writers, self.lasts = {}, {}

    def contents(self, chain, number):
        """What stands under a number and is not altered: the whole events, else the stubs."""
        stands = [each for each in self.all.get(chain, {}).get(number, ()) if not each.altered]
        return [each for each in stands if not each.stub] or stands

    def front(self, chain, number):
        """Where what is wrong with a number is told: the first read of what stands there, sooner one that is not altered."""
        return (self.contents(chain, number) or self.all[chain][number])[0]

    def events(self):
        for numbers in self.all.values():
            for contents in numbers.values():
                yield from contents

    def whole(self):
        """The events that say something."""
        return (each for each in self.events() if not each.altered and not each.stub)

    def writer(self, chain):
        """Whose chain it is: by the lowest number that is there."""
        if chain not in self.writers:
            numbers = sorted(self.all.get(chain, ()))
            self.writers[chain] = next((each.authority for one in numbers for each in self.contents(chain, one)), None)
        return self.writers[chain]

    def last(self, chain):
        """Its highest number."""
        if chain not in self.lasts:
            self.lasts[chain] = max(self.all[chain])
        return self.lasts[chain]

    def by_uid(self, wanted):
        """These events; where several have the id, the first read, sooner one that says something."""
        found = {}
        for each in sorted((one for one in self.events() if one.uid in wanted), key=lambda one: (mute(one), one.read)):
            found.setdefault(each.uid, each)
        return found

    def firsts(self):
        """The first events that name a chain before theirs, in the order they were read."""
        named = (each for numbers in self.all.values() for each in numbers.get(1, ()) if each.before and not mute(each))
        return sorted(named, key=lambda each: each.read)

    def stands_before(self, chain, other):
        """True where `chain` is the one before `other`, or before that, and so on."""
        seen = set()
        while other not in seen:
            seen.add(other)
            other = next((each.before[0] for each in self.contents(other, 1) if each.before and not each.stub), other)
            if other == chain:
                return True
        return False


def mute(event):
    return event.altered or event.stub


def check_links(record, chains):
    """Each event behind the one before it."""
    for chain, numbers in record.chains.items():
        writer, last = chains.writer(chain), None
        for number in sorted(numbers):
            if last is not None and number != last + 1:
                record.tell_of("gap", chains.front(chain, number))
            before = chains.contents(chain, number - 1)
            for each in chains.contents(chain, number):
                check_link(record, each, before, writer)
            last = number
    check_logs(record)


def check_link(record, event, before, writer):
    if event.sequence > 1 and event.previous is None:
        record.tell_of("restart", event)
    unknown = event.previous is None or not before
    follows = unknown or any((one.uid, one.type_uid, one.fingerprint) == event.previous for one in before)
    if event.authority != writer or (event.sequence == 1 and event.previous is not None) or not follows:
        record.tell_of("link", event)


def check_logs(record):
    """In a log each chain names the one that begins before it."""
    for log in record.logs:
        expected = dict(zip(log.begun[1:], log.begun))
        for each in log.marks:
            if isinstance(each, Event) and each.sequence == 1 and each.chain in expected:
                if each.before is None or each.before[0] != expected[each.chain]:
                    record.tell_of("link", each)


def check_stubs(record, chains):
    """Each against the whole, where that is there."""
    for event in chains.events():
        if not event.stub or event.altered:
            continue
        stands = chains.contents(event.chain, event.sequence)
        whole = [one.stub_identity for one in stands if not one.stub]
        if event.small_stub or (whole and event.identity not in whole):
            record.tell_of("stub", event)
        if not whole:
            second = event is not stands[0]
            record.tell_of("stub", event, "tampered" if second else "incomplete")


def check_successors(record, chains):
    """Each chain ends where the one behind it says."""
    named = {}
    for first in chains.firsts():
        chain, end, uid, fingerprint, _ = first.before
        if named.setdefault(chain, first.chain) != first.chain:
            record.tell_of("link", first)
        numbers = record.chains.get(chain)
        if numbers is None:
            continue
        last = chains.last(chain)
        if last < end:
            record.tell_of("cut", chains.front(chain, last))
        if last > end:
            record.tell_of("appended", chains.front(chain, min(number for number in numbers if number > end)))
        stands = chains.contents(chain, end)
        if stands and not any((one.fingerprint, one.uid) == (fingerprint, uid) for one in stands):
            record.tell_of("rewritten", stands[0])


def stands_behind_another(event, log):
    """True where an event of another chain stands before it in the log: retention removes from the front."""
    before = next((at for at, mark in enumerate(log.marks) if mark is event), 0)
    return any(isinstance(mark, Event) and mark.chain != event.chain for mark in log.marks[:before])


def check_beginnings(record, chains, removals):
    """What is absent, and of which the writer does not say that it went."""
    for chain, numbers in record.chains.items():
        first = min(numbers)
        stands = [(one.authority, (chain, first - 1, one.previous[2])) for one in chains.contents(chain, first) if one.previous]
        if first > 1 and not any((one.authority, one.removed[:3]) in stands for one in removals):
            front = chains.front(chain, first)
            if any(stands_behind_another(front, log) for log in record.logs):
                record.tell_of("gap", front)
            else:
                record.tell_of("start", front, "incomplete")
    for first in chains.firsts():
        chain, end, _, fingerprint, _ = first.before
        gone = any((one.authority, one.removed[:3]) == (first.authority, (chain, end, fingerprint)) for one in removals)
        if chain not in record.chains and not gone:
            record.tell("incomplete", "missing", chain=chain)
