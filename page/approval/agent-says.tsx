import type { JSX } from 'preact';
import { Words } from '../text/shown.js';

/** The agent's own words, apart from everything that was found out. */
export function AgentSays({ reason }: { readonly reason: string }): JSX.Element {
  return (
    <section class="agent-says" aria-labelledby="agent-says">
      <h2 id="agent-says">The agent says <span class="kind">not checked</span></h2>
      <blockquote><Words text={reason} /></blockquote>
      <p class="aside">These words are whatever the agent chose to write. Decide on the facts and the text, not on them.</p>
    </section>
  );
}
