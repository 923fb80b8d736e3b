import { RefusedError } from './refusal.js';
import { findClosing, isSign, isWord, type SqlToken } from '../lex/token.js';

/** Types that take parameters. */
export const parameterizedTypes: ReadonlySet<string> = new Set(
  `
  NUMBER DECIMAL NUMERIC DEC INT INTEGER BIGINT SMALLINT TINYINT BYTEINT FLOAT FLOAT4 FLOAT8 DOUBLE REAL VARCHAR CHAR CHARACTER STRING TEXT NVARCHAR NVARCHAR2 CHAR_VARYING NCHAR_VARYING
  NCHAR BINARY VARBINARY DATETIME TIME TIMESTAMP TIMESTAMP_NTZ TIMESTAMP_LTZ TIMESTAMP_TZ TIMESTAMPNTZ TIMESTAMPLTZ TIMESTAMPTZ VECTOR ARRAY OBJECT MAP PRECISION VARYING
`
    .trim()
    .split(/\s+/),
);

const builtInTypes: ReadonlySet<string> = new Set([
  ...parameterizedTypes,
  'BOOLEAN',
  'DATE',
  'VARIANT',
  'GEOGRAPHY',
  'GEOMETRY',
  'UUID',
  'DECFLOAT',
  'FILE',
  'INTERVAL',
]);

/**
 * Refuses a cast to anything but a type of Snowflake's own: a type that somebody defined is an object of some schema.
 */
export function checkTypes(tokens: readonly SqlToken[]): void {
  for (let at = 0; at < tokens.length; at += 1) {
    const token = tokens[at];
    const type = isSign(token, '::')
      ? at + 1
      : isWord(token, 'CAST', 'TRY_CAST') && isSign(tokens[at + 1], '(')
        ? findCastType(tokens, at + 1)
        : undefined;
    if (type !== undefined && !isBuiltInType(tokens, type))
      throw new RefusedError('sql.unparsed', 'a type that is not built in');
  }
}

function isBuiltInType(tokens: readonly SqlToken[], at: number): boolean {
  return isWord(tokens[at]) && builtInTypes.has(tokens[at]?.upper ?? '') && !isSign(tokens[at + 1], '.');
}

/** Behind the AS in these brackets. */
function findCastType(tokens: readonly SqlToken[], open: number): number | undefined {
  const end = findClosing(tokens, open);
  for (let at = open + 1; at < end; at += 1) {
    if (isSign(tokens[at], '(')) at = findClosing(tokens, at);
    else if (isWord(tokens[at], 'AS')) return at + 1;
  }
  return undefined;
}
