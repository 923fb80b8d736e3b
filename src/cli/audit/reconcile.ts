import { UsageError, type ExitCode } from '../exit.js';
import type { Streams } from '../streams.js';
import { auditExits } from './exit.js';
import { historyOf, timeFrom } from './history.js';
import { recordLines } from './lines.js';
import { Ledger } from './ledger.js';
import { parsed } from '../options.js';
import { differencesInWords } from './ledger-words.js';
import { kafkaHelp, kafkaOptions } from './topic.js';
import { write } from '../write.js';

export const reconcileHelp = `Usage: sallyport audit reconcile DIRECTORY|FILE... | --kafka HOST:PORT, --history FILE [options]

Holds the record against the warehouse's own: an export of Snowflake's QUERY_HISTORY as CSV or JSON lines with QUERY_ID,
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
  const { values, positionals } = parsed(args, {
    ...kafkaOptions, history: { type: 'string' }, user: { type: 'string', multiple: true }, from: { type: 'string' }, to: { type: 'string' }, help: { type: 'boolean', short: 'h' },
  });
  if (values.help === true) return write(stdout, reconcileHelp);
  if (values.history === undefined) throw new UsageError('name the export with --history');
  const [from, to] = [timeOption('--from', values.from) ?? 0, timeOption('--to', values.to) ?? Number.POSITIVE_INFINITY];
  if (to <= from) throw new UsageError('--to must be later than --from');
  const ledger = new Ledger({ from, to, ...(values.user === undefined ? {} : { users: values.user }) });
  const events = await ledger.read(await recordLines(positionals, values));
  if (events === 0) throw new UsageError('there is no event in the record');
  for await (const ran of historyOf(values.history)) ledger.note(ran);
  const found = await ledger.differences();
  await write(stdout, differencesInWords(found));
  return found.agree ? auditExits.ok : auditExits.wrong;
}

function timeOption(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const at = timeFrom(/^\d{4}-\d\d-\d\d$/.test(text) ? `${text} 00:00:00Z` : text);
  if (at === undefined) throw new UsageError(`${name} is no time like 2026-11-23T00:00:00Z`);
  return at;
}
