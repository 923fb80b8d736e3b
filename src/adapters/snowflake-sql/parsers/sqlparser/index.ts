import { init, parse } from '@guanmingchiu/sqlparser-ts';
import { Gathering } from '../gather.js';
import { stoppedAt, Trapped, Unparsed, type Parser } from '../parser.js';
import { gatherStatement } from './statement.js';

/** `@guanmingchiu/sqlparser-ts`, which is Apache DataFusion's sqlparser-rs. Its module must be loaded first. */
export async function loadSqlparser(): Promise<Parser> {
  await init();
  return { name: 'sqlparser', read };
}

function read(canonical: string) {
  const statements: readonly unknown[] = parseText(canonical);
  if (statements.length !== 1) throw new Unparsed(`sqlparser: ${statements.length} statements`);
  const gathering = new Gathering();
  return gathering.reading(1, gatherStatement(statements[0], gathering));
}

/** Messages of sqlparser-rs itself; every other one is the WebAssembly runtime's, which leaves the module unusable. */
const ordinary = /^sql parser error: |at Line: \d+, Column: \d+$/;

function parseText(canonical: string): readonly unknown[] {
  try {
    return parse(canonical, 'snowflake');
  } catch (error) {
    const message = error instanceof Error ? error.message : '';
    if (!ordinary.test(message)) throw new Trapped('sqlparser');
    throw new Unparsed(`sqlparser: ${stoppedAt(message)}`);
  }
}
