import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { Approval } from '../answers.js';
import { Refusal } from '../api.js';
import { useDesk } from '../desk.js';
import { Comment } from '../parts/comment.js';
import { Trouble } from '../parts/trouble.js';
import { hindrances } from '../words.js';

interface DecideProps {
  /** What is shown above, and so what is decided on. */
  readonly approval: Approval;
  readonly decided: (approval: Approval) => void;
  /** Called where it is not any more as it is shown. */
  readonly changed: (refusal: Refusal) => void;
}

/** Where a reviewer answers. The answer echoes the digest of what is shown, whatever else has happened meanwhile. */
export function Decide({ approval: { ticket, digest, mine, state }, decided, changed }: DecideProps): JSX.Element {
  const { api } = useDesk();
  const [comment, setComment] = useState('');
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<Refusal>();
  const answer = async (decision: 'approve' | 'reject'): Promise<void> => {
    setBusy(true);
    setRefusal(undefined);
    try {
      decided(await api.decide(ticket, { decision, digest, ...(comment.trim() === '' ? {} : { comment: comment.trim() }) }));
    } catch (error) {
      const refused = error instanceof Refusal ? error : new Refusal(0, {});
      if (refused.status === 409) changed(refused);
      else setRefusal(refused);
    }
    setBusy(false);
  };
  return (
    <section class="decide" aria-labelledby="decide">
      <h2 id="decide">Your answer</h2>
      {!mine.may && <p class={state === 'pending' ? 'notice' : 'aside'} id="hindrance">{hindrances[mine.why ?? ''] ?? `You cannot decide on this one (${mine.why ?? 'no reason given'}).`}</p>}
      {mine.withdraw === true && <p class="notice">Until it is used, you can still reject it: that takes the consent away at once.</p>}
      {(mine.may || mine.withdraw === true) && <Comment label="Comment, for whoever asked to read" text={comment} set={setComment} />}
      {state === 'pending' && (
        <div class="buttons">
          <button type="button" class="good" disabled={busy || !mine.may} aria-describedby={mine.may ? undefined : 'hindrance'} onClick={() => void answer('approve')}>Approve exactly this</button>
          <button type="button" class="grave" disabled={busy || !(mine.may || mine.withdraw === true)} aria-describedby={mine.may ? undefined : 'hindrance'} onClick={() => void answer('reject')}>Reject</button>
        </div>
      )}
      {state === 'approved' && mine.withdraw === true && (
        <div class="buttons">
          <button type="button" class="grave" disabled={busy} onClick={() => void answer('reject')}>Withdraw consent</button>
        </div>
      )}
      {refusal !== undefined && <Trouble refusal={refusal} />}
    </section>
  );
}
