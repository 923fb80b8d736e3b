import type { JSX } from 'preact';
import { Prose } from '../text/safe-text.js';

/** The agent's own words, apart from everything that was found out. */
export function AgentReason({ reason }: { readonly reason: string }): JSX.Element {
  return (
    <section class="agent-reason" aria-labelledby="agent-reason">
      <h2 id="agent-reason">
        Stated reason <span class="kind">not checked</span>
      </h2>
      <blockquote>
        <Prose text={reason} />
      </blockquote>
      <p class="aside">
        These words are whatever the agent chose to write. Decide on the facts and the text, not on them.
      </p>
    </section>
  );
}
