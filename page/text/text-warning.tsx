import type { JSX } from 'preact';
import { formatCount } from '../messages.js';
import { findInTexts } from './text-segments.js';

/** The same in two words, for a list. */
export function TextWarningBadge({ texts }: { readonly texts: readonly string[] }): JSX.Element | null {
  const { hidden, suspiciousWords: doubts } = findInTexts(texts);
  return hidden.size + doubts.length === 0 ? null : (
    <p>
      <span class="risk risk-grave">Suspicious characters</span>
    </p>
  );
}

/** Says at the top what could not be seen or could be mistaken further down, or anywhere else in these texts. */
export function TextWarning({ texts }: { readonly texts: readonly string[] }): JSX.Element | null {
  const { hidden, suspiciousWords: doubts } = findInTexts(texts);
  const count = [...hidden.values()].reduce((sum, each) => sum + each, 0);
  if (count === 0 && doubts.length === 0) return null;
  return (
    <section class="notice notice-grave" aria-label="Suspicious characters">
      <h2>Suspicious characters</h2>
      <ul>
        {count > 0 && (
          <li>
            <strong>{formatCount(count, 'character')} that cannot be seen, or change how the rest is seen</strong>,
            shown by their codes: {[...hidden].map(([name, times]) => `${name} ×${times}`).join(', ')}.
          </li>
        )}
        {doubts.map(({ word, scripts, looksLike, codes }) => (
          <li>
            <strong>
              <span class="name">{word}</span>{' '}
              {looksLike === undefined
                ? `mixes letters of ${scripts.join(' and ')}`
                : 'looks like another word and is not'}
            </strong>
            {looksLike !== undefined && (
              <>
                : it is not <span class="name">{looksLike}</span>
              </>
            )}{' '}
            ({codes.join(' ')}).
          </li>
        ))}
      </ul>
    </section>
  );
}
