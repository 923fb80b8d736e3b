import type { Notice } from '../../core/index.js';
import { said } from './said.js';

const titles: Readonly<Record<Notice['type'], string>> = {
  'approval.requested': 'Approval asked for', 'approval.decided': 'Approval asked for', 'approval.closed': 'No longer waited for',
  'session.revoked': 'A session was revoked', 'breakglass.activated': 'The glass was broken', 'breakglass.reviewed': 'What was done behind broken glass was reviewed',
};
const states: Readonly<Record<string, string>> = { approved: 'Approved', rejected: 'Rejected', expired: 'Expired' };

/** What it is about, in words of ours. */
export function titleOf({ type, state = '' }: Notice): string {
  return (type.startsWith('approval.') && Object.hasOwn(states, state) ? states[state] : undefined) ?? titles[type];
}

/** Who did what, in mrkdwn; undefined where nobody did. */
export function lineOf({ type, by, decision, comment }: Notice): string | undefined {
  if (by === undefined) return undefined;
  const did = decision === 'approve' ? 'agreed' : decision === 'reject' ? 'said no' : type === 'session.revoked' ? 'revoked it' : 'signed it';
  const words = comment === undefined ? undefined : said(comment, 1_200);
  return `\`${said(by.id, 600).text}\` ${did}${words === undefined ? '.' : `: \`${words.text}\`${words.cut > 0 ? ' …' : ''}`}`;
}
