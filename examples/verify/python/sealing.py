"""What is sealed, and what should be."""

from events import Event

NO_END = 2**53
SLACK = 5000  # milliseconds that a checkpoint may be late


class Groups:
    """Which checkpoints are of one log: a union-find over chains, logs and checkpoints."""

    def __init__(self, record, chains):
        self.parents = {}
        for first in chains.firsts():
            self.join(first.chain, first.before[0])
        for each in record.checkpoints.values():
            if each.previous in record.checkpoints:
                self.join(each.identity, each.previous)
            if not each.bad:
                self.join(each.identity, each.chain)
        for log in record.logs:
            for each in log.marks:
                if isinstance(each, Event) or not each.bad:
                    self.join(log, each.chain)

    def find(self, one):
        while (parent := self.parents.get(one, one)) is not one:
            self.parents[one] = self.parents.get(parent, parent)
            one = parent
        return one

    def join(self, one, other):
        self.parents[self.find(one)] = self.find(other)


def seal(record, chains):
    """Marks the events that are sealed."""
    for chain, good in good_of(record).items():
        heads = {}
        for each in good:
            heads.setdefault(each.sequence, set()).add(each.head)
        walk(chains, chain, heads, NO_END, NO_END)
    waiting = {id(first): first for first in chains.firsts()}
    while ready := [first for first in waiting.values() if first.sealed]:
        for first in ready:
            del waiting[id(first)]
            chain, end, _, fingerprint, sealed = first.before
            walk(chains, chain, {end: {fingerprint}}, end, sealed)


def walk(chains, chain, heads, end, most):
    """From `end` down: what a head or a sealed event names. Marks numbers up to `most`."""
    named, behind = set(), 0
    for number in sorted((one for one in chains.all.get(chain, ()) if one <= end), reverse=True):
        named = heads.get(number, set()) | (named if behind == number + 1 else set())
        stands = [one for one in chains.contents(chain, number) if one.fingerprint in named and not one.stub]
        for each in stands:
            each.sealed = each.sealed or number <= most
        named, behind = {one.previous[2] for one in stands if one.previous}, number


def good_of(record):
    """The good checkpoints of each chain, by number."""
    found = {}
    for each in sorted((one for one in record.checkpoints.values() if one.good), key=lambda one: (one.sequence, one.at)):
        found.setdefault(each.chain, []).append(each)
    return found


def check_times(record, chains):
    """No event is later than the first checkpoint over it."""
    for chain, good in good_of(record).items():
        at = 0
        for number in sorted(record.chains.get(chain, ())):
            while at < len(good) and good[at].sequence < number:
                at += 1
            if at == len(good):
                break
            for each in chains.contents(chain, number):
                if not each.stub and good[at].version > 1 and each.time > good[at].at:
                    record.tell_of("time", each)


def check_absent(record, removals):
    """Checkpoints over chains that are absent."""
    honest = [one for one in record.checkpoints.values() if not one.bad]
    latest = {}
    for each in honest:
        if each.chain in record.chains:
            latest[each.authority] = max(each.at, latest.get(each.authority, 0))
    for each in honest:
        if each.chain in record.chains or any(
            (one.authority, one.removed[0]) == (each.authority, each.chain) and one.removed[1] >= each.sequence for one in removals
        ):
            continue
        if each.at < latest.get(each.authority, 0):
            record.tell("incomplete", "missing", chain=each.chain)
        else:
            record.tell_of("cut", each)


def check_firsts(record, firsts, removals):
    """The first checkpoint of a log: its predecessor may have been removed."""
    for first in firsts:
        told = any(one.authority == first.authority and one.removed[3] == first.previous for one in removals)
        if first.previous is not None and not told:
            record.tell_of("start", first, "incomplete")


def check_ends(record, chains):
    """No more stands without a seal than the writer promises."""
    last, newest = {chain: good[-1] for chain, good in good_of(record).items()}, {}
    for each in record.checkpoints.values():
        if each.good and (each.authority not in newest or newest[each.authority].order < each.order):
            newest[each.authority] = each
    vouched = {}
    for first in chains.firsts():
        if first.sealed:
            vouched[first.before[0]] = max(first.before[4], vouched.get(first.before[0], 0))
    for chain, numbers in record.chains.items():
        whole = [number for number in sorted(numbers) if any(not one.stub for one in chains.contents(chain, number))]
        if whole:
            check_end(record, chains, chain, whole, last.get(chain), newest, vouched.get(chain, 0))


def check_end(record, chains, chain, whole, last, newest, vouched):
    first, end = chains.contents(chain, whole[0])[0], chains.contents(chain, whole[-1])[0]
    model = last or newest.get(chains.writer(chain))
    if model is None:
        record.tell_of("unsealed", end, "incomplete")
        return
    events, most = model.interval
    number, time = (last.sequence, last.at) if last else (first.sequence - 1, first.time)
    if vouched > number:
        number = vouched
        time = next((one.time for one in chains.contents(chain, vouched) if not one.stub), time)
    late = end.sequence > number and end.time > time + most + SLACK
    if end.sequence - number > events or late or (end.code == "gateway.stopped" and not end.sealed):
        record.tell_of("unsealed", end, "incomplete")
