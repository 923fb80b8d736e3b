import { truncate, toPrintable } from '../../text/printable.js';
import type { Severity } from './finding-codes.js';
import { isUnknown, type DoctorFinding, type CheckResult, type UnknownCheck } from './finding.js';

/** What a run came to. `info` says something and is no finding. */
export interface DoctorReport {
  readonly findings: readonly DoctorFinding[];
  readonly notes: readonly DoctorFinding[];
  readonly unknown: readonly UnknownCheck[];
  /** Nothing was found, and everything could be seen. */
  readonly clean: boolean;
}

const severityOrder: readonly Severity[] = ['high', 'medium', 'low'];

export function createDoctorReport(all: readonly CheckResult[]): DoctorReport {
  const unknown = all.filter(isUnknown);
  const found = all.filter((each): each is DoctorFinding => !isUnknown(each));
  const findings = severityOrder.flatMap((severity) => found.filter((each) => each.severity === severity));
  return {
    findings,
    notes: found.filter(({ severity }) => severity === 'info'),
    unknown,
    clean: findings.length === 0 && unknown.length === 0,
  };
}

/** The report for people. Names come from the account, so nothing in them may move the cursor. */
export function formatDoctorReport({ findings, notes, unknown, clean }: DoctorReport, role: string): string {
  const lines = [
    ...findings.map((each) =>
      formatEntry(each.severity, each.code, each.subject, each.what, [
        each.why,
        ...each.fix.map((sql) => `fix: ${sql.replaceAll('\n', '\n      ')};`),
      ]),
    ),
    ...unknown.map((each) => formatEntry('unknown', each.checks.join(', '), each.subject, each.what, [])),
    ...notes.map((each) => formatEntry('note', each.code, each.subject, each.what, [each.why])),
  ];
  const counts = severityOrder
    .map((severity) => [severity, findings.filter((each) => each.severity === severity).length] as const)
    .filter(([, count]) => count > 0)
    .map(([severity, count]) => `${count} ${severity}`);
  const summary = clean
    ? 'Nothing found.'
    : `${findings.length} found${counts.length === 0 ? '' : ` (${counts.join(', ')})`}; ${unknown.length} not visible to ${toPrintable(role)}.`;
  return `${lines.join('')}${summary}\n`;
}

function formatEntry(severity: string, code: string, subject: string, what: string, more: readonly string[]): string {
  const indented = more
    .flatMap((text) => text.split('\n'))
    .map((line) => `          ${toPrintable(line)}\n`)
    .join('');
  return `${severity.padEnd(8)}  ${code}  ${truncate(`${subject}: ${what}`, 2_000)}\n${indented}\n`;
}

/** The report for programs. */
export function toJson({ findings, notes, unknown, clean }: DoctorReport): string {
  return `${JSON.stringify({ clean, findings, notes, unknown }, null, 2)}\n`;
}
