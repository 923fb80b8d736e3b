import type { JSX } from 'preact';
import { partsOf, type Part } from './letters.js';
import { lineStarts, piecesOf } from './sql.js';

/** A short text of somebody else's, such as a name: in the order in which it is written, and nothing in it hidden. */
export function Name({ text }: { readonly text: string }): JSX.Element {
  return <span class="name">{partsOf(text).map(shown)}</span>;
}

/** A text of somebody else's in running words. */
export function Words({ text }: { readonly text: string }): JSX.Element {
  return <span class="words">{partsOf(text).map(shown)}</span>;
}

/** A whole statement, wrapped and never cut. Where its parts begin, so does a line; nothing is put into the text itself. */
export function Sql({ text }: { readonly text: string }): JSX.Element {
  const pieces = piecesOf(text);
  const starts = lineStarts(pieces);
  return (
    <pre class="sql">
      {pieces.map(({ kind, text: piece }, index) => <span class={`sql-${kind}${starts.has(index) ? ' starts' : ''}`}>{partsOf(piece).map(shown)}</span>)}
    </pre>
  );
}

function shown({ source, code, means, breaks, doubt }: Part): JSX.Element | string {
  if (doubt !== undefined) {
    const why = doubt.looksLike === undefined ? doubt.scripts.join(' and ') : `not ${doubt.looksLike}`;
    return <mark class="doubt">{source}<span class="doubt-why">{why}: {doubt.codes.join(' ')}</span></mark>;
  }
  if (code === undefined) return source;
  return <><span class={breaks ? 'code code-line' : 'code'} title={means}>{source === '\n' ? code : `⟨${code}⟩`}</span>{breaks ? '\n' : ''}</>;
}
