import type { Approval } from '../answers.js';
import { piecesOf, type Piece } from '../text/sql.js';

/** What a reviewer should see before anything else. */
export interface Risk {
  readonly grave: boolean;
  readonly says: string;
}

/** What is dangerous about what is asked for, the worst first. Where it is not sure that a statement spares anything, it is said that it does not. */
export function risksOf({ moment, access, statement }: Approval): readonly Risk[] {
  if (statement === undefined) return moment === 'open' && access === 'write' ? [mild('Opens a session that may write.')] : [];
  const found = risksOfStatement(statement.operation.toUpperCase(), statement.kind, piecesOf(statement.canonical).filter(({ kind, text }) => kind !== 'comment' && /\S/.test(text)));
  return found.toSorted((one, other) => Number(other.grave) - Number(one.grave));
}

function risksOfStatement(operation: string, kind: string, pieces: readonly Piece[]): readonly Risk[] {
  const has = (...words: readonly string[]): boolean => pieces.some((_, at) => words.every((word, offset) => isWord(pieces[at + offset], word)));
  const risks: Risk[] = [];
  if (/^(?:DROP|UNDROP)/.test(operation) || has('DROP')) risks.push(grave('Removes something for good: DROP.'));
  if (operation.startsWith('TRUNCATE') || has('TRUNCATE')) risks.push(grave('Removes every row: TRUNCATE.'));
  if (has('OR', 'REPLACE')) risks.push(grave('Replaces what is there: OR REPLACE.'));
  if (has('OVERWRITE')) risks.push(grave('Replaces every row that is there: OVERWRITE.'));
  if (operation === 'DELETE') risks.push(...narrowed(pieces, 'Deletes'));
  if (operation === 'UPDATE') risks.push(...narrowed(pieces, 'Changes'));
  if (operation === 'MERGE') risks.push(has('DELETE') ? grave('May delete rows: MERGE with DELETE.') : mild('May change and add rows: MERGE.'));
  if (kind === 'ddl') risks.push(mild('Changes what there is, not only what is in it.'));
  if (kind === 'dcl' || kind === 'exfil' || kind === 'call' || kind === 'script') risks.push(grave(`Not an ordinary statement: ${kind}.`));
  return risks;
}

function narrowed(pieces: readonly Piece[], does: string): readonly Risk[] {
  const where = pieces.findIndex((piece) => piece.depth === 0 && isWord(piece, 'WHERE'));
  if (where < 0) return [grave(`${does} every row: there is no WHERE.`)];
  const condition = pieces.slice(where + 1);
  const names = condition.some(({ kind }) => kind === 'word' || kind === 'quoted');
  return names ? [mild(`${does} rows.`)] : [grave(`${does} every row, or none: its WHERE names no column.`)];
}

function isWord(piece: Piece | undefined, word: string): boolean {
  return (piece?.kind === 'keyword' || piece?.kind === 'word') && piece.text.toUpperCase() === word;
}

function grave(says: string): Risk {
  return { grave: true, says };
}

function mild(says: string): Risk {
  return { grave: false, says };
}
