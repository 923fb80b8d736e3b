import { useEffect, useState } from 'preact/hooks';

let clockOffsetMs = 0;

/**
 * Learns the gateway's time from the Date header of an answer, to the second (RFC 9110 §6.6.1), so that a wrong clock
 * here shows no wrong time left.
 */
export function syncClock(date: string | null): void {
  const told = Date.parse(date ?? '');
  if (!Number.isNaN(told) && Math.abs(told - Date.now() - clockOffsetMs) > 2_000) clockOffsetMs = told - Date.now();
}

/** The gateway's time, epoch milliseconds. */
export function getNow(): number {
  return Date.now() + clockOffsetMs;
}

/** The gateway's time, every second anew. */
export function useNow(): number {
  const [at, setAt] = useState(getNow);
  useEffect(() => {
    const ticking = setInterval(() => setAt(getNow()), 1_000);
    return () => clearInterval(ticking);
  }, []);
  return at;
}

/** "12 min 04 s"; "over" where nothing is left. */
export function formatTimeLeft(ms: number): string {
  if (ms <= 0) return 'expired';
  const seconds = Math.ceil(ms / 1_000);
  const [hours, minutes] = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60];
  if (hours > 0) return `${hours} h ${padTwoDigits(minutes)} min`;
  return minutes > 0 ? `${minutes} min ${padTwoDigits(seconds % 60)} s` : `${seconds} s`;
}

function padTwoDigits(value: number): string {
  return String(value).padStart(2, '0');
}

/** A date and time to the second, in the reader's zone. */
export function formatTime(at: string | number): string {
  return new Date(at).toLocaleString('en-GB', { dateStyle: 'medium', timeStyle: 'medium' });
}
