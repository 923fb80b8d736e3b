import { formatFact, type EventView } from './event-view.js';
import { truncate, formatTime } from '../text/printable.js';

interface ApprovalFacts {
  readonly ticket?: unknown;
  readonly reviewers?: unknown;
}

/** `agreed to by idp:bob, ticket t`: the consent that an event went ahead with; undefined where it needed none. */
export function formatConsent({ data }: EventView): string | undefined {
  const { ticket, reviewers } = (data['approval'] ?? {}) as ApprovalFacts;
  if (!Array.isArray(reviewers)) return undefined;
  return truncate(
    `agreed to by ${reviewers.map(String).join(', ')}${typeof ticket === 'string' ? `, ticket ${ticket}` : ''}`,
    200,
  );
}

/** One row for what a person, or nobody, answered to a ticket. */
export function formatDecision(event: EventView): string {
  const { at, who } = event;
  const [decision = '', why, comment, state] = ['decision', 'why', 'comment', 'state'].map((name) =>
    formatFact(event, name),
  );
  const reviewer = who?.principal ?? 'somebody';
  const said = comment === undefined ? '' : `: ${comment}`;
  switch (decision) {
    case 'approve':
      return formatRow(at, `${reviewer} agreed${state === 'pending' ? ', and more have to' : ''}${said}`);
    case 'reject':
      return formatRow(at, `${reviewer} rejected${said}`);
    case 'refused':
      return formatRow(at, `${reviewer} may not decide on it (${why ?? 'unknown'})${said}`);
    default:
      return formatRow(at, `closed without a decision: ${decision}${why === undefined ? '' : ` (${why})`}`);
  }
}

/** How break-glass access was used and who has looked since; undefined where it was not. */
export function formatBreakGlass(events: readonly EventView[]): string | undefined {
  const broken =
    events.find(({ code }) => code === 'breakglass.activated') ??
    events.find(({ data }) => data['breakGlass'] === true);
  if (broken === undefined) return undefined;
  const signed = events.find(({ code }) => code === 'breakglass.reviewed');
  const after =
    signed === undefined
      ? 'not reviewed yet'
      : `${signed.who?.principal ?? 'somebody'} reviewed it on ${formatTime(signed.at)}: ${formatFact(signed, 'comment') ?? ''}`;
  return truncate(`activated on ${formatTime(broken.at)}; ${after}`, 300);
}

function formatRow(at: number, text: string): string {
  return `    ${formatTime(at)} ${truncate(text, 300)}`;
}
