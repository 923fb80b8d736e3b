import type { JSX } from 'preact';
import { leftText, useNow } from '../clock.js';

/** The time left, counting down. Not read aloud every second: role `timer` is silent (WAI-ARIA 1.2). */
export function Left({ until }: { readonly until: string }): JSX.Element {
  const ms = Date.parse(until) - useNow();
  return <span class={ms < 60_000 ? 'left left-little' : 'left'} role="timer">{ms > 0 ? `${leftText(ms)} left` : 'time is over'}</span>;
}
