import { brief, printable } from '../../printable.js';
import type { Severity } from './codes.js';
import { isUnknown, type Finding, type Found, type Unknown } from './finding.js';

/** What a run came to. `info` says something and is no finding. */
export interface Report {
  readonly findings: readonly Finding[];
  readonly notes: readonly Finding[];
  readonly unknown: readonly Unknown[];
  /** Nothing was found, and everything could be seen. */
  readonly clean: boolean;
}

const order: readonly Severity[] = ['high', 'medium', 'low'];

export function reportOf(all: readonly Found[]): Report {
  const unknown = all.filter(isUnknown);
  const found = all.filter((each): each is Finding => !isUnknown(each));
  const findings = order.flatMap((severity) => found.filter((each) => each.severity === severity));
  return { findings, notes: found.filter(({ severity }) => severity === 'info'), unknown, clean: findings.length === 0 && unknown.length === 0 };
}

/** The report for people. Names come from the account, so nothing in them may move the cursor. */
export function inWords({ findings, notes, unknown, clean }: Report, role: string): string {
  const lines = [
    ...findings.map((each) => entry(each.severity, each.code, each.subject, each.what, [each.why, ...each.fix.map((sql) => `fix: ${sql.replaceAll('\n', '\n      ')};`)])),
    ...unknown.map((each) => entry('unknown', each.checks.join(', '), each.subject, each.what, [])),
    ...notes.map((each) => entry('note', each.code, each.subject, each.what, [each.why])),
  ];
  const counts = order.map((severity) => [severity, findings.filter((each) => each.severity === severity).length] as const).filter(([, count]) => count > 0).map(([severity, count]) => `${count} ${severity}`);
  const summary = clean ? 'Nothing found.' : `${findings.length} found${counts.length === 0 ? '' : ` (${counts.join(', ')})`}; ${unknown.length} not visible to ${printable(role)}.`;
  return `${lines.join('')}${summary}\n`;
}

function entry(severity: string, code: string, subject: string, what: string, more: readonly string[]): string {
  const indented = more.flatMap((text) => text.split('\n')).map((line) => `          ${printable(line)}\n`).join('');
  return `${severity.padEnd(8)}  ${code}  ${brief(`${subject}: ${what}`, 2_000)}\n${indented}\n`;
}

/** The report for programs. */
export function asJson({ findings, notes, unknown, clean }: Report): string {
  return `${JSON.stringify({ clean, findings, notes, unknown }, null, 2)}\n`;
}
