import type { JSX } from 'preact';
import type { PolledValue } from '../use-polled.js';
import { Title } from './title.js';
import { StaleNotice, ErrorNotice } from './error-notice.js';

interface PolledListProps<T> {
  readonly title: string;
  readonly polled: PolledValue<readonly T[]>;
  /** What is said where there is nothing. */
  readonly emptyText: string;
  readonly getKey: (item: T) => string;
  readonly renderItem: (item: T) => JSX.Element;
}

/** A list that is read again and again: reading, refused, empty, or one card below the other. */
export function PolledList<T>({
  title,
  polled: { value, refusal },
  emptyText: empty,
  getKey: keyOf,
  renderItem: card,
}: PolledListProps<T>): JSX.Element {
  if (value === undefined)
    return (
      <>
        <Title text={title} />
        {refusal === undefined ? <p class="aside">Reading …</p> : <ErrorNotice refusal={refusal} />}
      </>
    );
  return (
    <>
      <Title text={title} />
      <StaleNotice refusal={refusal} />
      {value.length === 0 ? (
        <p class="empty">{empty}</p>
      ) : (
        <ul class="cards">
          {value.map((item) => (
            <li key={keyOf(item)}>{card(item)}</li>
          ))}
        </ul>
      )}
    </>
  );
}
