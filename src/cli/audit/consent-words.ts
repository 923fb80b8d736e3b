import { fact, type Shown } from './event.js';
import { brief, timeOf } from '../printable.js';

interface Consent {
  readonly ticket?: unknown;
  readonly reviewers?: unknown;
}

/** `agreed to by idp:bob, ticket t`: the consent that an event went ahead with; undefined where it needed none. */
export function consentOf({ data }: Shown): string | undefined {
  const { ticket, reviewers } = (data['approval'] ?? {}) as Consent;
  if (!Array.isArray(reviewers)) return undefined;
  return brief(`agreed to by ${reviewers.map(String).join(', ')}${typeof ticket === 'string' ? `, ticket ${ticket}` : ''}`, 200);
}

/** One row for what a person, or nobody, answered to a ticket. */
export function decisionInWords(event: Shown): string {
  const { at, who } = event;
  const [decision = '', why, comment, state] = ['decision', 'why', 'comment', 'state'].map((name) => fact(event, name));
  const reviewer = who?.principal ?? 'somebody';
  const said = comment === undefined ? '' : `: ${comment}`;
  switch (decision) {
    case 'approve':
      return row(at, `${reviewer} agreed${state === 'pending' ? ', and more have to' : ''}${said}`);
    case 'reject':
      return row(at, `${reviewer} did not agree${said}`);
    case 'refused':
      return row(at, `${reviewer} may not decide on it (${why ?? 'unknown'})${said}`);
    default:
      return row(at, `nobody will decide any more: ${decision}${why === undefined ? '' : ` (${why})`}`);
  }
}

/** How the glass was broken and who has looked since; undefined where it was not. */
export function glassInWords(events: readonly Shown[]): string | undefined {
  const broken = events.find(({ code }) => code === 'breakglass.activated') ?? events.find(({ data }) => data['breakGlass'] === true);
  if (broken === undefined) return undefined;
  const signed = events.find(({ code }) => code === 'breakglass.reviewed');
  const after = signed === undefined ? 'nobody has signed that they looked' : `${signed.who?.principal ?? 'somebody'} looked at it on ${timeOf(signed.at)}: ${fact(signed, 'comment') ?? ''}`;
  return brief(`broken on ${timeOf(broken.at)}; ${after}`, 300);
}

function row(at: number, text: string): string {
  return `    ${timeOf(at)} ${brief(text, 300)}`;
}
