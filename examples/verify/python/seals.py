"""Checkpoints: their signatures, their order, and what each says of its chain."""

import heapq

from checkpoints import Checkpoint
from keys import Keys


class Seals:
    def __init__(self, record, keys):
        self.record = record
        self.all = record.checkpoints
        self.followers = {}  # checkpoint: those that name it
        for each in self.all.values():
            self.followers.setdefault(each.previous, []).append(each)
        self.check_keys(keys)

    def before(self, checkpoint):
        return self.all.get(checkpoint.previous)

    def check_keys(self, given):
        """Each behind its predecessor, of several the oldest first."""
        if given is None:
            if self.all:
                self.record.tell("incomplete", "unchecked")
            return
        keys = Keys(given)
        heap = [(each.order, each) for each in self.all.values() if self.before(each) is None]
        heapq.heapify(heap)
        while heap:
            _, each = heapq.heappop(heap)
            fault = keys.fault(each, lambda rotation: self.follows(each, rotation))
            if fault is not None:
                each.bad = True
                self.record.tell_of(fault, each)
            for follower in self.followers.get(each.identity, ()):
                heapq.heappush(heap, (follower.order, follower))

    def follows(self, checkpoint, other):
        while (checkpoint := self.before(checkpoint)) is not None:
            if checkpoint is other:
                return True
        return False

    def honest(self):
        return [each for each in self.all.values() if not each.bad]

    def check_order(self, chains):
        """How each follows its predecessor."""
        left = {}  # checkpoint: the nearest one behind which it stands that is of another chain
        for each in self.walk():
            past = self.before(each)
            if past is not None:
                left[each] = past if past.chain != each.chain and not past.bad else left.get(past)
            if not each.bad:
                self.check_one(each, past, left, chains)
        for each in self.followers.values():
            rivals = sorted((one for one in each if not one.bad and one.previous in self.all), key=lambda one: one.order)
            for second in rivals[1:]:
                self.record.tell_of("checkpoint", second)

    def walk(self):
        """All, each behind its predecessor."""
        stack = [each for each in self.all.values() if self.before(each) is None]
        while stack:
            each = stack.pop()
            yield each
            stack += self.followers.get(each.identity, ())

    def check_one(self, each, past, left, chains):
        tell = self.record.tell_of
        writer = chains.writer(each.chain)
        if writer is not None and writer != each.authority:
            tell("checkpoint", each)
        if past is None or past.bad:
            return
        if past.authority != each.authority:
            tell("checkpoint", each)
        if each.at < past.at or (each.chain == past.chain and each.sequence < past.sequence):
            tell("resealed", each)
        if each.chain != past.chain and (self.had_left(each, past, left) or chains.stands_before(each.chain, past.chain)):
            tell("resealed", each)

    def had_left(self, each, past, left):
        while past is not None:
            if past.chain == each.chain:
                return True
            past = left.get(past)
        return False

    def check_heads(self, chains):
        """What each says of the event it names. Of chains that are absent `check_absent` tells."""
        for each in self.honest():
            if each.chain not in self.record.chains:
                continue
            if each.sequence > chains.last(each.chain):
                self.record.tell_of("cut", each)
            stands = chains.contents(each.chain, each.sequence)
            if stands and not any((one.fingerprint, one.uid) == (each.head, each.head_uid) for one in stands):
                self.record.tell_of("rewritten", each)

    def check_positions(self):
        """In each log: what does not stand where it was written."""
        for log in self.record.logs:
            begun, highest, sealed, successors = [], {}, {}, set()
            for each in log.marks:
                ended = each.chain in highest and begun[-1] != each.chain
                if isinstance(each, Checkpoint):
                    if each.bad:
                        continue
                    if each.identity in successors:
                        self.record.tell_of("reordered", each)
                    if ended:
                        self.record.tell_of("resealed", each)
                    successors.add(each.previous)
                    sealed[each.chain] = max(each.sequence, sealed.get(each.chain, 0))
                    continue
                if each.chain not in highest:
                    begun.append(each.chain)
                late = each.sequence < highest.get(each.chain, 0) or each.sequence <= sealed.get(each.chain, 0)
                if late or ended:
                    self.record.tell_of("reordered", each)
                highest[each.chain] = max(each.sequence, highest.get(each.chain, 0))
            log.begun = begun

    def check_roots(self, groups):
        """The first checkpoint of a log may have a predecessor that is gone; no other may. Gives these first ones."""
        first = {}
        for each in sorted(self.honest(), key=lambda one: one.order):
            if self.before(each) is None and first.setdefault(groups.find(each.identity), each) is not each:
                self.record.tell_of("checkpoint", each)
        return list(first.values())
