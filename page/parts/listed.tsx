import type { JSX } from 'preact';
import type { Polled } from '../polled.js';
import { Title } from './title.js';
import { Stale, Trouble } from './trouble.js';

interface ListedProps<T> {
  readonly title: string;
  readonly polled: Polled<readonly T[]>;
  /** What is said where there is nothing. */
  readonly empty: string;
  readonly keyOf: (item: T) => string;
  readonly card: (item: T) => JSX.Element;
}

/** A list that is read again and again: reading, refused, empty, or one card below the other. */
export function Listed<T>({ title, polled: { value, refusal }, empty, keyOf, card }: ListedProps<T>): JSX.Element {
  if (value === undefined) return <><Title text={title} />{refusal === undefined ? <p class="aside">Reading …</p> : <Trouble refusal={refusal} />}</>;
  return (
    <>
      <Title text={title} />
      <Stale refusal={refusal} />
      {value.length === 0 ? <p class="empty">{empty}</p> : <ul class="cards">{value.map((item) => <li key={keyOf(item)}>{card(item)}</li>)}</ul>}
    </>
  );
}
