import type { Notice } from '../../core/index.js';

/** A notice as it is sent: `{ type, timestamp, data }`, times in ISO 8601. */
export function messageOf({ type, id: _, at, expiresAt, ...notice }: Notice, link: string | undefined): string {
  const data = { ...notice, ...(expiresAt === undefined ? {} : { expiresAt: timeOf(expiresAt) }), ...(link === undefined ? {} : { link }) };
  return JSON.stringify({ type, timestamp: timeOf(at), data });
}

function timeOf(at: number): string {
  return new Date(at).toISOString();
}
