import type { EscapedText } from './escape-mrkdwn.js';

export interface Mrkdwn {
  readonly type: 'mrkdwn';
  readonly text: string;
  /** Nothing becomes a link or a mention that was not written as one. */
  readonly verbatim: true;
}

export interface PlainText {
  readonly type: 'plain_text';
  readonly text: string;
  readonly emoji: false;
}

export interface Button {
  readonly type: 'button';
  readonly action_id: string;
  readonly text: PlainText;
  readonly value?: string;
  readonly url?: string;
  readonly style?: 'primary' | 'danger';
  readonly confirm?: {
    readonly title: PlainText;
    readonly text: PlainText;
    readonly confirm: PlainText;
    readonly deny: PlainText;
  };
}

/** The blocks of Block Kit that we write, as `@slack/types` has them. */
export type Block =
  | { readonly type: 'header'; readonly text: PlainText }
  | { readonly type: 'section'; readonly text: Mrkdwn; readonly expand: true }
  | { readonly type: 'section'; readonly fields: readonly Mrkdwn[] }
  | { readonly type: 'context'; readonly elements: readonly Mrkdwn[] }
  | { readonly type: 'actions'; readonly elements: readonly Button[] };

export function createPlainText(text: string): PlainText {
  return { type: 'plain_text', text, emoji: false };
}

export function createMrkdwn(text: string): Mrkdwn {
  return { type: 'mrkdwn', text, verbatim: true };
}

/** A text of somebody else's, with how much of it is missing. */
export function formatQuoted({ text, cut }: EscapedText): string {
  return `${text === '' ? '—' : `\`${text}\``}${formatCut(cut)}`;
}

export function formatCut(cut: number): string {
  return cut === 0 ? '' : `\n_${cut} more characters are not shown here._`;
}
