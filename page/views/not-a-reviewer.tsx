import type { JSX } from 'preact';
import type { ApiError } from '../api.js';
import { Title } from '../components/title.js';
import { Name } from '../text/safe-text.js';

/** Why somebody who has signed in can do nothing here, and what would have to change. */
export function NotAReviewer({
  refusal: { reason, hint, message },
  scope,
}: {
  readonly refusal: ApiError;
  readonly scope: string;
}): JSX.Element {
  return (
    <>
      <Title text="You cannot review here" />
      <div class="notice notice-grave" role="alert">
        {reason === 'review.scope' && (
          <p>
            You have signed in, but the provider gave no token for reviewing: it lacks the scope <Name text={scope} />.
            Whoever runs the provider must let this page ask for it, and you have it.
          </p>
        )}
        {reason === 'review.delegated' && (
          <p>
            You have signed in, but the token says that a program acts for you (<Name text="act" />
            ). Only people in their own name review.
          </p>
        )}
        {reason === 'approval.not_configured' && (
          <p>
            This gateway has no approvals: it was set up without the option <Name text="approvals" />.
          </p>
        )}
        {!/^(?:review\.(?:scope|delegated)|approval\.not_configured)$/.test(reason) && (
          <p>
            {message} {hint}
          </p>
        )}
      </div>
    </>
  );
}
