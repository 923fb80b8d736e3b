#!/usr/bin/env python3
"""Verifies an audit record from its specification alone (docs/record-format.md).

verify.py [--jwks FILE] [--texts] [--anchors FILE] PATH...   a directory is a log, a file an export.
Exit codes: 0 whole, 1 tampered with, 2 incomplete, 3 wrong command line or an input that cannot be read.
"""

import argparse
import os
import sys

import chains as chain_checks
import sealing
from chains import Chains
from check import Foreign
from checkpoints import Checkpoint
from ijson import NotJson
from keys import read_keys
from lines import BLANK, read_line
from record import Record, Unreadable, lines_of, shown
from seals import Seals
from wordings import check_texts

VERDICTS = ("ok", "tampered", "incomplete")  # by exit code


class Arguments(argparse.ArgumentParser):
    def error(self, message):
        raise Unreadable(message)


def arguments(given):
    parser = Arguments(description="Verifies an audit record.", allow_abbrev=False)
    parser.add_argument("--jwks", help="the JWK set of the keys that are trusted")
    parser.add_argument("--texts", action="store_true", help="a text that is absent is a problem")
    parser.add_argument("--anchors", help="copies of checkpoints that were kept elsewhere")
    parser.add_argument("paths", nargs="+", metavar="PATH")
    return parser.parse_args(given)


def trusted(path):
    try:
        with open(path, "rb") as file:
            return read_keys(file.read())
    except (OSError, Foreign, NotJson) as error:
        raise Unreadable(f"{path}: {error}") from None


def anchors(path):
    """The checkpoints of the file, each with its line."""
    source = shown(os.path.basename(path))
    for number, data, _ in lines_of(path):
        if not data.strip(BLANK):
            continue
        try:
            line = read_line(data, False)
        except Foreign as error:
            raise Unreadable(f"{path}:{number}: {error}") from None
        if not isinstance(line, Checkpoint):
            raise Unreadable(f"{path}:{number}: no checkpoint")
        line.place = (source, number)
        yield line


def check_anchors(record, kept):
    first = {}
    for each in record.checkpoints.values():
        if not each.bad:
            first[each.authority] = min(each.at, first.get(each.authority, each.at))
    for anchor in kept:
        if anchor.identity not in record.checkpoints and anchor.at >= first.get(anchor.authority, 0):
            record.tell_of("anchor", anchor)


def verify(record, keys, texts, kept):
    """The checks, in an order in which none needs what a later one finds."""
    chains, seals = Chains(record), Seals(record, keys)
    seals.check_order(chains)
    seals.check_heads(chains)
    seals.check_positions()
    firsts = seals.check_roots(sealing.Groups(record, chains))
    chain_checks.check_links(record, chains)
    chain_checks.check_successors(record, chains)
    chain_checks.check_stubs(record, chains)
    sealing.seal(record, chains)
    removals = [each for each in chains.whole() if each.removed and each.sealed]
    sealing.check_times(record, chains)
    sealing.check_absent(record, removals)
    sealing.check_firsts(record, firsts, removals)
    chain_checks.check_beginnings(record, chains, removals)
    sealing.check_ends(record, chains)
    check_texts(record, chains, texts)
    check_anchors(record, kept)
    return chains


def report(record, keys):
    problems = sorted(record.problems, key=lambda one: (*one[:4], one[4] if isinstance(one[4], int) else 0, one[5]))
    for source, line, kind, chain, sequence, verdict in problems:
        place = f"{source}:{line}" if line else "-"
        print(verdict, kind, place, chain, sequence)
    for chain, numbers in sorted(record.chains.items()):
        sealed = sum(any(one.sealed for one in contents) for contents in numbers.values()) if keys is not None else 0
        print(f"chain {chain} {min(numbers)}-{max(numbers)} sealed {sealed} events {len(numbers)}")
    told = {verdict for *_, verdict in problems}
    code = 1 if "tampered" in told else 2 if told else 0
    print("verdict", VERDICTS[code])
    return code


def main(given):
    try:
        asked = arguments(given)
        keys = trusted(asked.jwks) if asked.jwks is not None else None
        kept = list(anchors(asked.anchors)) if asked.anchors is not None else []
        record = Record()
        for path in asked.paths:
            record.read(path)
        if record.is_none():
            raise Unreadable("there is nothing to verify")
    except Unreadable as error:
        print(f"verify: {error}", file=sys.stderr)
        return 3
    verify(record, keys, asked.texts, kept)
    return report(record, keys)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
