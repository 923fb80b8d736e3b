import { parse, Dialect } from '@polyglot-sql/sdk';
import { Gathering } from '../gather.js';
import { stoppedAt, Trapped, Unparsed, type Parser } from '../parser.js';
import { renameCalls } from './calls.js';
import { gatherStatement } from './statement.js';

/** `@polyglot-sql/sdk`, of the sqlglot family. */
export const polyglot: Parser = {
  name: 'polyglot',
  read(canonical) {
    const parsed = parse(renameCalls(canonical), Dialect.Snowflake);
    if (!parsed.success) {
      const message = parsed.error ?? '';
      if (message.startsWith('WASM ')) throw new Trapped('polyglot');
      throw new Unparsed(`polyglot: ${stoppedAt(message)}`);
    }
    const statements: readonly unknown[] = Array.isArray(parsed.ast) ? parsed.ast : [];
    if (statements.length !== 1) throw new Unparsed(`polyglot: ${statements.length} statements`);
    const gathering = new Gathering();
    return gathering.reading(1, gatherStatement(statements[0], gathering));
  },
};
