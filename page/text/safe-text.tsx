import type { JSX } from 'preact';
import { splitText, type TextSegment } from './text-segments.js';
import { findLineStarts, tokenizeSql } from './sql-tokens.js';

/** A short text of somebody else's, such as a name: in the order in which it is written, and nothing in it hidden. */
export function Name({ text }: { readonly text: string }): JSX.Element {
  return <span class="name">{splitText(text).map(renderPart)}</span>;
}

/** A text of somebody else's in running words. */
export function Prose({ text }: { readonly text: string }): JSX.Element {
  return <span class="words">{splitText(text).map(renderPart)}</span>;
}

/**
 * A whole statement, wrapped and never cut. Where its parts begin, so does a line; nothing is put into the text itself.
 */
export function Sql({ text }: { readonly text: string }): JSX.Element {
  const pieces = tokenizeSql(text);
  const starts = findLineStarts(pieces);
  return (
    <pre class="sql">
      {pieces.map(({ kind, text: piece }, index) => (
        <span class={`sql-${kind}${starts.has(index) ? ' starts' : ''}`}>{splitText(piece).map(renderPart)}</span>
      ))}
    </pre>
  );
}

function renderPart({ source, code, means, breaks, suspiciousWord: doubt }: TextSegment): JSX.Element | string {
  if (doubt !== undefined) {
    const why = doubt.looksLike === undefined ? doubt.scripts.join(' and ') : `not ${doubt.looksLike}`;
    return (
      <mark class="doubt">
        {source}
        <span class="doubt-why">
          {why}: {doubt.codes.join(' ')}
        </span>
      </mark>
    );
  }
  if (code === undefined) return source;
  return (
    <>
      <span class={breaks ? 'code code-line' : 'code'} title={means}>
        {source === '\n' ? code : `⟨${code}⟩`}
      </span>
      {breaks ? '\n' : ''}
    </>
  );
}
