import { init, parse } from '@guanmingchiu/sqlparser-ts';
import { Gathering } from '../gather.js';
import { lineage } from '../lineage/index.js';
import { readEither, stoppedAt, Trapped, Unparsed, type Parser } from '../parser.js';
import type { Reading } from '../reading.js';
import { forSqlparser, stand } from '../rewrite/index.js';
import { isTree } from '../tree.js';
import { gatherStatement } from './statement.js';

/** `@guanmingchiu/sqlparser-ts`, which is Apache DataFusion's sqlparser-rs; resolves when its module is loaded. */
export async function loadSqlparser(): Promise<Parser> {
  await init();
  return { name: 'sqlparser', read };
}

function read(canonical: string): Reading {
  if (canonical.toLowerCase().includes(stand)) throw new Unparsed('a reserved name');
  // Places in a text that was rewritten are not those of the statement.
  return readEither(canonical, forSqlparser, (text) => (text === canonical ? readOnce(text) : withoutMarks(readOnce(text))));
}

function withoutMarks({ marks: _marks, ...reading }: Reading): Reading {
  return reading;
}

function readOnce(text: string): Reading {
  const statements = parseText(text);
  if (typeof statements === 'string') throw new Unparsed(`sqlparser: ${stoppedAt(statements)}`);
  if (statements.length !== 1) throw new Unparsed(`sqlparser: ${statements.length} statements`);
  const [statement] = statements;
  const gathering = new Gathering();
  const root = gatherStatement(statement, gathering);
  const query = isTree(statement) ? statement['Query'] : undefined;
  const reading = gathering.reading(1, root, query === undefined ? undefined : lineage(query));
  return { ...reading, reads: reading.reads.filter(([first]) => first?.text !== stand) };
}

/** Messages of sqlparser-rs itself; every other one is the WebAssembly runtime's, which leaves the module unusable. */
const ordinary = /^sql parser error: |at Line: \d+, Column: \d+$/;

function parseText(text: string): readonly unknown[] | string {
  try {
    return parse(text, 'snowflake');
  } catch (error) {
    const message = error instanceof Error ? error.message : '';
    if (!ordinary.test(message)) throw new Trapped('sqlparser');
    return message;
  }
}
