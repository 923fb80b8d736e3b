import { parseArgs } from 'node:util';
import { Trouble } from './listen.js';

export interface Arguments {
  /** `play` stays up after the loop, `once` ends, `serve` starts without playing. */
  readonly mode: 'play' | 'once' | 'serve' | 'help';
  /** The host listens here, the identity provider on the next one; 0 for any two free ports. */
  readonly port: number;
  readonly journal: string;
  /** Where the statements run: the embedded database, a Snowflake server in this process, or an account of your own. */
  readonly engine: 'duckdb' | 'snowflake-local' | 'snowflake';
  /** Brokers to ship the record to, `host:port` with commas between. */
  readonly kafka?: string;
}

export const usage = `npm start -- [options]

  --once         play the loop and end; the exit code says whether every answer was as expected
  --serve        start without playing
  --port N       listen on N, and the identity provider on N+1 (default 4400; 0 for any free ports)
  --journal DIR  where the record is kept (default ./audit)
  --kafka H:P    ship it to Kafka as well, to the topics sallyport.audit.*
  --snowflake-local  run it over Snowflake's own driver, against a server that speaks its protocol in this process
  --snowflake    run it on an account of yours: SNOWFLAKE_ACCOUNT, SNOWFLAKE_USER, SNOWFLAKE_PRIVATE_KEY_PATH,
                 SNOWFLAKE_WAREHOUSE and SNOWFLAKE_ROLE in the environment, the tables of examples/quickstart/snowflake.sql in it
  --help         this
`;

/** Reads the command line. Throws Trouble with exit code 2 for what it does not know. */
export function readArguments(argv: readonly string[]): Arguments {
  const { once, serve, help, port, journal, kafka, snowflake, 'snowflake-local': local } = parse(argv);
  if (once && serve) throw wrong('--once and --serve exclude each other');
  if (snowflake && local) throw wrong('--snowflake and --snowflake-local exclude each other');
  if (journal === '') throw wrong('--journal needs a directory');
  const mode = help ? 'help' : once ? 'once' : serve ? 'serve' : 'play';
  if (kafka !== undefined && !/^[^\s,:]+:\d{1,5}(?:,[^\s,:]+:\d{1,5})*$/.test(kafka))
    throw wrong('--kafka takes host:port');
  const engine = local ? 'snowflake-local' : snowflake ? 'snowflake' : 'duckdb';
  return { mode, port: portNumber(port), journal, engine, ...(kafka === undefined ? {} : { kafka }) };
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      options: {
        once: { type: 'boolean', default: false },
        serve: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
        port: { type: 'string', default: '4400' },
        journal: { type: 'string', default: './audit' },
        kafka: { type: 'string' },
        snowflake: { type: 'boolean', default: false },
        'snowflake-local': { type: 'boolean', default: false },
      },
    }).values;
  } catch (error) {
    throw wrong(error instanceof Error ? (error.message.split('. ')[0] ?? '') : 'unreadable arguments');
  }
}

function portNumber(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : NaN;
  if (!(port <= 65_534)) throw wrong('--port takes a number from 0 to 65534');
  return port;
}

function wrong(problem: string): Trouble {
  return new Trouble(`${problem}\n\n${usage}`, 2);
}
