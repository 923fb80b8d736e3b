import type { JSX } from 'preact';
import { formatTimeLeft, useNow } from '../clock.js';

/** The time left, counting down. Not read aloud every second: role `timer` is silent (WAI-ARIA 1.2). */
export function TimeLeft({ until }: { readonly until: string }): JSX.Element {
  const ms = Date.parse(until) - useNow();
  return (
    <span class={ms < 60_000 ? 'left left-little' : 'left'} role="timer">
      {ms > 0 ? `${formatTimeLeft(ms)} left` : 'expired'}
    </span>
  );
}
