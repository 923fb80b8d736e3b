import { parseArgs } from 'node:util';
import { snowflakeSql } from '../../adapters/snowflake-sql/index.js';
import { parseSchema, type Analyzer, type SchemaRef } from '../../core/index.js';
import { exitCodes, UsageError, type ExitCode } from '../exit-codes.js';
import { analyzeLines, analyzeStatement } from './run-analysis.js';
import type { Streams } from '../streams.js';

export const analyzeHelp = `Usage: sallyport analyze --scope DB.SCHEMA [--function DB.SCHEMA.NAME]... "SELECT ..."
       sallyport analyze [--function DB.SCHEMA.NAME]... < statements.jsonl > verdicts.jsonl

Says what Snowflake statements do, and whether the plain policy lets them run: reads inside the scope are allowed,
writes, CREATE, ALTER and DROP inside it need approval, all else is denied. Nothing is sent anywhere.

Without a statement it reads JSON lines {"id","sql","scope":{"database","schema"}} from standard input and writes, in the
same order, {"id","decision","kind","objects_read","objects_written","functions","code","reason","ms"} for each.
Names in a scope of the input are taken as stored: upper case, unless they were created in quotes.

Options:
  --scope DB.SCHEMA           the schema the statement on the command line may use
  --function DB.SCHEMA.NAME   a function of your own that statements may call; may be repeated
  -h, --help                  this text

Exit codes: 0 allowed, or every line was judged; 1 denied, or some line could not be used; 2 wrong command line;
3 needs approval; 70 the command failed.
`;

/** `sallyport analyze`. Throws UsageError. */
export async function analyze(args: readonly string[], streams: Streams): Promise<ExitCode> {
  const { statement, scope, functions, help } = parseAnalyzeOptions(args);
  if (help) {
    streams.stdout.write(analyzeHelp);
    return exitCodes.done;
  }
  const analyzer = createAnalyzer(functions);
  try {
    return statement === undefined
      ? await analyzeLines(analyzer, streams)
      : await analyzeStatement(analyzer, statement, scope, streams);
  } finally {
    await analyzer.close?.();
  }
}

/** Longer than in a service: nobody else waits here, and a machine that runs checks is a busy one. */
const timeoutMs = 10_000;

interface AnalyzeOptions {
  readonly statement: string | undefined;
  readonly scope: SchemaRef;
  readonly functions: readonly string[];
  readonly help: boolean;
}

function parseAnalyzeOptions(args: readonly string[]): AnalyzeOptions {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        scope: { type: 'string' },
        function: { type: 'string', multiple: true },
        help: { type: 'boolean', short: 'h' },
      },
    });
    const [statement, ...more] = positionals;
    if (more.length > 0) throw new Error('one statement at a time: put it in quotes');
    if (statement !== undefined && values.scope === undefined) throw new Error('a statement needs --scope DB.SCHEMA');
    if (statement === undefined && values.scope !== undefined)
      throw new Error('--scope goes with a statement; each line of the input names its own');
    return {
      statement,
      scope: values.scope === undefined ? { database: '', schema: '' } : parseSchema(values.scope),
      functions: values.function ?? [],
      help: values.help === true,
    };
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

function createAnalyzer(functions: readonly string[]): Analyzer {
  try {
    return snowflakeSql({ functions, timeoutMs });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}
