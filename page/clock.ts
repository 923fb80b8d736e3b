import { useEffect, useState } from 'preact/hooks';

let ahead = 0;

/** Learns the gateway's time from the Date header of an answer, to the second (RFC 9110 §6.6.1), so that a wrong clock here shows no wrong time left. */
export function learnTime(date: string | null): void {
  const told = Date.parse(date ?? '');
  if (!Number.isNaN(told) && Math.abs(told - Date.now() - ahead) > 2_000) ahead = told - Date.now();
}

/** The gateway's time, epoch milliseconds. */
export function now(): number {
  return Date.now() + ahead;
}

/** The gateway's time, every second anew. */
export function useNow(): number {
  const [at, setAt] = useState(now);
  useEffect(() => {
    const ticking = setInterval(() => setAt(now()), 1_000);
    return () => clearInterval(ticking);
  }, []);
  return at;
}

/** "12 min 04 s"; "over" where nothing is left. */
export function leftText(ms: number): string {
  if (ms <= 0) return 'over';
  const seconds = Math.ceil(ms / 1_000);
  const [hours, minutes] = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60];
  if (hours > 0) return `${hours} h ${two(minutes)} min`;
  return minutes > 0 ? `${minutes} min ${two(seconds % 60)} s` : `${seconds} s`;
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}

/** A date and time to the second, in the reader's zone. */
export function timeText(at: string | number): string {
  return new Date(at).toLocaleString('en-GB', { dateStyle: 'medium', timeStyle: 'medium' });
}
