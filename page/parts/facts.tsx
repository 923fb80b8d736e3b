import type { ComponentChildren, JSX } from 'preact';
import type { Named } from '../answers.js';
import { timeText } from '../clock.js';
import { Name, Words } from '../text/shown.js';

/** Facts in two columns: what, and what it is. */
export function Facts({ children }: { readonly children: ComponentChildren }): JSX.Element {
  return <dl class="facts">{children}</dl>;
}

export function Fact({ what, children }: { readonly what: string; readonly children: ComponentChildren }): JSX.Element {
  return <div><dt>{what}</dt><dd>{children}</dd></div>;
}

/** An identity: the id, which was proved, and the name that goes with it, which is only to be read. */
export function Who({ who: { id, name } }: { readonly who: Named }): JSX.Element {
  return <><Name text={id} />{name !== undefined && name !== id && <span class="aside"> named “<Words text={name} />”</span>}</>;
}

/** Names one below the other; a word where there are none. */
export function Names({ names, none = 'none' }: { readonly names: readonly string[]; readonly none?: string }): JSX.Element {
  if (names.length === 0) return <span class="aside">{none}</span>;
  return <ul class="plain">{names.map((name) => <li><Name text={name} /></li>)}</ul>;
}

export function When({ at }: { readonly at: string }): JSX.Element {
  return <time dateTime={at}>{timeText(at)}</time>;
}
