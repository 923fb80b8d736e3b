import type { JSX } from 'preact';
import type { Approval } from '../answers.js';
import { risksOf } from './risks.js';

/** What is dangerous about it, before anything else. */
export function RiskList({ approval }: { readonly approval: Approval }): JSX.Element | null {
  const risks = risksOf(approval);
  if (risks.length === 0) return null;
  return <ul class="risks" aria-label="Risks">{risks.map(({ grave, says }) => <li class={grave ? 'risk risk-grave' : 'risk'}>{says}</li>)}</ul>;
}
