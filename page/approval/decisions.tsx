import type { JSX } from 'preact';
import type { Approval } from '../api-types.js';
import { Timestamp, Identity } from '../components/facts.js';
import { Prose } from '../text/safe-text.js';
import { endingTexts } from '../messages.js';

/** Who has answered, and how it ended. */
export function Decisions({
  approval: { decisions, state, ended },
}: {
  readonly approval: Approval;
}): JSX.Element | null {
  if (decisions.length === 0 && ended === undefined) return null;
  return (
    <section aria-labelledby="answers">
      <h2 id="decisions">Decisions</h2>
      <ul class="answers">
        {decisions.map(({ reviewer, decision, comment, at }) => (
          <li>
            <strong class={decision === 'approve' ? 'good-text' : 'grave-text'}>
              {decision === 'approve' ? 'Approved' : 'Rejected'}
            </strong>{' '}
            by <Identity who={reviewer} />{' '}
            <span class="aside">
              <Timestamp at={at} />
            </span>
            {comment !== undefined && (
              <blockquote>
                <Prose text={comment} />
              </blockquote>
            )}
          </li>
        ))}
        {ended !== undefined && (
          <li>
            <strong>{state === 'void' ? 'Void' : 'Over'}</strong>: {endingTexts[ended] ?? ended}
          </li>
        )}
      </ul>
    </section>
  );
}
