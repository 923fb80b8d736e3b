import type { ComponentChildren, JSX } from 'preact';
import type { NamedIdentity } from '../api-types.js';
import { formatTime } from '../clock.js';
import { Name, Prose } from '../text/safe-text.js';

/** Facts in two columns: what, and what it is. */
export function Facts({ children }: { readonly children: ComponentChildren }): JSX.Element {
  return <dl class="facts">{children}</dl>;
}

export function Fact({ what, children }: { readonly what: string; readonly children: ComponentChildren }): JSX.Element {
  return (
    <div>
      <dt>{what}</dt>
      <dd>{children}</dd>
    </div>
  );
}

/** An identity: the id, which was proved, and the name that goes with it, which is only to be read. */
export function Identity({ who: { id, name } }: { readonly who: NamedIdentity }): JSX.Element {
  return (
    <>
      <Name text={id} />
      {name !== undefined && name !== id && (
        <span class="aside">
          {' '}
          named “<Prose text={name} />”
        </span>
      )}
    </>
  );
}

/** Names one below the other; a word where there are none. */
export function NameList({
  names,
  none = 'none',
}: {
  readonly names: readonly string[];
  readonly none?: string;
}): JSX.Element {
  if (names.length === 0) return <span class="aside">{none}</span>;
  return (
    <ul class="plain">
      {names.map((name) => (
        <li>
          <Name text={name} />
        </li>
      ))}
    </ul>
  );
}

export function Timestamp({ at }: { readonly at: string }): JSX.Element {
  return <time dateTime={at}>{formatTime(at)}</time>;
}
