import { createRequire } from 'node:module';
import { ReadingBuilder } from '../reading-builder.js';
import { readEither, describePosition, ParserTrapError, UnparsedError, type Parser } from '../parser.js';
import type { ParserReading } from '../reading.js';
import { rewriteForPolyglot } from '../rewrite/index.js';
import { renameCalls } from './rename-calls.js';
import { gatherStatement } from './statement.js';

// Its ES module awaits the WebAssembly at its top level, which ends the process when the thread is ended meanwhile
// (worker.ts); the CommonJS one does not.
// It is the copy in dist that the build makes: see tools/copy-parser.mjs.
const { Dialect, init, parse } = createRequire(import.meta.url)('#polyglot-sql') as typeof import('@polyglot-sql/sdk');

/** `@polyglot-sql/sdk`, of the sqlglot family; resolves when its module is loaded. */
export async function loadPolyglot(): Promise<Parser> {
  await init();
  return { name: 'polyglot', read: (canonical) => readEither(renameCalls(canonical), rewriteForPolyglot, parseOnce) };
}

function parseOnce(text: string): ParserReading {
  const statements = parseText(text);
  if (typeof statements === 'string') throw new UnparsedError(`polyglot: ${describePosition(statements)}`);
  if (statements.length !== 1) throw new UnparsedError(`polyglot: ${statements.length} statements`);
  const gathering = new ReadingBuilder();
  const { marks: _marks, ...reading } = gathering.build(1, gatherStatement(statements[0], gathering));
  return reading;
}

/** The statements, or the parser's message; a failure of the runtime below it leaves it unusable. */
function parseText(text: string): readonly unknown[] | string {
  const parsed = parse(text, Dialect.Snowflake);
  if (parsed.success) return Array.isArray(parsed.ast) ? parsed.ast : [];
  const message = parsed.error ?? '';
  if (message.startsWith('WASM ')) throw new ParserTrapError('polyglot');
  return message;
}
