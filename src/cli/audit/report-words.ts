import type { ChainReport, Problem, Problems, Report, Verdict } from '../../adapters/ocsf/verify/index.js';
import { keyRows } from './key-words.js';
import type { FoundKeys } from './keys.js';
import { printable, timeOf } from '../printable.js';

const verdicts: Readonly<Record<Verdict, string>> = { ok: 'OK', tampered: 'TAMPERED', incomplete: 'INCOMPLETE' };

/** A report for people. */
export function reportInWords(report: Report, keys: FoundKeys, remembers: boolean): string {
  const rows = [
    ...report.chains.flatMap(chainRows),
    ...(report.problems.length === 0 ? [] : ['outside the chains', ...problemRows(report), '']),
    ...(report.openIntents === 0 ? [] : [`open       ${report.openIntents} announced without an outcome: ${printable(report.open.join(', '))}${report.openIntents > report.open.length ? ', …' : ''}`]),
    ...(report.unannounced === 0 ? [] : [`open       ${report.unannounced} outcomes whose announcement is not here`]),
    ...(report.duplicates + report.again === 0 ? [] : [`again      ${count(report.duplicates, 'event')}, ${report.again} of checkpoints and texts came again`]),
    `keys       ${keysInWords(keys)}`,
    ...keyRows(report.keys),
    ...anchoredRows(report),
    ...(report.verdict === 'tampered' ? [] : provenRows(report, keys, remembers)),
    `${verdicts[report.verdict]}: ${count(report.events, 'event')} in ${count(report.chains.length, 'chain')}, ${count(report.checkpoints, 'checkpoint')}.${conclusion(report)}`,
  ];
  return `${rows.join('\n')}\n`;
}

function chainRows(chain: ChainReport): string[] {
  const { first, last, from, to, events, duplicates, truncated, sealed, sealedAt, unsealed, closed, checkpoints } = chain;
  const range = first === undefined ? 'none' : `${first} to ${last}, ${timeOf(from ?? 0)} to ${timeOf(to ?? 0)}${closed ? ', ended in good order' : ''}`;
  const extra = [events === (last ?? 0) - (first ?? 1) + 1 || first === undefined ? '' : `${events} are here`, duplicates === 0 ? '' : `${duplicates} came again`, truncated === 0 ? '' : `${truncated} are stubs: of those nothing is proven`];
  const seal = sealed === 0 ? 'no event' : `to ${sealed}${sealedAt === undefined ? ', by the chain after it' : `, last at ${timeOf(sealedAt)} by ${printable(chain.keys.join(', '))}`}`;
  return [
    `chain ${printable(chain.chain)}: ${verdicts[chain.verdict]}`,
    `  events   ${[range, ...extra].filter((each) => each !== '').join('; ')}`,
    `  sealed   ${seal}; ${count(checkpoints, 'checkpoint')}${unsealed === 0 ? '' : `; ${count(unsealed, 'event')} not sealed`}`,
    ...problemRows(chain), '',
  ];
}

function problemRows({ problems, more }: Problems): string[] {
  return [...problems.map(problemRow), ...(more === 0 ? [] : [`  … and ${count(more, 'problem')} more`])];
}

function problemRow({ kind, message, place, sequence, id, code, at }: Problem): string {
  const where = place === undefined ? '' : `${place.source}:${place.line}: `;
  const what = [sequence === undefined || id === undefined ? '' : `event ${sequence}`, code ?? '', id ?? '', at === undefined ? '' : timeOf(at)].filter((each) => each !== '').join(', ');
  return printable(`  ! ${kind.padEnd(10)} ${where}${what === '' ? '' : `${what}: `}${message}`);
}

function keysInWords({ from, pinned }: FoundKeys): string {
  if (from.length === 0) return 'none: no signature was checked. Give them with --jwks';
  const names = printable(from.join(', '));
  return pinned ? names : `${names}, found beside the data: who can change the log there can change them too. Keep a copy elsewhere and give it with --jwks`;
}

function anchoredRows({ anchored }: Report): string[] {
  if (anchored === undefined) return [];
  if (anchored.length === 0) return ['anchored   nothing: no good checkpoint of this record was anchored'];
  return anchored.map(({ authority, at, chain, seq }) => `anchored   ${printable(authority)} until ${timeOf(at)}, ${printable(chain)} to ${seq}: nothing before can be changed unseen`);
}

/** What was proven, what was not, and what would prove more. */
function provenRows({ chains, anchored }: Report, { pinned, from }: FoundKeys, remembers: boolean): string[] {
  const writers = [...new Set(chains.map(({ authority }) => authority))].toSorted();
  const proven = writers.flatMap((authority) => {
    const own = chains.filter((each) => each.authority === authority);
    const sealed = own.reduce((sum, each) => sum + (each.last === undefined ? 0 : each.last - (each.first ?? 1) + 1 - each.unsealed), 0);
    const until = Math.max(...own.map(({ sealedAt }) => sealedAt ?? 0));
    return sealed === 0 || until === 0 ? [] : [`proven     ${count(sealed, 'event')} of ${printable(authority)} ${sealed === 1 ? 'is' : 'are'} as a holder of its key signed, until ${timeOf(until)}`];
  });
  const unsealed = chains.reduce((sum, each) => sum + each.unsealed, 0);
  const more = [
    ...(pinned || from.length === 0 ? [] : ['--jwks with a copy of the keys that the writer cannot change']),
    ...(remembers || anchored !== undefined ? [] : ['--state or --anchors, which remembers the end: one that is cut off together with its checkpoints looks like a shorter record']),
  ];
  return [
    ...proven,
    ...(unsealed === 0 ? [] : [`unproven   ${count(unsealed, 'event')} behind what is sealed: who can write there could have changed ${unsealed === 1 ? 'it' : 'them'}`]),
    ...more.map((each, index) => `${(index === 0 ? 'more' : '').padEnd(11)}${each}`),
  ];
}

function conclusion({ verdict, chains, checkpoints }: Report): string {
  if (verdict === 'tampered') return ' It is not as it was written.';
  if (verdict === 'incomplete') return ' What is here was not found to be changed, but it is not all there, or not all could be checked.';
  if (checkpoints === 0) return ' Nothing is signed: it fits together, but could have been written anew as a whole.';
  const unsealed = chains.reduce((sum, each) => sum + each.unsealed, 0);
  return unsealed === 0 ? ' Every event is sealed.' : ` All is sealed but the last ${count(unsealed, 'event')}.`;
}

function count(number: number, name: string): string {
  return `${number} ${name}${number === 1 ? '' : 's'}`;
}
