import { AccessError } from '../../../core/index.js';
import type { Chain } from './chain.js';
import type { Findings } from './findings.js';
import type { Memory, Remembered } from './report.js';
import type { Stamp } from './seal.js';
import { isMembers, strictObject } from '../reading/strict.js';
import type { Trail } from './trail.js';

/** Reads what `Report.memory` was written as. Throws CONFIG_INVALID: a memory that was damaged must not pass for none. */
export function readMemory(text: string): Memory {
  const value = strictObject(text);
  const { chains, authorities } = value ?? {};
  const good = value?.['v'] === 1 && isMembers(chains) && isMembers(authorities) && Object.values(chains).every(isRemembered) && Object.values(authorities).every(isWriter);
  if (!good) throw new AccessError('CONFIG_INVALID', 'the state of the last verification cannot be read: restore it, or delete it to begin anew');
  return value as unknown as Memory;
}

/** What is remembered of a chain. Names come from the log, so those that every object has must not be found. */
export function recalled(memory: Memory | undefined, chain: string): Remembered | undefined {
  return memory !== undefined && Object.hasOwn(memory.chains, chain) ? memory.chains[chain] : undefined;
}

function isRemembered(value: unknown): boolean {
  return isMembers(value) && Number.isSafeInteger(value['seq']) && typeof value['head'] === 'string';
}

function isWriter(value: unknown): boolean {
  const checkpoints = isMembers(value) ? value['checkpoints'] : undefined;
  return isMembers(value) && typeof value['latest'] === 'string' && Array.isArray(checkpoints)
    && checkpoints.every((each) => isMembers(each) && typeof each['digest'] === 'string' && Number.isSafeInteger(each['at']));
}

/** Holds what was verified before against what is here: the newest chain and the last checkpoints of every writer. What is older may have gone by retention. */
export function checkMemory({ authorities }: Memory, chains: readonly Chain[], trail: Trail, findings: Findings): void {
  for (const [authority, { latest, checkpoints }] of Object.entries(authorities)) {
    const present = chains.filter((each) => each.authority === authority && each.events > 0);
    if (!present.some(({ name }) => name === latest)) {
      const gone = present.length > 0 && present.every(({ name }) => name > latest);
      findings.add({ kind: gone ? 'missing' : 'cut', verdict: gone ? 'incomplete' : 'tampered', message: `the chain ${latest} of ${authority} was verified before and is absent` });
    }
    const oldest = Math.min(...trail.times(authority));
    for (const { digest, at } of checkpoints) {
      if (trail.has(digest)) continue;
      const gone = Number.isFinite(oldest) && oldest > at;
      findings.add({ kind: gone ? 'missing' : 'cut', verdict: gone ? 'incomplete' : 'tampered', message: `a checkpoint of ${authority} was verified before and is absent`, at });
    }
  }
}

/** What to remember: each chain that is here or named by one that is, and where every writer stands. */
export function memoryOf(earlier: Memory | undefined, chains: readonly Chain[], tails: readonly Stamp[]): Memory {
  const kept = new Map<string, Remembered>();
  const authorities = new Map(Object.entries(earlier?.authorities ?? {}));
  for (const { name, authority, before, runs } of chains) {
    const known = before === undefined ? undefined : recalled(earlier, before.chain);
    if (before !== undefined && known !== undefined && !kept.has(before.chain)) kept.set(before.chain, known);
    const last = runs.at(-1)?.last;
    if (last === undefined) continue;
    kept.set(name, { seq: last.sequence, head: last.fingerprint });
    const writer = authorities.get(authority);
    const stamps = tails.filter(({ claims }) => claims.authority === authority).map(({ digest, claims: { at } }) => ({ digest, at }));
    authorities.set(authority, { latest: name > (writer?.latest ?? '') ? name : (writer?.latest ?? ''), checkpoints: stamps.length === 0 ? (writer?.checkpoints ?? []) : stamps });
  }
  return { v: 1, chains: Object.fromEntries(kept), authorities: Object.fromEntries(authorities) };
}
