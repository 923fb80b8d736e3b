import type { JSX } from 'preact';
import type { ApiError } from '../api.js';
import { reviewDenialTexts } from '../messages.js';

/** What went wrong, in words: the gateway's own, where it has some. */
export function ErrorNotice({ refusal }: { readonly refusal: ApiError }): JSX.Element {
  return (
    <div class="notice notice-grave" role="alert">
      <p>
        <strong>{reviewDenialTexts[refusal.reason] ?? refusal.message}</strong>
      </p>
      {refusal.hint !== '' && <p>{refusal.hint}</p>}
    </div>
  );
}

/** For what is read again and again: whether it is still so. */
export function StaleNotice({ refusal }: { readonly refusal: ApiError | undefined }): JSX.Element | null {
  return refusal === undefined ? null : (
    <p class="notice" role="status">
      {refusal.message} What is shown here was so a while ago.
    </p>
  );
}
