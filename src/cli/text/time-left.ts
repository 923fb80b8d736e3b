/** How long until then, in the largest unit that fits: `14 min`, `9 s`; `over` when it is past. */
export function formatTimeLeft(instant: string, now: number): string {
  const seconds = Math.ceil((Date.parse(instant) - now) / 1_000);
  if (!(seconds > 0)) return 'expired';
  if (seconds < 120) return `${seconds} s`;
  return seconds < 7_200 ? `${Math.floor(seconds / 60)} min` : `${Math.floor(seconds / 3_600)} h`;
}
