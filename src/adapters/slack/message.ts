import type { Notice, NoticeStatement } from '../../core/index.js';
import {
  formatCut,
  createMrkdwn,
  createPlainText,
  formatQuoted,
  type Block,
  type Button,
  type Mrkdwn,
} from './blocks.js';
import type { ButtonDecision } from './buttons.js';
import { escapeMrkdwn, type EscapedText } from './escape-mrkdwn.js';
import { selectTitle } from './titles.js';

export interface Message {
  /** For notifications and screen readers. */
  readonly text: string;
  readonly blocks: readonly Block[];
}

/** What a message needs besides its notice. */
export interface MessageContext {
  readonly link: string | undefined;
  /** What happened since, in mrkdwn. */
  readonly history: readonly string[];
  readonly approve: 'shown' | 'never';
  readonly createValue: (pressed: ButtonDecision) => string;
}

const ascii = /^[\x20-\x7e]*$/;

type Fact = readonly [name: string, value: EscapedText];

/**
 * Facts that were computed first, then the statement, then the requester's words, and buttons while it is waited for.
 */
export function createMessage(notice: Notice, setting: MessageContext): Message {
  const { statement, connection, schema, reason } = notice;
  const [facts, objects] = [createFacts(notice), createObjectFacts(notice)];
  const [text, words] = [escapeMrkdwn(statement?.redacted ?? '', 2_800), escapeMrkdwn(reason, 2_000)];
  const asked = statement?.asked === undefined ? undefined : escapeMrkdwn(statement.asked.redacted, 2_800);
  const isShown =
    isComplete(notice) &&
    [text, words, ...(asked === undefined ? [] : [asked]), ...[...facts, ...objects].map(([, value]) => value)].every(
      ({ exact }) => exact,
    );
  const title = selectTitle(notice);
  const blocks: Block[] = [
    { type: 'header', text: createPlainText(title) },
    { type: 'section', fields: [...facts.map(formatFact), ...createTimeFields(notice)] },
    ...objects.map((fact): Block => ({ type: 'section', text: formatFact(fact), expand: true })),
    ...(statement === undefined || asked === undefined ? [] : [createOriginalBlock(asked, statement)]),
    ...(statement === undefined ? [] : [createStatementBlock(text, statement.whole)]),
    {
      type: 'section',
      text: formatFact(["In the requester's own words, which nobody has checked", words]),
      expand: true,
    },
    ...setting.history.map((line): Block => ({ type: 'context', elements: [createMrkdwn(line)] })),
    ...createActionBlocks(notice, isShown, setting),
  ];
  return { text: `${title}: ${escapeMrkdwn(statement?.summary ?? `${connection} ${schema}`, 500).text}`, blocks };
}

/** Nothing is hidden, and no letter in what would run can be taken for another. */
function isComplete({ statement, schema }: Notice): boolean {
  const { whole, redacted, reads, writes } = statement ?? { whole: true, redacted: '', reads: [], writes: [] };
  const asked = statement?.asked?.redacted ?? ' ';
  return (
    whole &&
    statement?.redacted !== '' &&
    asked !== '' &&
    [redacted, asked, schema, ...reads, ...writes].every((each) => ascii.test(each))
  );
}

function formatFact([name, value]: Fact): Mrkdwn {
  return createMrkdwn(`*${name}*\n${formatQuoted(value)}`);
}

function createObjectFacts({ statement }: Notice): readonly Fact[] {
  const all = [
    ['Writes', statement?.writes ?? []],
    ['Reads', statement?.reads ?? []],
  ] as const;
  return all
    .filter(([, names]) => names.length > 0)
    .map(([name, names]) => [name, escapeMrkdwn(names.join(', '), 1_000)]);
}

function createFacts({
  connection,
  schema,
  access,
  principal,
  actor,
  session,
  statement,
  ttlMs,
  breakGlass,
}: Notice): readonly Fact[] {
  return [
    [
      'What',
      escapeMrkdwn(
        statement === undefined ? describeOpening(ttlMs, breakGlass) : `${statement.operation} (${statement.kind})`,
        300,
      ),
    ],
    ['Where', escapeMrkdwn(`${connection} ${schema}`, 900)],
    ['Access', escapeMrkdwn(access, 20)],
    ['Who acts', formatPrincipal(actor)],
    ['For whom', formatPrincipal(principal)],
    ...(session === undefined ? [] : [['Session', escapeMrkdwn(session, 300)] as Fact]),
  ];
}

