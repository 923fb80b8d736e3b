import type { CheckpointInterval } from '../../../core/index.js';
import type { Chain } from './chain.js';
import { earlierInterval } from './chain-seals.js';

/** A checkpoint is due at the end of its interval; signing and writing it take their time, milliseconds. */
const graceMs = 5_000;

/**
 * With keys at hand, a writer who signed nothing, an orderly end without a seal, and more behind the last seal than the
 * writer promised are no proof.
 */
export function checkAttested(chains: readonly Chain[]): void {
  const signing = new Set(chains.filter((each) => each.seals.sealed > 0).map(({ authority }) => authority));
  for (const chain of chains) {
    const last = chain.runs.at(-1)?.last;
    if (last === undefined) continue;
    const to = Math.max(chain.seals.sealed, chain.vouched);
    const tell = (message: string): void =>
      chain.findings.add({
        kind: 'unsealed',
        verdict: 'incomplete',
        message,
        place: last.position,
        sequence: last.sequence,
        id: last.id,
        code: last.code,
        at: last.at,
      });
    if (!signing.has(chain.authority)) tell('nothing of it is sealed: there is no good checkpoint of its writer');
    else if (last.code === 'gateway.stopped' && !chain.stretches.isSealed(last.sequence))
      tell('it closed properly, but its end is not sealed');
    else {
      const behind = findUnattested(chain, to, chain.seals.interval ?? resolveInterval(chain.authority, chains));
      if (behind !== undefined) tell(behind);
    }
  }
}

function findUnattested(chain: Chain, sealed: number, { events, ms }: CheckpointInterval): string | undefined {
  const [first, last] = [chain.runs[0]?.first, chain.runs.at(-1)?.last];
  if (first === undefined || last === undefined || sealed >= last.sequence) return undefined;
  const count = last.sequence - Math.max(sealed, first.sequence - 1);
  if (count > events)
    return `${count} events stand behind the last one that is sealed; its writer promised a checkpoint after at most ${events}`;
  const since =
    sealed > chain.seals.sealed ? chain.checkpointTimes.getEventTime(sealed) : (chain.seals.sealedAt ?? first.at);
  const late = since === undefined ? 0 : last.at - since;
  if (late <= ms + graceMs) return undefined;
  return `it is ${Math.round(late / 1_000)} seconds later than what is sealed; its writer promised a checkpoint after at most ${Math.round(ms / 1_000)}`;
}

/** What the writer's last good checkpoint promised. */
function resolveInterval(authority: string, chains: readonly Chain[]): CheckpointInterval {
  const known = chains
    .filter((each) => each.authority === authority && each.seals.interval !== undefined)
    .toSorted((a, b) => (a.seals.sealedAt ?? 0) - (b.seals.sealedAt ?? 0));
  return known.at(-1)?.seals.interval ?? earlierInterval;
}
