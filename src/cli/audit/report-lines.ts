import { basename } from 'node:path';
import type { ChainReport, Finding, VerificationReport } from '../../adapters/ocsf/verify/index.js';

type Row = readonly [file: string, line: number, kind: string, chain: string, sequence: number, verdict: string];

/**
 * A report in the form in which verifiers can be compared (docs/record-format.md): problems, chains, the verdict. Wants
 * a report that names all problems.
 */
export function reportInLines({ problems, chains, verdict }: VerificationReport): string {
  const rows = [
    ...problems.map((each) => rowOf(each)),
    ...chains.flatMap((chain) => chain.problems.map((each) => rowOf(each, chain.chain))),
  ];
  const told = new Set(rows.toSorted(compare).map(shown));
  const states = chains
    .filter(({ first }) => first !== undefined)
    .map(stateOf)
    .toSorted();
  return `${[...told, ...states, `verdict ${verdict}`].join('\n')}\n`;
}

function rowOf({ place, kind, chain: own, sequence, verdict }: Finding, chain?: string): Row {
  // Without a place only a chain is named, no number.
  return [
    place === undefined ? '-' : basename(place.source).replaceAll(/[^!-~]/g, '?'),
    place?.line ?? 0,
    kind,
    chain ?? own ?? '-',
    place === undefined ? 0 : (sequence ?? 0),
    verdict,
  ];
}

function compare(a: Row, b: Row): number {
  for (const [index, one] of a.entries()) {
    const other = b[index] as string | number;
    if (one !== other) return one < other ? -1 : 1;
  }
  return 0;
}

function shown([file, line, kind, chain, sequence, verdict]: Row): string {
  return `${verdict} ${kind} ${line === 0 ? '-' : `${file}:${line}`} ${chain} ${sequence === 0 ? '-' : sequence}`;
}

function stateOf({ chain, first, last, events, unsealed }: ChainReport): string {
  return `chain ${chain} ${first}-${last} sealed ${Math.max(0, events - unsealed)} events ${events}`;
}
