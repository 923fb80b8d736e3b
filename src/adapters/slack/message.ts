import type { Notice, NoticeStatement } from '../../core/index.js';
import { missing, mrkdwn, plain, quoted, type Block, type Button, type Mrkdwn } from './blocks.js';
import type { Pressed } from './buttons.js';
import { said, type Said } from './said.js';
import { titleOf } from './titles.js';

export interface Message {
  /** For notifications and screen readers. */
  readonly text: string;
  readonly blocks: readonly Block[];
}

/** What a message needs besides its notice. */
export interface Setting {
  readonly link: string | undefined;
  /** What happened since, in mrkdwn. */
  readonly since: readonly string[];
  readonly approve: 'shown' | 'never';
  readonly valueOf: (pressed: Pressed) => string;
}

const ascii = /^[\x20-\x7e]*$/;

type Fact = readonly [name: string, value: Said];

/** Facts that were computed first, then the statement, then the requester's words, and buttons while it is waited for. */
export function messageOf(notice: Notice, setting: Setting): Message {
  const { statement, connection, schema, reason } = notice;
  const [facts, objects] = [factsOf(notice), objectsOf(notice)];
  const [text, words] = [said(statement?.redacted ?? '', 2_800), said(reason, 2_000)];
  const asked = statement?.asked === undefined ? undefined : said(statement.asked.redacted, 2_800);
  const isShown = isWhole(notice) && [text, words, ...(asked === undefined ? [] : [asked]), ...[...facts, ...objects].map(([, value]) => value)].every(({ exact }) => exact);
  const title = titleOf(notice);
  const blocks: Block[] = [
    { type: 'header', text: plain(title) },
    { type: 'section', fields: [...facts.map(labelled), ...timesOf(notice)] },
    ...objects.map((fact): Block => ({ type: 'section', text: labelled(fact), expand: true })),
    ...(statement === undefined || asked === undefined ? [] : [askedBlock(asked, statement)]),
    ...(statement === undefined ? [] : [statementBlock(text, statement.whole)]),
    { type: 'section', text: labelled(["In the requester's own words, which nobody has checked", words]), expand: true },
    ...setting.since.map((line): Block => ({ type: 'context', elements: [mrkdwn(line)] })),
    ...asking(notice, isShown, setting),
  ];
  return { text: `${title}: ${said(statement?.summary ?? `${connection} ${schema}`, 500).text}`, blocks };
}

/** Nothing is hidden, and no letter in what would run can be taken for another. */
function isWhole({ statement, schema }: Notice): boolean {
  const { whole, redacted, reads, writes } = statement ?? { whole: true, redacted: '', reads: [], writes: [] };
  const asked = statement?.asked?.redacted ?? ' ';
  return whole && statement?.redacted !== '' && asked !== '' && [redacted, asked, schema, ...reads, ...writes].every((each) => ascii.test(each));
}

function labelled([name, value]: Fact): Mrkdwn {
  return mrkdwn(`*${name}*\n${quoted(value)}`);
}

function objectsOf({ statement }: Notice): readonly Fact[] {
  const all = [['Writes', statement?.writes ?? []], ['Reads', statement?.reads ?? []]] as const;
  return all.filter(([, names]) => names.length > 0).map(([name, names]) => [name, said(names.join(', '), 1_000)]);
}

function factsOf({ connection, schema, access, principal, actor, session, statement, ttlMs, breakGlass }: Notice): readonly Fact[] {
  return [
    ['What', said(statement === undefined ? openingOf(ttlMs, breakGlass) : `${statement.operation} (${statement.kind})`, 300)],
    ['Where', said(`${connection} ${schema}`, 900)], ['Access', said(access, 20)], ['Who acts', named(actor)], ['For whom', named(principal)],
    ...(session === undefined ? [] : [['Session', said(session, 300)] as Fact]),
  ];
}

function openingOf(ttlMs: number | undefined, breakGlass: boolean | undefined): string {
  return ttlMs === undefined ? 'a session' : `open a session for ${Math.ceil(ttlMs / 1_000)} s${breakGlass === true ? ' under the rules for emergencies' : ''}`;
}

function named({ id, name }: Notice['actor']): Said {
  return said(name === undefined ? id : `${id} (${name})`, 900);
}

function timesOf({ expiresAt }: Notice) {
  if (expiresAt === undefined) return [];
  return [mrkdwn(`*Until*\n<!date^${Math.floor(expiresAt / 1_000)}^{date_short_pretty} {time_secs}|${new Date(expiresAt).toISOString()}>`)];
}

function statementBlock(text: Said, whole: boolean): Block {
  if (text.text === '') return { type: 'section', text: mrkdwn('*Statement*\n_It cannot be shown without its values: look at it on the reviewers\' page._'), expand: true };
  const hidden = whole ? '' : '\n_Values and binds are not shown here: each `?` stands for one._';
  return { type: 'section', text: mrkdwn(`*Statement*\n\`\`\`${text.text}\`\`\`${missing(text.cut)}${hidden}`), expand: true };
}

/** What was asked for, where plugins rewrote it: above what would run. */
function askedBlock(asked: Said, { rewrites = [] }: NoticeStatement): Block {
  const by = rewrites.map(({ plugin, rule }) => `${plugin}${rule === undefined ? '' : ` (rule ${rule})`}`).join(', ');
  const text = asked.text === '' ? '_It cannot be shown without its values._' : `\`\`\`${asked.text}\`\`\`${missing(asked.cut)}`;
  return { type: 'section', text: mrkdwn(`*Asked for, and then rewritten by the plugin* ${said(by, 300).text}\n${text}`), expand: true };
}

function asking({ state, ticket, digest }: Notice, isShown: boolean, { link, approve, valueOf }: Setting): readonly Block[] {
  const open: readonly Button[] = link === undefined || link.length > 3_000 ? [] : [{ type: 'button', action_id: 'sallyport.page', text: plain('Open the page'), url: link }];
  if (!(state === 'pending' || state === 'approved') || ticket === undefined || digest === undefined) return open.length === 0 ? [] : [{ type: 'actions', elements: open }];
  const reject: Button = { type: 'button', action_id: 'sallyport.reject', text: plain(state === 'approved' ? 'Withdraw consent' : 'Reject'), style: 'danger', value: valueOf({ decision: 'reject', ticket, digest }) };
  if (state === 'approved') return [{ type: 'actions', elements: [reject, ...open] }];
  const mayApprove = isShown && approve === 'shown';
  const why = approve === 'never' ? 'Here it can only be rejected.' : 'This message does not show all of it as it is, so here it can only be rejected.';
  return [
    ...(mayApprove ? [] : [{ type: 'context', elements: [mrkdwn(`${why} To approve it, look at it on the reviewers' page.`)] } as const]),
    { type: 'actions', elements: [...(mayApprove ? [approveButton(valueOf({ decision: 'approve', ticket, digest }))] : []), reject, ...open] },
  ];
}

function approveButton(value: string): Button {
  const confirm = { title: plain('Approve?'), text: plain('What the message shows may then happen once.'), confirm: plain('Approve'), deny: plain('Back') };
  return { type: 'button', action_id: 'sallyport.approve', text: plain('Approve'), style: 'primary', value, confirm };
}
