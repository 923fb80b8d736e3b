import type { Chain } from './chain.js';
import { recalled } from './memory.js';
import type { SealedRemovals } from './removals.js';
import type { Memory } from './report.js';
import type { Before } from '../reading/told.js';

type Chains = ReadonlyMap<string, Chain>;

/** Holds every chain against what the chain after it says of its end. */
export function checkSuccession(chains: Chains, memory: Memory | undefined, removals: SealedRemovals): void {
  const followed = new Set<string>();
  for (const chain of chains.values()) {
    const { before } = chain;
    if (before === undefined) continue;
    if (followed.has(before.chain)) found(chain, 'fork', `two chains say that they follow ${before.chain}`);
    followed.add(before.chain);
    const earlier = chains.get(before.chain);
    if (earlier === undefined || earlier.events === 0) absent(chain, before, memory, removals);
    else compare(earlier, before, chain.name);
  }
}

function compare(earlier: Chain, before: Before, by: string): void {
  const last = earlier.runs.at(-1)?.last;
  if (last === undefined) return;
  if (last.sequence < before.sequence) found(earlier, 'cut', `${by} says that it ended with event ${before.sequence}, which is absent; the last one here is ${last.sequence}`, before.sequence);
  if (last.sequence > before.sequence) found(earlier, 'appended', `${by} says that it ended with event ${before.sequence}, but it goes on to ${last.sequence}`, last.sequence);
  const same = last.sequence === before.sequence ? before.fingerprint === last.fingerprint || before.fingerprint === last.actual : earlier.compare(before.sequence, before.fingerprint) !== 'other';
  if (!same) found(earlier, 'rewritten', `${by} names another event ${before.sequence} than the one that is here`, before.sequence);
}

function absent(chain: Chain, before: Before, memory: Memory | undefined, removals: SealedRemovals): void {
  const known = recalled(memory, before.chain);
  if (known !== undefined && known.seq === before.sequence && known.head !== before.fingerprint) found(chain, 'rewritten', `it names another end of ${before.chain} than was verified before`);
  else if (known !== undefined && known.seq > before.sequence) found(chain, 'cut', `it says that ${before.chain} ended with event ${before.sequence}, but event ${known.seq} was verified before`);
  else if (!removals.endWith(chain.authority, before)) chain.findings.add({ kind: 'missing', verdict: 'incomplete', message: `the chain before it, ${before.chain} with ${before.sequence} events, is absent` });
}

/** A chain of which nothing but checkpoints is here: removed by retention where later ones go on, else cut off. */
export function checkEmpty(chains: Chains, removals: SealedRemovals): void {
  for (const chain of chains.values()) {
    if (chain.events > 0) continue;
    const seq = Math.max(0, ...chain.waiting.keys());
    const last = chain.waiting.get(seq)?.[0]?.[0];
    if (last !== undefined && removals.took(last)) continue;
    const later = [...chains.values()].some((each) => each.events > 0 && each.authority === chain.authority && each.name > chain.name);
    if (later) chain.findings.add({ kind: 'missing', verdict: 'incomplete', message: `its checkpoints are here, its ${seq} events are not` });
    else found(chain, 'cut', `a checkpoint names event ${seq}, which is absent, as is the whole chain`, seq);
  }
}

/** In a log that is read in order, a chain that ended is named by the next one. */
export function checkLogs(logs: Iterable<readonly Chain[]>): void {
  for (const log of logs) {
    log.slice(0, -1).forEach((chain, index) => {
      const next = log[index + 1] as Chain;
      if (chain.events === 0 || next.events === 0 || next.runs[0]?.first.sequence !== 1 || next.before?.chain === chain.name) return;
      if (!log.some((each) => each.before?.chain === chain.name)) chain.findings.add({ kind: 'missing', verdict: 'incomplete', message: `no chain after it says where it ended: ${next.name} names another` });
    });
  }
}

/** What a signature over the first event of a chain reaches in the chain before it: up to where the writer vouched for that, and as far as its end is the one that is named. */
export function sealBefore(chains: Chains): void {
  for (const chain of [...chains.values()].toSorted((a, b) => (a.name < b.name ? 1 : -1))) {
    const { before } = chain;
    const earlier = before === undefined || !chain.stretches.isSealed(1) ? undefined : chains.get(before.chain);
    if (before !== undefined && earlier?.compare(before.sequence, before.fingerprint) === 'same') earlier.vouch(before);
  }
}

function found(chain: Chain, kind: 'fork' | 'cut' | 'appended' | 'rewritten', message: string, sequence?: number): void {
  chain.findings.add({ kind, verdict: 'tampered', message, ...(sequence === undefined ? {} : { sequence }) });
}
