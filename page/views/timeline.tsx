import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { Event, EventPage } from '../answers.js';
import { timeText } from '../clock.js';
import { useDesk } from '../desk.js';
import { Title } from '../parts/title.js';
import { Stale, Trouble } from '../parts/trouble.js';
import { usePolled } from '../polled.js';
import { LookClosely } from '../text/look-closely.js';
import { Name, Sql, Words } from '../text/shown.js';
import { counted, happenings } from '../words.js';

/** What has happened in one session, oldest first, as the record has it. */
export function Timeline({ session }: { readonly session: string }): JSX.Element {
  const { api } = useDesk();
  const [pages, setPages] = useState({ session, count: 1 });
  const count = pages.session === session ? pages.count : 1;
  const { value: page, refusal } = usePolled((signal) => api.record(session, count, signal), 10_000, `${session} ${count}`);
  const [before, setBefore] = useState<EventPage>();
  // What was read stays on the page while more is read.
  const shown = page ?? (count > 1 ? before : undefined);
  const value = shown?.events;
  const more = (): void => {
    setBefore(shown);
    setPages({ session, count: count + 1 });
  };
  const start = value?.[0]?.at ?? 0;
  return (
    <>
      <p class="back"><a href="#/sessions">← Live sessions</a></p>
      <Title text="What has happened in a session" />
      <p class="aside">Session <Name text={session} />. Texts are as the record has them: each literal is a <code>?</code>, unless the policy says otherwise.</p>
      {value !== undefined && <Stale refusal={refusal} />}
      {value === undefined && (refusal === undefined ? <p class="aside">Reading …</p> : <Trouble refusal={refusal} />)}
      {value !== undefined && <LookClosely texts={value.flatMap(textsOf)} />}
      {value !== undefined && <ol class="timeline">{value.map((event) => <li key={event.id} class={`event event-${toneOf(event)}`}><Happened event={event} after={event.at - start} /></li>)}</ol>}
      {shown?.next !== undefined && <p><button type="button" onClick={more} disabled={page === undefined}>Show more</button></p>}
    </>
  );
}

function Happened({ event, after }: { readonly event: Event; readonly after: number }): JSX.Element {
  const { code, at, data } = event;
  const { sql, summary, comment, reason, rows, affected } = data;
  const by = whoOf(event);
  return (
    <>
      <p class="event-head"><strong>{happenings[code] ?? code}</strong> <span class="aside"><time dateTime={new Date(at).toISOString()}>{timeText(at)}</time>, after {(after / 1_000).toFixed(1)} s</span></p>
      {by !== undefined && <p class="aside">by <Name text={by} /></p>}
      {decisionOf(data) !== '' && <p><Name text={decisionOf(data)} /></p>}
      {typeof sql === 'string' ? <Sql text={sql} /> : typeof summary === 'string' && <p><Name text={summary} /></p>}
      <OtherText data={data} />
      {typeof comment === 'string' && <blockquote><Words text={comment} /></blockquote>}
      {typeof reason === 'string' && code === 'session.requested' && <p class="said"><span class="kind">it says</span> <Words text={reason} /></p>}
      {typeof rows === 'number' && <p class="aside">{counted(rows, 'row')}</p>}
      {typeof affected === 'number' && <p class="aside">{counted(affected, 'row')} changed</p>}
    </>
  );
}

/** The text beside the event's own, where a plugin rewrote the statement. */
function OtherText({ data }: { readonly data: Event['data'] }): JSX.Element | null {
  const other = otherText(data);
  if (other === undefined) return null;
  const [words, text] = other;
  return <><p class="aside">{words}</p><Sql text={text} /></>;
}

function otherText({ asked, rewritten, rewrites }: Event['data']): readonly [words: string, text: string] | undefined {
  const { sql, summary } = (asked ?? rewritten ?? {}) as { readonly sql?: string; readonly summary?: string };
  const text = sql ?? summary;
  if (text === undefined) return undefined;
  const by = ((rewrites ?? []) as unknown as readonly { readonly plugin: string }[]).map(({ plugin }) => plugin).join(', ');
  return [asked === undefined ? `the plugin ${by} made of it:` : `rewritten by the plugin ${by} from what was asked for:`, text];
}

/** Whoever did it: the reviewer, where it was one. */
function whoOf({ who, data }: Event): string | undefined {
  if (typeof data['revokedBy'] === 'string') return data['revokedBy'];
  const { principal, actor } = (who ?? {}) as { readonly principal?: string; readonly actor?: string };
  return principal === actor || principal === undefined ? actor : `${String(actor)} for ${principal}`;
}

function decisionOf({ decision, code, why, at, state }: Event['data']): string {
  return [decision, code, why, at, state].filter((each) => typeof each === 'string').join(' · ');
}

function toneOf({ code, data }: Event): 'good' | 'grave' | 'held' | 'plain' {
  if (/denied|failed|revoked|suspended|unresolved|breakglass\.activated/.test(code) || data['decision'] === 'reject') return 'grave';
  if (/approval_requested/.test(code)) return 'held';
  return /executed|opened|approved|approval_decided|reinstated|reviewed/.test(code) ? 'good' : 'plain';
}

function textsOf({ data }: Event): readonly string[] {
  const told = ['sql', 'summary', 'comment', 'reason'].map((name) => data[name]).filter((each) => typeof each === 'string');
  return [...told, ...(otherText(data) ?? [])];
}
