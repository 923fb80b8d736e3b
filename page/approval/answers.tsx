import type { JSX } from 'preact';
import type { Approval } from '../answers.js';
import { When, Who } from '../parts/facts.js';
import { Words } from '../text/shown.js';
import { endings } from '../words.js';

/** Who has answered, and how it ended. */
export function Answers({ approval: { decisions, state, ended } }: { readonly approval: Approval }): JSX.Element | null {
  if (decisions.length === 0 && ended === undefined) return null;
  return (
    <section aria-labelledby="answers">
      <h2 id="answers">Answers</h2>
      <ul class="answers">
        {decisions.map(({ reviewer, decision, comment, at }) => (
          <li>
            <strong class={decision === 'approve' ? 'good-text' : 'grave-text'}>{decision === 'approve' ? 'Approved' : 'Rejected'}</strong> by <Who who={reviewer} /> <span class="aside"><When at={at} /></span>
            {comment !== undefined && <blockquote><Words text={comment} /></blockquote>}
          </li>
        ))}
        {ended !== undefined && <li><strong>{state === 'void' ? 'Void' : 'Over'}</strong>: {endings[ended] ?? ended}</li>}
      </ul>
    </section>
  );
}
