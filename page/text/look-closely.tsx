import type { JSX } from 'preact';
import { counted } from '../words.js';
import { findingsIn } from './letters.js';

/** The same in two words, for a list. */
export function LookCloselyMark({ texts }: { readonly texts: readonly string[] }): JSX.Element | null {
  const { hidden, doubts } = findingsIn(texts);
  return hidden.size + doubts.length === 0 ? null : <p><span class="risk risk-grave">Look closely</span></p>;
}

/** Says at the top what could not be seen or could be mistaken further down, or anywhere else in these texts. */
export function LookClosely({ texts }: { readonly texts: readonly string[] }): JSX.Element | null {
  const { hidden, doubts } = findingsIn(texts);
  const count = [...hidden.values()].reduce((sum, each) => sum + each, 0);
  if (count === 0 && doubts.length === 0) return null;
  return (
    <section class="notice notice-grave" aria-label="Look closely">
      <h2>Look closely</h2>
      <ul>
        {count > 0 && <li><strong>{counted(count, 'character')} that cannot be seen, or change how the rest is seen</strong>, shown by their codes: {[...hidden].map(([name, times]) => `${name} ×${times}`).join(', ')}.</li>}
        {doubts.map(({ word, scripts, looksLike, codes }) => (
          <li>
            <strong><span class="name">{word}</span> {looksLike === undefined ? `mixes letters of ${scripts.join(' and ')}` : 'looks like another word and is not'}</strong>
            {looksLike !== undefined && <>: it is not <span class="name">{looksLike}</span></>} ({codes.join(' ')}).
          </li>
        ))}
      </ul>
    </section>
  );
}
