import type { z } from 'zod';
import type { approval } from '../../http/server/response-schemas.js';
import { formatField, formatQuote, formatTable } from '../text/layout.js';
import { toPrintable } from '../text/printable.js';
import { formatTimeLeft } from '../text/time-left.js';
import { findMixedScriptWords } from '../text/mixed-scripts.js';

/** An approval as the gateway answers it. */
export type ApprovalResponse = z.infer<typeof approval>;

type NamedIdentity = ApprovalResponse['principal'];

/** One line each: what would happen, and for whom. */
export function formatApprovals(approvals: readonly ApprovalResponse[], now: number, width: number): string {
  if (approvals.length === 0) return 'Nothing.\n';
  const rows = approvals.map((each) => [
    each.ticket,
    each.state,
    each.state === 'pending' || each.state === 'approved' ? formatTimeLeft(each.expiresAt, now) : '',
    each.mine.may ? 'may' : '',
    formatRequest(each),
    formatRequester(each),
  ]);
  return formatTable(['TICKET', 'STATE', 'LEFT', 'YOU', 'WHAT', 'WHO'], rows, [4, 5], width);
}

/**
 * All there is to know before deciding: facts that were computed first, then the text, then the requester's own words,
 * then the digest.
 */
export function formatApproval(asked: ApprovalResponse, now: number, width: number): string {
  const facts = listFields(asked, now).map(([name, value]) => formatField(name, value, width));
  const words = `Stated reason (unverified text of the requester):\n${formatQuote(asked.reason, width)}`;
  return [
    facts.join(''),
    ...formatStatementText(asked, width),
    words,
    ...formatDecisions(asked, width),
    formatField('digest', asked.digest, width),
  ].join('\n');
}

function listFields(asked: ApprovalResponse, now: number): readonly (readonly [string, string])[] {
  const {
    ticket,
    state,
    ended,
    statement,
    connection,
    schema,
    access,
    session,
    ttlSeconds,
    breakGlass,
    rules,
    policyVersion,
    terms,
    expiresAt,
    mine,
  } = asked;
  const open = state === 'pending' || state === 'approved';
  const rows: (readonly [string, string])[] = [
    ['ticket', ticket],
    ['state', `${state}${ended === undefined ? '' : ` (${ended})`}`],
    ['time', open ? `${formatTimeLeft(expiresAt, now)} left, until ${expiresAt}` : ''],
    ...(statement === undefined
      ? [['kind', `opens a session for ${ttlSeconds ?? '?'} seconds`] as const]
      : [
          ['kind', `${statement.kind}: ${statement.operation}`] as const,
          ['writes', statement.writes.join(', ') || 'nothing'] as const,
          ['reads', statement.reads.join(', ') || 'nothing'] as const,
          ['calls', statement.functions.join(', ')] as const,
        ]),
    ['where', `${connection} ${schema}, access ${access}`],
    ['session', session ?? ''],
    ['who', formatRequester(asked)],
    ['emergency', breakGlass === true ? 'requested as break-glass access' : ''],
    ['beware', formatWarning(asked)],
    ['rules', rules.join(', ')],
    ['policy', policyVersion],
    [
      'needs',
      terms.map(({ quorum, reviewers }) => `${quorum} of ${reviewers ?? 'those who may review it'}`).join(', and '),
    ],
    [
      'you',
      mine.may
        ? 'may decide it'
        : mine.withdraw === true
          ? 'may still reject it, until it is used'
          : `may not decide it: ${mine.why ?? 'no reason is given'}`,
    ],
  ];
  return rows.filter(([, value]) => value !== '');
}

/** Names that look like others, wherever a person would read them. */
function formatWarning({ statement, principal, actor }: ApprovalResponse): string {
  const mixed = findMixedScriptWords(
    [
      statement?.canonical ?? '',
      statement?.asked?.canonical ?? '',
      ...(statement?.writes ?? []),
      ...(statement?.reads ?? []),
      formatIdentity(principal),
      formatIdentity(actor),
    ].join(' '),
  );
  return mixed.length === 0 ? '' : `letters of several scripts in one word: ${mixed.join(', ')}`;
}

function formatStatementText({ statement }: ApprovalResponse, width: number): string[] {
  if (statement === undefined) return [];
  const { canonical, binds } = statement;
  const values = binds.map((bind) => formatQuote(JSON.stringify(bind), width)).join('');
  return [
    ...formatOriginal(statement, width),
    `The statement, ${canonical.length} characters:\n${formatQuote(canonical, width)}`,
    ...(binds.length === 0
      ? []
      : [`${binds.length === 1 ? 'Its bind' : `Its ${binds.length} binds, in order`}:\n${values}`]),
  ];
}

function formatOriginal({ asked, rewrites = [] }: NonNullable<ApprovalResponse['statement']>, width: number): string[] {
  if (asked === undefined) return [];
  const by = rewrites
    .map(
      ({ plugin, obligation, rule }) =>
        `the plugin ${plugin} (${obligation}${rule === undefined ? '' : `, rule ${rule}`})`,
    )
    .join(', ');
  return [`What was asked for, before it was rewritten by ${toPrintable(by)}:\n${formatQuote(asked.canonical, width)}`];
}

function formatDecisions({ decisions }: ApprovalResponse, width: number): string[] {
  if (decisions.length === 0) return [];
  const said = decisions.map(
    ({ reviewer, decision, at, comment }) =>
      formatField(decision, `${formatIdentity(reviewer)} at ${at}`, width) +
      (comment === undefined ? '' : formatQuote(comment, width)),
  );
  return [`Decisions:\n${said.join('')}`];
}

function formatRequest({ statement, schema, access, connection }: ApprovalResponse): string {
  return statement === undefined
    ? `open ${schema} ${access} on ${connection}`
    : `${statement.summary} on ${connection}`;
}

/** `orders-agent for alice`. */
function formatRequester({ principal, actor }: ApprovalResponse): string {
  return principal.id === actor.id
    ? formatIdentity(principal)
    : `${formatIdentity(actor)} for ${formatIdentity(principal)}`;
}

function formatIdentity({ id, name }: NamedIdentity): string {
  return name === undefined || name === id ? id : `${id} (${name})`;
}
