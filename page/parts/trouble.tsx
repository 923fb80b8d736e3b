import type { JSX } from 'preact';
import type { Refusal } from '../api.js';
import { hindrances } from '../words.js';

/** What went wrong, in words: the gateway's own, where it has some. */
export function Trouble({ refusal }: { readonly refusal: Refusal }): JSX.Element {
  return (
    <div class="notice notice-grave" role="alert">
      <p><strong>{hindrances[refusal.reason] ?? refusal.message}</strong></p>
      {refusal.hint !== '' && <p>{refusal.hint}</p>}
    </div>
  );
}

/** For what is read again and again: whether it is still so. */
export function Stale({ refusal }: { readonly refusal: Refusal | undefined }): JSX.Element | null {
  return refusal === undefined ? null : <p class="notice" role="status">{refusal.message} What is shown here was so a while ago.</p>;
}
