import { readName } from '../../names/resolve-name.js';
import { isSign, isWord, type SqlToken } from '../../lex/token.js';
import { simplifyColumns } from './create.js';
import { identifierPattern as id, formatShape, createWords } from './token-shape.js';

const option =
  '(?:COMMENT|DATA_RETENTION_TIME_IN_DAYS|MAX_DATA_EXTENSION_TIME_IN_DAYS|CHANGE_TRACKING|ENABLE_SCHEMA_EVOLUTION)';
const type = '[A-Z_][A-Z0-9_]*(?: \\( n(?: , n)? \\))?';
const column = `(?:COMMENT s|UNSET COMMENT|DROP DEFAULT|(?:SET )?NOT NULL|DROP NOT NULL|(?:SET DATA )?TYPE ${type})`;

/** Changes that name nothing but the columns and constraints of the table itself, each matched to its last token. */
const ownParts: readonly RegExp[] = [
  `SET ${option} = (?:s|n|TRUE|FALSE)(?:(?: ,)? ${option} = (?:s|n|TRUE|FALSE))*`,
  `UNSET ${option}(?: , ${option})*`,
  '(?:SET|UNSET) SECURE',
  'DROP (?:PRIMARY|CLUSTERING) KEY',
  '(?:SUSPEND|RESUME) RECLUSTER',
  `DROP CONSTRAINT ${id}(?: CASCADE| RESTRICT)?`,
  `RENAME CONSTRAINT ${id} TO ${id}`,
  `DROP(?: COLUMN)?(?: IF EXISTS)? ${id}(?: ,(?: COLUMN)?(?: IF EXISTS)? ${id})*`,
  `(?:ALTER|MODIFY)(?: COLUMN)? ${id} ${column}(?: ,(?: COLUMN)? ${id} ${column})*`,
].map((pattern) => new RegExp(`^${pattern}$`));

/**
 * ALTER TABLE and ALTER VIEW in a form that readers know: what names nothing but the table's own parts becomes one that
 * does the same.
 */
export function simplifyAlter(tokens: readonly SqlToken[]): readonly SqlToken[] {
  const start = isWord(tokens[2], 'IF') && isWord(tokens[3], 'EXISTS') ? 4 : 2;
  const { name, end } = readName(tokens, start);
  if (name.length === 0) return tokens;
  // A view is altered as a table is, and named like one.
  const head = [tokens[0] as SqlToken, ...createWords('TABLE'), ...tokens.slice(2, end)];
  const action = tokens.slice(end);
  if (ownParts.some((pattern) => pattern.test(formatShape(action)))) return [...head, ...createWords('DROP COLUMN x')];
  return isWord(action[0], 'ADD') ? [...head, ...splitAdd(action)] : [...head, ...action];
}

/** `ADD [COLUMN] [IF NOT EXISTS] a INT, [COLUMN] [IF NOT EXISTS] b INT`, each column with an ADD of its own. */
function splitAdd(action: readonly SqlToken[]): readonly SqlToken[] {
  const result: SqlToken[] = [];
  let depth = 0;
  const columns = simplifyColumns(action);
  for (let at = 0; at < columns.length; at += 1) {
    const token = columns[at] as SqlToken;
    if (isSign(token, '(')) depth += 1;
    if (isSign(token, ')')) depth -= 1;
    const begins = at === 0 || (depth === 0 && isSign(token, ','));
    if (!begins) {
      result.push(token);
      continue;
    }
    const named = isWord(columns[at + 1], 'COLUMN');
    const after = at + (named ? 2 : 1);
    const conditional = /^IF NOT EXISTS$/.test(formatShape(columns.slice(after, after + 3)));
    const plain = isWord(columns[after], 'CONSTRAINT', 'PRIMARY', 'FOREIGN', 'CHECK');
    // What the first adds stays as written, since not all that can be added is a column.
    const asWritten = at === 0 && !named && !conditional;
    result.push(...(at === 0 ? [] : [token]), ...createWords(plain || asWritten ? 'ADD' : 'ADD COLUMN'));
    at = after - 1 + (conditional ? 3 : 0);
  }
  return result;
}
