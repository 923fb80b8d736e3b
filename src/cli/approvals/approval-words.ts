import type { z } from 'zod';
import type { approval } from '../../mount/answered.js';
import { factRow, quotedBlock, tableOf } from '../paper.js';
import { printable } from '../printable.js';
import { leftUntil } from './left.js';
import { mixedWords } from './scripts.js';

/** An approval as the gateway answers it. */
export type Approval = z.infer<typeof approval>;

type Named = Approval['principal'];

/** One line each: what would happen, and for whom. */
export function approvalsInWords(approvals: readonly Approval[], now: number, width: number): string {
  if (approvals.length === 0) return 'Nothing.\n';
  const rows = approvals.map((each) => [each.ticket, each.state, each.state === 'pending' || each.state === 'approved' ? leftUntil(each.expiresAt, now) : '', each.mine.may ? 'may' : '', whatOf(each), whoOf(each)]);
  return tableOf(['TICKET', 'STATE', 'LEFT', 'YOU', 'WHAT', 'WHO'], rows, [4, 5], width);
}

/** All there is to know before deciding: facts that were computed first, then the text, then the requester's own words, then the digest. */
export function approvalInWords(asked: Approval, now: number, width: number): string {
  const facts = factsOf(asked, now).map(([name, value]) => factRow(name, value, width));
  const words = `What the requester says, in words of its own that nobody has checked:\n${quotedBlock(asked.reason, width)}`;
  return [facts.join(''), ...textOf(asked, width), words, ...answersOf(asked, width), factRow('digest', asked.digest, width)].join('\n');
}

function factsOf(asked: Approval, now: number): readonly (readonly [string, string])[] {
  const { ticket, state, ended, statement, connection, schema, access, session, ttlSeconds, breakGlass, rules, policyVersion, terms, expiresAt, mine } = asked;
  const open = state === 'pending' || state === 'approved';
  const rows: (readonly [string, string])[] = [
    ['ticket', ticket], ['state', `${state}${ended === undefined ? '' : ` (${ended})`}`], ['time', open ? `${leftUntil(expiresAt, now)} left, until ${expiresAt}` : ''],
    ...(statement === undefined
      ? [['kind', `opens a session for ${ttlSeconds ?? '?'} seconds`] as const]
      : [['kind', `${statement.kind}: ${statement.operation}`] as const, ['writes', statement.writes.join(', ') || 'nothing'] as const, ['reads', statement.reads.join(', ') || 'nothing'] as const, ['calls', statement.functions.join(', ')] as const]),
    ['where', `${connection} ${schema}, access ${access}`], ['session', session ?? ''], ['who', whoOf(asked)], ['emergency', breakGlass === true ? 'asked for by breaking the glass' : ''],
    ['beware', warningOf(asked)], ['rules', rules.join(', ')], ['policy', policyVersion], ['needs', terms.map(({ quorum, reviewers }) => `${quorum} of ${reviewers ?? 'those who may review it'}`).join(', and ')],
    ['you', mine.may ? 'may decide it' : mine.withdraw === true ? 'may still reject it, until it is used' : `may not decide it: ${mine.why ?? 'no reason is given'}`],
  ];
  return rows.filter(([, value]) => value !== '');
}

/** Names that look like others, wherever a person would read them. */
function warningOf({ statement, principal, actor }: Approval): string {
  const mixed = mixedWords([statement?.canonical ?? '', statement?.asked?.canonical ?? '', ...(statement?.writes ?? []), ...(statement?.reads ?? []), nameOf(principal), nameOf(actor)].join(' '));
  return mixed.length === 0 ? '' : `letters of several scripts in one word: ${mixed.join(', ')}`;
}

function textOf({ statement }: Approval, width: number): string[] {
  if (statement === undefined) return [];
  const { canonical, binds } = statement;
  const values = binds.map((bind) => quotedBlock(JSON.stringify(bind), width)).join('');
  return [...askedOf(statement, width), `The statement, ${canonical.length} characters:\n${quotedBlock(canonical, width)}`, ...(binds.length === 0 ? [] : [`${binds.length === 1 ? 'Its bind' : `Its ${binds.length} binds, in order`}:\n${values}`])];
}

function askedOf({ asked, rewrites = [] }: NonNullable<Approval['statement']>, width: number): string[] {
  if (asked === undefined) return [];
  const by = rewrites.map(({ plugin, obligation, rule }) => `the plugin ${plugin} (${obligation}${rule === undefined ? '' : `, rule ${rule}`})`).join(', ');
  return [`What was asked for, before it was rewritten by ${printable(by)}:\n${quotedBlock(asked.canonical, width)}`];
}

function answersOf({ decisions }: Approval, width: number): string[] {
  if (decisions.length === 0) return [];
  const said = decisions.map(({ reviewer, decision, at, comment }) => factRow(decision, `${nameOf(reviewer)} at ${at}`, width) + (comment === undefined ? '' : quotedBlock(comment, width)));
  return [`Who answered, and what they said:\n${said.join('')}`];
}

function whatOf({ statement, schema, access, connection }: Approval): string {
  return statement === undefined ? `open ${schema} ${access} on ${connection}` : `${statement.summary} on ${connection}`;
}

/** `orders-agent for alice`. */
function whoOf({ principal, actor }: Approval): string {
  return principal.id === actor.id ? nameOf(principal) : `${nameOf(actor)} for ${nameOf(principal)}`;
}

function nameOf({ id, name }: Named): string {
  return name === undefined || name === id ? id : `${id} (${name})`;
}
