import type { Chain } from './chain.js';
import type { AttestedRemovals } from './removals.js';
import type { ChainReport, Finding } from './report.js';
import type { RunEdge } from './event-runs.js';
import type { PlacedStub } from './stub-tracker.js';

/** What can be told of a chain only when everything was read: what is absent. */
export function closeChain(chain: Chain, removals: AttestedRemovals): void {
  chain.close();
  const {
    runs,
    requiresBeginning: mustBegin,
    settings: { remembered },
  } = chain;
  const first = runs[0]?.first;
  const last = runs.at(-1)?.last;
  if (first !== undefined && first.sequence > 1 && !isRemovedByRetention(chain, first, removals)) {
    const known = mustBegin ? ' though a chain before it is here' : ', as where retention removed them';
    chain.findings.add(
      createAbsentFinding(
        mustBegin ? 'gap' : 'start',
        mustBegin ? 'tampered' : 'incomplete',
        `${formatRange(1, first.sequence - 1)} absent${known}`,
        first,
      ),
    );
  }
  runs.slice(1).forEach(({ first: next }, index) => {
    const end = (runs[index] as (typeof runs)[number]).last;
    chain.findings.add(
      createAbsentFinding('gap', 'tampered', `${formatRange(end.sequence + 1, next.sequence - 1)} absent`, next),
    );
  });
  for (const [one, ...others] of chain.stubs.alone) {
    if (one !== undefined)
      chain.findings.add(
        createStubFinding(
          'incomplete',
          'it is a stub, and the event for which it stands is absent: nothing proves what it says',
          one,
        ),
      );
    for (const each of others)
      chain.findings.add(createStubFinding('tampered', 'another stub of this number says something else', each));
  }
  for (const [seq, stamps] of chain.seals.waiting) {
    if (last === undefined || seq <= last.sequence) continue;
    for (const [stamp] of stamps)
      chain.seals.tell('cut', stamp, `it names event ${seq}, which is absent; the last one here is ${last.sequence}`);
  }
  if (remembered !== undefined && last !== undefined && remembered.seq > last.sequence) {
    chain.findings.add({
      kind: 'cut',
      verdict: 'tampered',
      message: `event ${remembered.seq} was verified before and is absent; the last one here is ${last.sequence}`,
      sequence: remembered.seq,
    });
  }
}

/** Retention removed what is absent, and the record says so. What was verified before must be what stands before it. */
function isRemovedByRetention(chain: Chain, first: RunEdge, removals: AttestedRemovals): boolean {
  const { remembered } = chain.settings;
  const { previous, sequence } = first;
  if (previous !== undefined && remembered?.seq === sequence - 1 && previous.fingerprint !== remembered.head) {
    chain.findings.add(
      createAbsentFinding('link', 'tampered', 'it does not follow from the event that was verified before', first),
    );
  }
  return (
    previous !== undefined &&
    removals.hasEnd(chain.authority, { chain: chain.name, sequence: sequence - 1, fingerprint: previous.fingerprint })
  );
}

function createStubFinding(
  verdict: Finding['verdict'],
  message: string,
  { claims: { sequence, id, code, at }, position: place }: PlacedStub,
): Finding {
  return { kind: 'stub', verdict, message, place, sequence, id, code, at };
}

function createAbsentFinding(
  kind: Finding['kind'],
  verdict: Finding['verdict'],
  message: string,
  { sequence, id, code, at, position: place }: RunEdge,
): Finding {
  return { kind, verdict, message, place, sequence, id, code, at };
}

function formatRange(from: number, to: number): string {
  return from === to ? `event ${from} is` : `events ${from} to ${to} are`;
}

/** What a later chain vouches for counts as sealed, too. Without keys nothing is shown as sealed. */
export function createChainReport(chain: Chain, hasKeys: boolean): ChainReport {
  const {
    runs,
    name,
    authority,
    events,
    duplicates,
    findings,
    stubs,
    seals: { count: checkpoints, sealedAt, keys },
  } = chain;
  const first = runs[0]?.first;
  const last = runs.at(-1)?.last;
  const { count, to } = hasKeys ? chain.stretches.sealed : { count: 0, to: 0 };
  return {
    chain: name,
    authority,
    verdict: findings.verdict,
    events,
    duplicates,
    truncated: stubs.size,
    checkpoints,
    sealed: to,
    unsealed: events - count,
    closed: last?.code === 'gateway.stopped',
    keys: [...keys],
    ...findings.list,
    ...(first === undefined || last === undefined
      ? {}
      : { first: first.sequence, last: last.sequence, from: first.at, to: last.at, head: last.fingerprint }),
    ...(sealedAt === undefined || !hasKeys ? {} : { sealedAt }),
  };
}
