import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { Approval } from '../api-types.js';
import { ApiError } from '../api.js';
import { useReviewContext } from '../review-context.js';
import { CommentField } from '../components/comment-field.js';
import { ErrorNotice } from '../components/error-notice.js';
import { reviewDenialTexts } from '../messages.js';

interface DecisionFormProps {
  /** What is shown above, and so what is decided on. */
  readonly approval: Approval;
  readonly onDecided: (approval: Approval) => void;
  /** Called where it is not any more as it is shown. */
  readonly onChanged: (refusal: ApiError) => void;
}

/** Where a reviewer answers. The answer echoes the digest of what is shown, whatever else has happened meanwhile. */
export function DecisionForm({
  approval: { ticket, digest, mine, state },
  onDecided: decided,
  onChanged: changed,
}: DecisionFormProps): JSX.Element {
  const { api } = useReviewContext();
  const [comment, setComment] = useState('');
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<ApiError>();
  const answer = async (decision: 'approve' | 'reject'): Promise<void> => {
    setBusy(true);
    setRefusal(undefined);
    try {
      decided(
        await api.decide(ticket, { decision, digest, ...(comment.trim() === '' ? {} : { comment: comment.trim() }) }),
      );
    } catch (error) {
      const refused = error instanceof ApiError ? error : new ApiError(0, {});
      if (refused.status === 409) changed(refused);
      else setRefusal(refused);
    }
    setBusy(false);
  };
  return (
    <section class="decide" aria-labelledby="decide">
      <h2 id="decide">Your decision</h2>
      {!mine.may && (
        <p class={state === 'pending' ? 'notice' : 'aside'} id="hindrance">
          {reviewDenialTexts[mine.why ?? ''] ?? `You cannot decide on this one (${mine.why ?? 'no reason given'}).`}
        </p>
      )}
      {mine.withdraw === true && (
        <p class="notice">Until it is used, you can still reject it: that withdraws the approval at once.</p>
      )}
      {(mine.may || mine.withdraw === true) && (
        <CommentField label="Comment, for whoever asked to read" text={comment} onChange={setComment} />
      )}
      {state === 'pending' && (
        <div class="buttons">
          <button
            type="button"
            class="good"
            disabled={busy || !mine.may}
            aria-describedby={mine.may ? undefined : 'hindrance'}
            onClick={() => void answer('approve')}
          >
            Approve exactly this
          </button>
          <button
            type="button"
            class="grave"
            disabled={busy || !(mine.may || mine.withdraw === true)}
            aria-describedby={mine.may ? undefined : 'hindrance'}
            onClick={() => void answer('reject')}
          >
            Reject
          </button>
        </div>
      )}
      {state === 'approved' && mine.withdraw === true && (
        <div class="buttons">
          <button type="button" class="grave" disabled={busy} onClick={() => void answer('reject')}>
            Withdraw approval
          </button>
        </div>
      )}
      {refusal !== undefined && <ErrorNotice refusal={refusal} />}
    </section>
  );
}
