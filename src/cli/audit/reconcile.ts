import { UsageError, type ExitCode } from '../exit-codes.js';
import type { Streams } from '../streams.js';
import { auditExitCodes } from './exit-codes.js';
import { readQueryHistory, parseTime } from './query-history.js';
import { openRecordLines } from './record-lines.js';
import { Reconciliation } from './reconciliation.js';
import { parseOptions } from '../parse-options.js';
import { formatDifferences } from './format-differences.js';
import { kafkaHelp, kafkaOptions } from './kafka-topic.js';
import { write } from '../write.js';

export const reconcileHelp = `Usage: sallyport audit reconcile DIRECTORY|FILE... | --kafka HOST:PORT, --history FILE [options]

Compares the record with the warehouse's own: an export of Snowflake's QUERY_HISTORY as CSV or JSON lines with QUERY_ID,
QUERY_TAG, START_TIME, USER_NAME and, better, QUERY_TEXT. Lists the queries that ran and were not recorded, the
statements that were recorded and did not run, and those whose query ids differ. What the gateway sends of its own is
known by its text, which stands in the record as SHA-256: whole, once, and in its order.

Options:
  --history FILE         the export
  --user NAME            a user that the gateway runs statements as, again for each; other users' queries are left out.
                         Without it every query has to be recorded
  --from TIME            from this time on, RFC 3339: 2026-11-23T00:00:00Z
  --to TIME              up to this time, not included. Leave out the last hours: Snowflake's view lags behind
${kafkaHelp}
  -h, --help             this text

Exit codes: 0 they agree; 1 they do not; 3 wrong command line, or an input that cannot be read or is empty.
`;

/** `sallyport audit reconcile`. Throws UsageError. */
export async function reconcile(args: readonly string[], { stdout }: Streams): Promise<ExitCode> {
  const { values, positionals } = parseOptions(args, {
    ...kafkaOptions,
    history: { type: 'string' },
    user: { type: 'string', multiple: true },
    from: { type: 'string' },
    to: { type: 'string' },
    help: { type: 'boolean', short: 'h' },
  });
  if (values.help === true) return write(stdout, reconcileHelp);
  if (values.history === undefined) throw new UsageError('name the export with --history');
  const [from, to] = [
    parseTimeOption('--from', values.from) ?? 0,
    parseTimeOption('--to', values.to) ?? Number.POSITIVE_INFINITY,
  ];
  if (to <= from) throw new UsageError('--to must be later than --from');
  const ledger = new Reconciliation({ from, to, ...(values.user === undefined ? {} : { users: values.user }) });
  const events = await ledger.addRecord(await openRecordLines(positionals, values));
  if (events === 0) throw new UsageError('there is no event in the record');
  for await (const ran of readQueryHistory(values.history)) ledger.addQuery(ran);
  const found = await ledger.computeDifferences();
  await write(stdout, formatDifferences(found));
  return found.agree ? auditExitCodes.ok : auditExitCodes.wrong;
}

function parseTimeOption(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const at = parseTime(/^\d{4}-\d\d-\d\d$/.test(text) ? `${text} 00:00:00Z` : text);
  if (at === undefined) throw new UsageError(`${name} is no time like 2026-11-23T00:00:00Z`);
  return at;
}
