import type { Notice } from '../../core/index.js';
import { escapeMrkdwn } from './escape-mrkdwn.js';

const titles: Readonly<Record<Notice['type'], string>> = {
  'approval.requested': 'Approval requested',
  'approval.decided': 'Approval requested',
  'approval.closed': 'No longer pending',
  'session.revoked': 'A session was revoked',
  'breakglass.activated': 'Break-glass access was activated',
  'breakglass.reviewed': 'A break-glass session was reviewed',
};
const stateTitles: Readonly<Record<string, string>> = {
  approved: 'Approved',
  rejected: 'Rejected',
  expired: 'Expired',
};

/** What it is about, in words of ours. */
export function selectTitle({ type, state = '' }: Notice): string {
  return (
    (type.startsWith('approval.') && Object.hasOwn(stateTitles, state) ? stateTitles[state] : undefined) ?? titles[type]
  );
}

/** Who did what, in mrkdwn; undefined where nobody did. */
export function formatHistoryLine({ type, by, decision, comment }: Notice): string | undefined {
  if (by === undefined) return undefined;
  const did =
    decision === 'approve'
      ? 'agreed'
      : decision === 'reject'
        ? 'rejected'
        : type === 'session.revoked'
          ? 'revoked it'
          : 'completed the review';
  const words = comment === undefined ? undefined : escapeMrkdwn(comment, 1_200);
  return `\`${escapeMrkdwn(by.id, 600).text}\` ${did}${words === undefined ? '.' : `: \`${words.text}\`${words.cut > 0 ? ' …' : ''}`}`;
}
