import type { JSX } from 'preact';
import type { Approval } from '../api-types.js';
import { assessRisks } from './risks.js';

/** What is dangerous about it, before anything else. */
export function RiskList({ approval }: { readonly approval: Approval }): JSX.Element | null {
  const risks = assessRisks(approval);
  if (risks.length === 0) return null;
  return (
    <ul class="risks" aria-label="Risks">
      {risks.map(({ severe: grave, text: says }) => (
        <li class={grave ? 'risk risk-grave' : 'risk'}>{says}</li>
      ))}
    </ul>
  );
}
