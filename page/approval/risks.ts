import type { Approval } from '../api-types.js';
import { tokenizeSql, type HighlightToken } from '../text/sql-tokens.js';

/** What a reviewer should see before anything else. */
export interface Risk {
  readonly severe: boolean;
  readonly text: string;
}

/**
 * What is dangerous about what is asked for, the worst first. Where it is not sure that a statement spares anything, it
 * is said that it does not.
 */
export function assessRisks({ moment, access, statement }: Approval): readonly Risk[] {
  if (statement === undefined)
    return moment === 'open' && access === 'write' ? [createMinorRisk('Opens a session that may write.')] : [];
  const found = assessStatement(
    statement.operation.toUpperCase(),
    statement.kind,
    tokenizeSql(statement.canonical).filter(({ kind, text }) => kind !== 'comment' && /\S/.test(text)),
  );
  return found.toSorted((one, other) => Number(other.severe) - Number(one.severe));
}

function assessStatement(operation: string, kind: string, pieces: readonly HighlightToken[]): readonly Risk[] {
  const has = (...words: readonly string[]): boolean =>
    pieces.some((_, at) => words.every((word, offset) => isWord(pieces[at + offset], word)));
  const risks: Risk[] = [];
  if (/^(?:DROP|UNDROP)/.test(operation) || has('DROP'))
    risks.push(createSevereRisk('Removes something for good: DROP.'));
  if (operation.startsWith('TRUNCATE') || has('TRUNCATE')) risks.push(createSevereRisk('Removes every row: TRUNCATE.'));
  if (has('OR', 'REPLACE')) risks.push(createSevereRisk('Replaces what is there: OR REPLACE.'));
  if (has('OVERWRITE')) risks.push(createSevereRisk('Replaces every row that is there: OVERWRITE.'));
  if (operation === 'DELETE') risks.push(...assessCondition(pieces, 'Deletes'));
  if (operation === 'UPDATE') risks.push(...assessCondition(pieces, 'Changes'));
  if (operation === 'MERGE')
    risks.push(
      has('DELETE')
        ? createSevereRisk('May delete rows: MERGE with DELETE.')
        : createMinorRisk('May change and add rows: MERGE.'),
    );
  if (kind === 'ddl') risks.push(createMinorRisk('Changes what there is, not only what is in it.'));
  if (kind === 'dcl' || kind === 'exfil' || kind === 'call' || kind === 'script')
    risks.push(createSevereRisk(`Not an ordinary statement: ${kind}.`));
  return risks;
}

function assessCondition(pieces: readonly HighlightToken[], does: string): readonly Risk[] {
  const where = pieces.findIndex((piece) => piece.depth === 0 && isWord(piece, 'WHERE'));
  if (where < 0) return [createSevereRisk(`${does} every row: there is no WHERE.`)];
  const condition = pieces.slice(where + 1);
  const names = condition.some(({ kind }) => kind === 'word' || kind === 'quoted');
  return names
    ? [createMinorRisk(`${does} rows.`)]
    : [createSevereRisk(`${does} every row, or none: its WHERE names no column.`)];
}

function isWord(piece: HighlightToken | undefined, word: string): boolean {
  return (piece?.kind === 'keyword' || piece?.kind === 'word') && piece.text.toUpperCase() === word;
}

function createSevereRisk(says: string): Risk {
  return { severe: true, text: says };
}

function createMinorRisk(says: string): Risk {
  return { severe: false, text: says };
}
