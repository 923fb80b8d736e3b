import { init, parse } from '@guanmingchiu/sqlparser-ts';
import { ReadingBuilder } from '../reading-builder.js';
import { computeLineage } from '../lineage/index.js';
import { readEither, describePosition, ParserTrapError, UnparsedError, type Parser } from '../parser.js';
import type { ParserReading } from '../reading.js';
import { rewriteForSqlparser, syntheticRelation } from '../rewrite/index.js';
import { isTreeNode } from '../tree.js';
import { gatherStatement } from './statement.js';

/** `@guanmingchiu/sqlparser-ts`, which is Apache DataFusion's sqlparser-rs; resolves when its module is loaded. */
export async function loadSqlparser(): Promise<Parser> {
  await init();
  return { name: 'sqlparser', read: readText };
}

function readText(canonical: string): ParserReading {
  if (canonical.toLowerCase().includes(syntheticRelation)) throw new UnparsedError('a reserved name');
  // Places in a text that was rewritten are not those of the statement.
  return readEither(canonical, rewriteForSqlparser, (text) =>
    text === canonical ? parseOnce(text) : removeMarks(parseOnce(text)),
  );
}

function removeMarks({ marks: _marks, ...reading }: ParserReading): ParserReading {
  return reading;
}

function parseOnce(text: string): ParserReading {
  const statements = parseText(text);
  if (typeof statements === 'string') throw new UnparsedError(`sqlparser: ${describePosition(statements)}`);
  if (statements.length !== 1) throw new UnparsedError(`sqlparser: ${statements.length} statements`);
  const [statement] = statements;
  const gathering = new ReadingBuilder();
  const root = gatherStatement(statement, gathering);
  const query = isTreeNode(statement) ? statement['Query'] : undefined;
  const reading = gathering.build(1, root, query === undefined ? undefined : computeLineage(query));
  return { ...reading, reads: reading.reads.filter(([first]) => first?.text !== syntheticRelation) };
}

/** Messages of sqlparser-rs itself; every other one is the WebAssembly runtime's, which leaves the module unusable. */
const parserMessage = /^sql parser error: |at Line: \d+, Column: \d+$/;

function parseText(text: string): readonly unknown[] | string {
  try {
    return parse(text, 'snowflake');
  } catch (error) {
    const message = error instanceof Error ? error.message : '';
    if (!parserMessage.test(message)) throw new ParserTrapError('sqlparser');
    return message;
  }
}
