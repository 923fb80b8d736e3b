/** A whole engine adapter: lists of JSON records that answer `SELECT * FROM <name>`. Run it and it proves itself. */
import {
  AccessError,
  newId,
  type Connector,
  type EngineSession,
  type Execution,
  type Grant,
  type Row,
} from 'sallyport';
import { engineContract } from 'sallyport/contract';
import { snowflakeSql } from 'sallyport/snowflake-sql';

type Records = Readonly<Record<string, readonly Readonly<Record<string, string | number>>[]>>;

export function records(tables: Records): Connector {
  return {
    engine: 'records',
    schemas: [{ database: 'FILES', schema: 'PUBLIC' }],
    open: async (_grant, signal) => (signal.throwIfAborted(), openSession(tables)),
  };
}

function openSession(tables: Records): EngineSession {
  let open = true;
  return {
    id: newId(Date.now()),
    async run({ text }, signal) {
      signal.throwIfAborted();
      if (!open) throw new AccessError('ENGINE_UNAVAILABLE');
      return answer(tables[/^SELECT \* FROM "FILES"\."PUBLIC"\."(\w+)"$/.exec(text)?.[1] ?? ''], signal);
    },
    async close() {
      open = false;
    },
  };
}

function answer(table: Records[string] | undefined, signal: AbortSignal): Execution {
  if (table === undefined) throw new AccessError('ENGINE_REJECTED', 'There is no such list.');
  const columns = Object.entries(table[0] ?? {}).map(([name, value]) => ({
    name,
    type: typeof value === 'number' ? 'NUMBER' : 'TEXT',
  }));
  return {
    queryId: newId(Date.now()),
    columns,
    batches: batches(
      table.map((each) => Object.values(each)),
      signal,
    ),
  };
}

async function* batches(rows: readonly Row[], signal: AbortSignal): AsyncGenerator<readonly Row[]> {
  for (let start = 0; start < rows.length; start += 1000) {
    signal.throwIfAborted();
    yield rows.slice(start, start + 1000);
  }
}

const tables = {
  PETS: [
    { NAME: 'Rex', AGE: 4 },
    { NAME: 'Mia', AGE: 7 },
  ],
  DAYS: Array.from({ length: 5000 }, (_, day) => ({ DAY: day })),
};
const grant = {
  scope: { connection: 'files', database: 'FILES', schema: 'PUBLIC', access: 'read' },
} as unknown as Grant;

for (const each of engineContract({
  connector: () => records(tables),
  grant,
  few: {
    sql: 'SELECT * FROM "FILES"."PUBLIC"."PETS"',
    columns: ['NAME', 'AGE'],
    rows: [
      ['Rex', 4],
      ['Mia', 7],
    ],
  },
  many: { sql: 'SELECT * FROM "FILES"."PUBLIC"."DAYS"', count: 5000 },
  failing: { sql: 'SELECT * FROM "FILES"."PUBLIC"."NOTHING"' },
  names: {
    analyzer: () => snowflakeSql(),
    table: { name: 'PETS', column: 'NAME', value: 'Rex' },
    select: 'SELECT * FROM PETS',
  },
})) {
  await each.run();
  console.log(`kept: ${each.name}`);
}
