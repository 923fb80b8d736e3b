import {
  verifier,
  type VerificationReport,
  type VerificationVerdict,
  type VerifyOptions,
  type Verifier,
} from '../../adapters/ocsf/verify/index.js';
import { AccessError } from '../../core/index.js';
import { UsageError, type ExitCode } from '../exit-codes.js';
import type { Streams } from '../streams.js';
import { anchorsOf } from './anchors.js';
import { auditExitCodes } from './exit-codes.js';
import { loadVerificationKeys } from './verification-keys.js';
import { openRecordLines } from './record-lines.js';
import type { RecordLine } from './record-line.js';
import { parseOptions } from '../parse-options.js';
import { reportInLines } from './report-lines.js';
import { formatReport } from './format-report.js';
import { loadVerifierState, saveVerifierState } from './verifier-state.js';
import { kafkaHelp, kafkaOptions } from './kafka-topic.js';
import { write } from '../write.js';

export const verifyHelp = `Usage: sallyport audit verify FILE|DIRECTORY... | --kafka HOST:PORT, [options]

Checks a record: each event's fingerprint, its place in its chain, the signed checkpoints and the links between chains.
A directory is read as a journal, journal-*.jsonl in order. Other files may hold the lines in any order, more than once,
and as any program wrote the JSON: exports of a topic, of a SIEM.

Options:
  --jwks FILE            the public keys to trust. Without it DIRECTORY/jwks.json is used, which proves less: who can
                         change the log there can change the keys too
  --texts                each text of a statement that an event names must be there, too. With --kafka <topic>.sqltext
                         is read as well
  --anchors FILE         checkpoints that somebody else kept, one a line: each has to be in the record, unless that
                         begins behind it. A line is a compact JWS, a line of the log, or a SHA-256 in hexadecimal
  --state FILE           remembers what was verified, so that nothing of it can go away unseen; one file for each log
${kafkaHelp}
  --json                 the report as JSON
  --lines                the report in lines by which verifiers can be compared
  -h, --help             this text

Exit codes: 0 whole; 1 tampered with; 2 incomplete: something is absent or could not be checked; 3 wrong command line,
or an input that cannot be read or is empty.
`;

const verdictExitCodes: Readonly<Record<VerificationVerdict, ExitCode>> = {
  ok: auditExitCodes.ok,
  tampered: auditExitCodes.wrong,
  incomplete: auditExitCodes.incomplete,
};

/** `sallyport audit verify`. Throws UsageError. */
export async function verify(args: readonly string[], streams: Streams): Promise<ExitCode> {
  const { values, positionals } = parseOptions(args, {
    ...kafkaOptions,
    jwks: { type: 'string' },
    state: { type: 'string' },
    anchors: { type: 'string' },
    texts: { type: 'boolean' },
    lines: { type: 'boolean' },
    json: { type: 'boolean' },
    help: { type: 'boolean', short: 'h' },
  });
  if (values.help === true) return write(streams.stdout, verifyHelp);
  const lines = await openRecordLines(positionals, values, values.texts);
  const keys = await loadVerificationKeys(positionals, values.jwks);
  const memory = values.state === undefined ? undefined : await loadVerifierState(values.state);
  const limit = values.lines === true ? { limit: Number.MAX_SAFE_INTEGER } : {};
  const anchors = values.anchors === undefined ? undefined : await anchorsOf(values.anchors);
  const report = await verifyLines(lines, {
    ...limit,
    texts: values.texts === true,
    ...(anchors === undefined ? {} : { anchors }),
    ...(keys.jwks === undefined ? {} : { keys: keys.jwks }),
    ...(memory === undefined ? {} : { memory }),
  });
  const told =
    values.json === true
      ? `${JSON.stringify(report, undefined, 2)}\n`
      : values.lines === true
        ? reportInLines(report)
        : formatReport(report, keys, values.state !== undefined);
  await write(streams.stdout, told);
  if (values.state !== undefined && report.memory !== undefined) await saveVerifierState(values.state, report.memory);
  return verdictExitCodes[report.verdict];
}

async function verifyLines(lines: AsyncIterable<RecordLine>, options: VerifyOptions): Promise<VerificationReport> {
  const check = await createLineVerifier(options);
  let [count, loose] = [0, true];
  for await (const { text, position: place, complete } of lines) {
    count += 1;
    loose &&= place.log === undefined && place.partition === undefined;
    await check.take(text, place, complete);
  }
  if (count === 0) throw new UsageError('there is nothing to verify: no line was read');
  const report = check.report();
  // What stands where a record belongs was tampered with; a file of any other name may just be another one than was
  // meant.
  const strange = report.problems.every(({ kind }) => kind === 'foreign' || kind === 'torn' || kind === 'anchor');
  if (loose && options.memory === undefined && strange && report.events + report.checkpoints + report.texts === 0)
    throw new UsageError('there is nothing to verify: not one line of a record was read');
  return report;
}

async function createLineVerifier(options: VerifyOptions): Promise<Verifier> {
  try {
    return await verifier(options);
  } catch (error) {
    if (error instanceof AccessError) throw new UsageError(error.message, { cause: error });
    throw error;
  }
}
