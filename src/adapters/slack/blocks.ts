import type { Said } from './said.js';

export interface Mrkdwn {
  readonly type: 'mrkdwn';
  readonly text: string;
  /** Nothing becomes a link or a mention that was not written as one. */
  readonly verbatim: true;
}

export interface Plain {
  readonly type: 'plain_text';
  readonly text: string;
  readonly emoji: false;
}

export interface Button {
  readonly type: 'button';
  readonly action_id: string;
  readonly text: Plain;
  readonly value?: string;
  readonly url?: string;
  readonly style?: 'primary' | 'danger';
  readonly confirm?: { readonly title: Plain; readonly text: Plain; readonly confirm: Plain; readonly deny: Plain };
}

/** The blocks of Block Kit that we write, as `@slack/types` has them. */
export type Block =
  | { readonly type: 'header'; readonly text: Plain }
  | { readonly type: 'section'; readonly text: Mrkdwn; readonly expand: true }
  | { readonly type: 'section'; readonly fields: readonly Mrkdwn[] }
  | { readonly type: 'context'; readonly elements: readonly Mrkdwn[] }
  | { readonly type: 'actions'; readonly elements: readonly Button[] };

export function plain(text: string): Plain {
  return { type: 'plain_text', text, emoji: false };
}

export function mrkdwn(text: string): Mrkdwn {
  return { type: 'mrkdwn', text, verbatim: true };
}

/** A text of somebody else's, with how much of it is missing. */
export function quoted({ text, cut }: Said): string {
  return `${text === '' ? '—' : `\`${text}\``}${missing(cut)}`;
}

export function missing(cut: number): string {
  return cut === 0 ? '' : `\n_${cut} more characters are not shown here._`;
}
