import type { Notice } from '../../core/index.js';

/** A notice as it is sent: `{ type, timestamp, data }`, times in ISO 8601. */
export function createMessage(notice: Notice, link: string | undefined): string {
  const { type, id: _, at, expiresAt, ...facts } = notice;
  const data = {
    ...facts,
    ...(expiresAt === undefined ? {} : { expiresAt: formatTime(expiresAt) }),
    ...(link === undefined ? {} : { link }),
  };
  return JSON.stringify({ type, timestamp: formatTime(at), data });
}

function formatTime(at: number): string {
  return new Date(at).toISOString();
}
