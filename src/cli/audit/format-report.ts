import type {
  ChainReport,
  Finding,
  FindingList,
  VerificationReport,
  VerificationVerdict,
} from '../../adapters/ocsf/verify/index.js';
import { formatKeyRows } from './format-keys.js';
import type { VerificationKeys } from './verification-keys.js';
import { toPrintable, formatTime } from '../text/printable.js';

const verdictTexts: Readonly<Record<VerificationVerdict, string>> = {
  ok: 'OK',
  tampered: 'TAMPERED',
  incomplete: 'INCOMPLETE',
};

/** A report for people. */
export function formatReport(report: VerificationReport, keys: VerificationKeys, remembers: boolean): string {
  const rows = [
    ...report.chains.flatMap(formatChain),
    ...(report.problems.length === 0 ? [] : ['outside the chains', ...formatProblems(report), '']),
    ...(report.openIntents === 0
      ? []
      : [
          `open       ${report.openIntents} announced without an outcome: ${toPrintable(report.open.join(', '))}${report.openIntents > report.open.length ? ', …' : ''}`,
        ]),
    ...(report.unannounced === 0 ? [] : [`open       ${report.unannounced} outcomes whose announcement is not here`]),
    ...(report.duplicates + report.again === 0
      ? []
      : [`again      ${formatCount(report.duplicates, 'event')}, ${report.again} of checkpoints and texts came again`]),
    `keys       ${formatKeys(keys)}`,
    ...formatKeyRows(report.keys),
    ...anchoredRows(report),
    ...(report.verdict === 'tampered' ? [] : formatProven(report, keys, remembers)),
    `${verdictTexts[report.verdict]}: ${formatCount(report.events, 'event')} in ${formatCount(report.chains.length, 'chain')}, ${formatCount(report.checkpoints, 'checkpoint')}.${formatConclusion(report)}`,
  ];
  return `${rows.join('\n')}\n`;
}

function formatChain(chain: ChainReport): string[] {
  const { first, last, from, to, events, duplicates, truncated, sealed, sealedAt, unsealed, closed, checkpoints } =
    chain;
  const range =
    first === undefined
      ? 'none'
      : `${first} to ${last}, ${formatTime(from ?? 0)} to ${formatTime(to ?? 0)}${closed ? ', closed properly' : ''}`;
  const extra = [
    events === (last ?? 0) - (first ?? 1) + 1 || first === undefined ? '' : `${events} are here`,
    duplicates === 0 ? '' : `${duplicates} came again`,
    truncated === 0 ? '' : `${truncated} are stubs: of those nothing is proven`,
  ];
  const seal =
    sealed === 0
      ? 'no event'
      : `to ${sealed}${sealedAt === undefined ? ', by the chain after it' : `, last at ${formatTime(sealedAt)} by ${toPrintable(chain.keys.join(', '))}`}`;
  return [
    `chain ${toPrintable(chain.chain)}: ${verdictTexts[chain.verdict]}`,
    `  events   ${[range, ...extra].filter((each) => each !== '').join('; ')}`,
    `  sealed   ${seal}; ${formatCount(checkpoints, 'checkpoint')}${unsealed === 0 ? '' : `; ${formatCount(unsealed, 'event')} not sealed`}`,
    ...formatProblems(chain),
    '',
  ];
}

function formatProblems({ problems, more }: FindingList): string[] {
  return [...problems.map(formatProblem), ...(more === 0 ? [] : [`  … and ${formatCount(more, 'problem')} more`])];
}

function formatProblem({ kind, message, place, sequence, id, code, at }: Finding): string {
  const where = place === undefined ? '' : `${place.source}:${place.line}: `;
  const what = [
    sequence === undefined || id === undefined ? '' : `event ${sequence}`,
    code ?? '',
    id ?? '',
    at === undefined ? '' : formatTime(at),
  ]
    .filter((each) => each !== '')
    .join(', ');
  return toPrintable(`  ! ${kind.padEnd(10)} ${where}${what === '' ? '' : `${what}: `}${message}`);
}

function formatKeys({ from, pinned }: VerificationKeys): string {
  if (from.length === 0) return 'none: no signature was checked. Give them with --jwks';
  const names = toPrintable(from.join(', '));
  return pinned
    ? names
    : `${names}, found beside the data: who can change the log there can change them too. Keep a copy elsewhere and give it with --jwks`;
}

function anchoredRows({ anchored }: VerificationReport): string[] {
  if (anchored === undefined) return [];
  if (anchored.length === 0) return ['anchored   nothing: no good checkpoint of this record was anchored'];
  return anchored.map(
    ({ authority, at, chain, seq }) =>
      `anchored   ${toPrintable(authority)} until ${formatTime(at)}, ${toPrintable(chain)} to ${seq}: nothing before can be changed unseen`,
  );
}

/** What was proven, what was not, and what would prove more. */
function formatProven(
  { chains, anchored }: VerificationReport,
  { pinned, from }: VerificationKeys,
  remembers: boolean,
): string[] {
  const writers = [...new Set(chains.map(({ authority }) => authority))].toSorted();
  const proven = writers.flatMap((authority) => {
    const own = chains.filter((each) => each.authority === authority);
    const sealed = own.reduce(
      (sum, each) => sum + (each.last === undefined ? 0 : each.last - (each.first ?? 1) + 1 - each.unsealed),
      0,
    );
    const until = Math.max(...own.map(({ sealedAt }) => sealedAt ?? 0));
    return sealed === 0 || until === 0
      ? []
      : [
          `proven     ${formatCount(sealed, 'event')} of ${toPrintable(authority)} ${sealed === 1 ? 'is' : 'are'} as a holder of its key signed, until ${formatTime(until)}`,
        ];
  });
  const unsealed = chains.reduce((sum, each) => sum + each.unsealed, 0);
  const more = [
    ...(pinned || from.length === 0 ? [] : ['--jwks with a copy of the keys that the writer cannot change']),
    ...(remembers || anchored !== undefined
      ? []
      : [
          '--state or --anchors, which remembers the end: one that is cut off together with its checkpoints looks like a shorter record',
        ]),
  ];
  return [
    ...proven,
    ...(unsealed === 0
      ? []
      : [
          `unproven   ${formatCount(unsealed, 'event')} behind what is sealed: who can write there could have changed ${unsealed === 1 ? 'it' : 'them'}`,
        ]),
    ...more.map((each, index) => `${(index === 0 ? 'more' : '').padEnd(11)}${each}`),
  ];
}

function formatConclusion({ verdict, chains, checkpoints }: VerificationReport): string {
  if (verdict === 'tampered') return ' It is not as it was written.';
  if (verdict === 'incomplete')
    return ' What is here was not found to be changed, but it is not all there, or not all could be checked.';
  if (checkpoints === 0) return ' Nothing is signed: it fits together, but could have been written anew as a whole.';
  const unsealed = chains.reduce((sum, each) => sum + each.unsealed, 0);
  return unsealed === 0 ? ' Every event is sealed.' : ` All is sealed but the last ${formatCount(unsealed, 'event')}.`;
}

function formatCount(number: number, name: string): string {
  return `${number} ${name}${number === 1 ? '' : 's'}`;
}
