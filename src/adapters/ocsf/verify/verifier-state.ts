import { AccessError } from '../../../core/index.js';
import type { Chain } from './chain.js';
import type { FindingCollector } from './findings.js';
import type { VerifierState, RememberedChain } from './report.js';
import type { PlacedCheckpoint } from './signed-checkpoint.js';
import { isJsonObject, parseStrictObject } from '../parse/strict-json.js';
import type { CheckpointTrail } from './checkpoint-trail.js';

/**
 * Reads what `Report.memory` was written as. Throws CONFIG_INVALID: a memory that was damaged must not pass for none.
 */
export function parseVerifierState(text: string): VerifierState {
  const value = parseStrictObject(text);
  const { chains, authorities } = value ?? {};
  const good =
    value?.['v'] === 1 &&
    isJsonObject(chains) &&
    isJsonObject(authorities) &&
    Object.values(chains).every(isRememberedChain) &&
    Object.values(authorities).every(isRememberedWriter);
  if (!good)
    throw new AccessError(
      'CONFIG_INVALID',
      'the state of the last verification cannot be read: restore it, or delete it to begin anew',
    );
  return value as unknown as VerifierState;
}

/** What is remembered of a chain. Names come from the log, so those that every object has must not be found. */
export function findRemembered(memory: VerifierState | undefined, chain: string): RememberedChain | undefined {
  return memory !== undefined && Object.hasOwn(memory.chains, chain) ? memory.chains[chain] : undefined;
}

function isRememberedChain(value: unknown): boolean {
  return isJsonObject(value) && Number.isSafeInteger(value['seq']) && typeof value['head'] === 'string';
}

function isRememberedWriter(value: unknown): boolean {
  const checkpoints = isJsonObject(value) ? value['checkpoints'] : undefined;
  return (
    isJsonObject(value) &&
    typeof value['latest'] === 'string' &&
    Array.isArray(checkpoints) &&
    checkpoints.every(
      (each) => isJsonObject(each) && typeof each['digest'] === 'string' && Number.isSafeInteger(each['at']),
    )
  );
}

/**
 * Holds what was verified before against what is here: the newest chain and the last checkpoints of every writer. What
 * is older may have gone by retention.
 */
export function checkAgainstState(
  { authorities }: VerifierState,
  chains: readonly Chain[],
  trail: CheckpointTrail,
  findings: FindingCollector,
): void {
  for (const [authority, { latest, checkpoints }] of Object.entries(authorities)) {
    const present = chains.filter((each) => each.authority === authority && each.events > 0);
    if (!present.some(({ name }) => name === latest)) {
      const gone = present.length > 0 && present.every(({ name }) => name > latest);
      findings.add({
        kind: gone ? 'missing' : 'cut',
        verdict: gone ? 'incomplete' : 'tampered',
        message: `the chain ${latest} of ${authority} was verified before and is absent`,
      });
    }
    const oldest = Math.min(...trail.times(authority));
    for (const { digest, at } of checkpoints) {
      if (trail.has(digest)) continue;
      const gone = Number.isFinite(oldest) && oldest > at;
      findings.add({
        kind: gone ? 'missing' : 'cut',
        verdict: gone ? 'incomplete' : 'tampered',
        message: `a checkpoint of ${authority} was verified before and is absent`,
        at,
      });
    }
  }
}

/** What to remember: each chain that is here or named by one that is, and where every writer stands. */
export function createVerifierState(
  earlier: VerifierState | undefined,
  chains: readonly Chain[],
  tails: readonly PlacedCheckpoint[],
): VerifierState {
  const kept = new Map<string, RememberedChain>();
  const authorities = new Map(Object.entries(earlier?.authorities ?? {}));
  for (const { name, authority, previousChain: before, runs } of chains) {
    const known = before === undefined ? undefined : findRemembered(earlier, before.chain);
    if (before !== undefined && known !== undefined && !kept.has(before.chain)) kept.set(before.chain, known);
    const last = runs.at(-1)?.last;
    if (last === undefined) continue;
    kept.set(name, { seq: last.sequence, head: last.fingerprint });
    const writer = authorities.get(authority);
    const stamps = tails
      .filter(({ claims }) => claims.authority === authority)
      .map(({ digest, claims: { at } }) => ({ digest, at }));
    authorities.set(authority, {
      latest: name > (writer?.latest ?? '') ? name : (writer?.latest ?? ''),
      checkpoints: stamps.length === 0 ? (writer?.checkpoints ?? []) : stamps,
    });
  }
  return { v: 1, chains: Object.fromEntries(kept), authorities: Object.fromEntries(authorities) };
}
