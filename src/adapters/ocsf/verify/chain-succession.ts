import type { Chain } from './chain.js';
import { findRemembered } from './verifier-state.js';
import type { AttestedRemovals } from './removals.js';
import type { VerifierState, Finding } from './report.js';
import type { RunEdge } from './event-runs.js';
import type { PreviousChain } from '../parse/event-claims.js';

type Chains = ReadonlyMap<string, Chain>;
/** Tells what is of no chain that is here. */
type Tell = (problem: Finding) => void;

/** Holds every chain against what the chain after it says of its end. */
export function checkSuccession(
  chains: Chains,
  memory: VerifierState | undefined,
  removals: AttestedRemovals,
  tell: Tell,
): void {
  const followed = new Set<string>();
  for (const chain of chains.values()) {
    const { previousChain: before } = chain;
    if (before === undefined) continue;
    if (followed.has(before.chain))
      addFinding(chain, 'link', `two chains say that they follow ${before.chain}`, chain.runs[0]?.first);
    followed.add(before.chain);
    const earlier = chains.get(before.chain);
    if (earlier === undefined || earlier.events === 0) reportAbsent(chain, before, memory, removals, tell);
    else compareEnd(earlier, before, chain.name);
  }
}

function compareEnd(earlier: Chain, before: PreviousChain, by: string): void {
  const last = earlier.runs.at(-1)?.last;
  if (last === undefined) return;
  if (last.sequence < before.sequence)
    addFinding(
      earlier,
      'cut',
      `${by} says that it ended with event ${before.sequence}, which is absent; the last one here is ${last.sequence}`,
      last,
    );
  if (last.sequence > before.sequence)
    addFinding(
      earlier,
      'appended',
      `${by} says that it ended with event ${before.sequence}, but it goes on to ${last.sequence}`,
      behind(earlier, before.sequence),
    );
  const same =
    last.sequence === before.sequence
      ? before.fingerprint === last.fingerprint || before.fingerprint === last.actual
      : earlier.compare(before.sequence, before.fingerprint) !== 'other';
  const isOther = last.sequence === before.sequence && before.id !== last.id;
  if (!same || isOther)
    addFinding(
      earlier,
      'rewritten',
      `${by} names another event ${before.sequence} than the one that is here`,
      last.sequence === before.sequence
        ? last
        : { sequence: before.sequence, position: earlier.placeOf(before.sequence) },
    );
}

/** The first event that is here behind a number. */
function behind(chain: Chain, end: number): Where {
  const sequence =
    chain.runs
      .map(({ first, last }) => (last.sequence > end ? Math.max(first.sequence, end + 1) : undefined))
      .find((each) => each !== undefined) ?? end;
  return (
    chain.runs.find(({ first }) => first.sequence === sequence)?.first ?? {
      sequence,
      position: chain.placeOf(sequence),
    }
  );
}

function reportAbsent(
  chain: Chain,
  before: PreviousChain,
  memory: VerifierState | undefined,
  removals: AttestedRemovals,
  tell: Tell,
): void {
  const known = findRemembered(memory, before.chain);
  if (known !== undefined && known.seq === before.sequence && known.head !== before.fingerprint)
    addFinding(chain, 'rewritten', `it names another end of ${before.chain} than was verified before`);
  else if (known !== undefined && known.seq > before.sequence)
    addFinding(
      chain,
      'cut',
      `it says that ${before.chain} ended with event ${before.sequence}, but event ${known.seq} was verified before`,
    );
  else if (!removals.hasEnd(chain.authority, before))
    tell({
      kind: 'missing',
      verdict: 'incomplete',
      chain: before.chain,
      message: `the chain before ${chain.name}, ${before.chain} with ${before.sequence} events, is absent`,
    });
}

/** A chain of which nothing but checkpoints is here: removed by retention where later ones go on, else cut off. */
export function checkEmpty(chains: Chains, removals: AttestedRemovals, tell: Tell): void {
  for (const chain of chains.values()) {
    if (chain.events > 0) continue;
    const latest = Math.max(
      0,
      ...[...chains.values()]
        .filter((each) => each.events > 0 && each.authority === chain.authority)
        .map(({ seals }) => seals.stampedAt),
    );
    const stamps = [...chain.seals.waiting.values()]
      .flat()
      .map(([stamp]) => stamp)
      .filter((stamp) => !removals.covers(stamp));
    const [cut, missing] = [
      stamps.filter(({ claims: { at } }) => at >= latest),
      stamps.filter(({ claims: { at } }) => at < latest),
    ];
    for (const stamp of cut)
      chain.seals.tell('cut', stamp, `it names event ${stamp.claims.seq}, which is absent, as is the whole chain`);
    const seq = Math.max(0, ...missing.map(({ claims }) => claims.seq));
    if (seq > 0)
      tell({
        kind: 'missing',
        verdict: 'incomplete',
        chain: chain.name,
        message: `checkpoints over ${chain.name} are here, its ${seq} events are not`,
      });
  }
}

/** In a log that is read in order, the first event of a chain names the chain before it. */
export function checkLog(present: readonly Chain[]): void {
  present.slice(1).forEach((chain, index) => {
    const [earlier, first] = [present[index] as Chain, chain.runs[0]?.first];
    if (first?.sequence !== 1 || first.actual !== first.fingerprint) return;
    if (chain.previousChain?.chain === earlier.name) return;
    const { position: place, sequence, id, code, at } = first;
    const message = `it is the first of its chain and does not name ${earlier.name}, which stands before it`;
    chain.findings.add({ kind: 'link', verdict: 'tampered', message, place, sequence, id, code, at });
  });
}

/**
 * What a signature over the first event of a chain reaches in the chain before it: up to where the writer vouched for
 * that, and as far as its end is the one that is named.
 */
export function sealBefore(chains: Chains): void {
  for (const chain of [...chains.values()].toSorted((a, b) => (a.name < b.name ? 1 : -1))) {
    const { previousChain: before } = chain;
    const earlier = before === undefined || !chain.stretches.isSealed(1) ? undefined : chains.get(before.chain);
    if (before !== undefined) earlier?.vouch(before);
  }
}

type Where = Partial<Pick<RunEdge, 'sequence' | 'id' | 'code' | 'at'>> & {
  readonly position?: RunEdge['position'] | undefined;
};

function addFinding(
  chain: Chain,
  kind: 'link' | 'cut' | 'appended' | 'rewritten',
  message: string,
  where: Where = {},
): void {
  const { sequence, id, position: place, code, at } = where;
  chain.findings.add({
    kind,
    verdict: 'tampered',
    message,
    ...(place === undefined ? {} : { place }),
    ...(sequence === undefined ? {} : { sequence }),
    ...(id === undefined ? {} : { id }),
    ...(code === undefined ? {} : { code }),
    ...(at === undefined ? {} : { at }),
  });
}