function describeOpening(ttlMs: number | undefined, breakGlass: boolean | undefined): string {
  return ttlMs === undefined
    ? 'a session'
    : `open a session for ${Math.ceil(ttlMs / 1_000)} s${breakGlass === true ? ' under the rules for emergencies' : ''}`;
}

function formatPrincipal({ id, name }: Notice['actor']): EscapedText {
  return escapeMrkdwn(name === undefined ? id : `${id} (${name})`, 900);
}

function createTimeFields({ expiresAt }: Notice) {
  if (expiresAt === undefined) return [];
  return [
    createMrkdwn(
      `*Until*\n<!date^${Math.floor(expiresAt / 1_000)}^{date_short_pretty} {time_secs}|${new Date(expiresAt).toISOString()}>`,
    ),
  ];
}

function createStatementBlock(text: EscapedText, whole: boolean): Block {
  if (text.text === '')
    return {
      type: 'section',
      text: createMrkdwn("*Statement*\n_It cannot be shown without its values: look at it on the reviewers' page._"),
      expand: true,
    };
  const hidden = whole ? '' : '\n_Values and binds are not shown here: each `?` stands for one._';
  return {
    type: 'section',
    text: createMrkdwn(`*Statement*\n\`\`\`${text.text}\`\`\`${formatCut(text.cut)}${hidden}`),
    expand: true,
  };
}

/** What was asked for, where plugins rewrote it: above what would run. */
function createOriginalBlock(asked: EscapedText, { rewrites = [] }: NoticeStatement): Block {
  const by = rewrites.map(({ plugin, rule }) => `${plugin}${rule === undefined ? '' : ` (rule ${rule})`}`).join(', ');
  const text =
    asked.text === '' ? '_It cannot be shown without its values._' : `\`\`\`${asked.text}\`\`\`${formatCut(asked.cut)}`;
  return {
    type: 'section',
    text: createMrkdwn(`*Asked for, and then rewritten by the plugin* ${escapeMrkdwn(by, 300).text}\n${text}`),
    expand: true,
  };
}

function createActionBlocks(
  { state, ticket, digest }: Notice,
  isShown: boolean,
  { link, approve, createValue: valueOf }: MessageContext,
): readonly Block[] {
  const open: readonly Button[] =
    link === undefined || link.length > 3_000
      ? []
      : [{ type: 'button', action_id: 'sallyport.page', text: createPlainText('Open the page'), url: link }];
  if (!(state === 'pending' || state === 'approved') || ticket === undefined || digest === undefined)
    return open.length === 0 ? [] : [{ type: 'actions', elements: open }];
  const reject: Button = {
    type: 'button',
    action_id: 'sallyport.reject',
    text: createPlainText(state === 'approved' ? 'Withdraw approval' : 'Reject'),
    style: 'danger',
    value: valueOf({ decision: 'reject', ticket, digest }),
  };
  if (state === 'approved') return [{ type: 'actions', elements: [reject, ...open] }];
  const mayApprove = isShown && approve === 'shown';
  const why =
    approve === 'never'
      ? 'Here it can only be rejected.'
      : 'This message does not show all of it as it is, so here it can only be rejected.';
  return [
    ...(mayApprove
      ? []
      : [
          {
            type: 'context',
            elements: [createMrkdwn(`${why} To approve it, look at it on the reviewers' page.`)],
          } as const,
        ]),
    {
      type: 'actions',
      elements: [
        ...(mayApprove ? [createApproveButton(valueOf({ decision: 'approve', ticket, digest }))] : []),
        reject,
        ...open,
      ],
    },
  ];
}

function createApproveButton(value: string): Button {
  const confirm = {
    title: createPlainText('Approve?'),
    text: createPlainText('What the message shows may then happen once.'),
    confirm: createPlainText('Approve'),
    deny: createPlainText('Back'),
  };
  return {
    type: 'button',
    action_id: 'sallyport.approve',
    text: createPlainText('Approve'),
    style: 'primary',
    value,
    confirm,
  };
}
