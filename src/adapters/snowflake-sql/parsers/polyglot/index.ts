import { Dialect, parse } from '@polyglot-sql/sdk';
import { Gathering } from '../gather.js';
import { stoppedAt, Trapped, Unparsed, type Parser } from '../parser.js';
import { forPolyglot } from '../rewrite/index.js';
import { renameCalls } from './calls.js';
import { gatherStatement } from './statement.js';

/** `@polyglot-sql/sdk`, of the sqlglot family. */
export const polyglot: Parser = {
  name: 'polyglot',
  read(canonical) {
    const statements = parseEither(renameCalls(canonical));
    if (statements.length !== 1) throw new Unparsed(`polyglot: ${statements.length} statements`);
    const gathering = new Gathering();
    return gathering.reading(1, gatherStatement(statements[0], gathering));
  },
};

function parseEither(text: string): readonly unknown[] {
  const plain = parseText(text);
  if (typeof plain !== 'string') return plain;
  const rewritten = forPolyglot(text);
  const second = rewritten === text ? plain : parseText(rewritten);
  if (typeof second === 'string') throw new Unparsed(`polyglot: ${stoppedAt(plain)}`);
  return second;
}

/** The statements, or the parser's message; a failure of the runtime below it leaves it unusable. */
function parseText(text: string): readonly unknown[] | string {
  const parsed = parse(text, Dialect.Snowflake);
  if (parsed.success) return Array.isArray(parsed.ast) ? parsed.ast : [];
  const message = parsed.error ?? '';
  if (message.startsWith('WASM ')) throw new Trapped('polyglot');
  return message;
}
