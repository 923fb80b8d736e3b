import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { RecordEvent, EventPage } from '../api-types.js';
import { formatTime } from '../clock.js';
import { useReviewContext } from '../review-context.js';
import { Title } from '../components/title.js';
import { StaleNotice, ErrorNotice } from '../components/error-notice.js';
import { usePolled } from '../use-polled.js';
import { TextWarning } from '../text/text-warning.js';
import { Name, Sql, Prose } from '../text/safe-text.js';
import { formatCount, eventTexts } from '../messages.js';

/** What has happened in one session, oldest first, as the record has it. */
export function SessionTimeline({ session }: { readonly session: string }): JSX.Element {
  const { api } = useReviewContext();
  const [pages, setPages] = useState({ session, count: 1 });
  const count = pages.session === session ? pages.count : 1;
  const { value: page, refusal } = usePolled(
    (signal) => api.record(session, count, signal),
    10_000,
    `${session} ${count}`,
  );
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
      <p class="back">
        <a href="#/sessions">← Sessions</a>
      </p>
      <Title text="Session timeline" />
      <p class="aside">
        Session <Name text={session} />. Texts are as the record has them: each literal is a <code>?</code>, unless the
        policy says otherwise.
      </p>
      {value !== undefined && <StaleNotice refusal={refusal} />}
      {value === undefined &&
        (refusal === undefined ? <p class="aside">Reading …</p> : <ErrorNotice refusal={refusal} />)}
      {value !== undefined && <TextWarning texts={value.flatMap(collectEventTexts)} />}
      {value !== undefined && (
        <ol class="timeline">
          {value.map((event) => (
            <li key={event.id} class={`event event-${selectTone(event)}`}>
              <TimelineEvent event={event} after={event.at - start} />
            </li>
          ))}
        </ol>
      )}
      {shown?.next !== undefined && (
        <p>
          <button type="button" onClick={more} disabled={page === undefined}>
            Show more
          </button>
        </p>
      )}
    </>
  );
}

function TimelineEvent({ event, after }: { readonly event: RecordEvent; readonly after: number }): JSX.Element {
  const { code, at, data } = event;
  const { sql, summary, comment, reason, rows, affected } = data;
  const by = formatRequester(event);
  return (
    <>
      <p class="event-head">
        <strong>{eventTexts[code] ?? code}</strong>{' '}
        <span class="aside">
          <time dateTime={new Date(at).toISOString()}>{formatTime(at)}</time>, after {(after / 1_000).toFixed(1)} s
        </span>
      </p>
      {by !== undefined && (
        <p class="aside">
          by <Name text={by} />
        </p>
      )}
      {formatDecision(data) !== '' && (
        <p>
          <Name text={formatDecision(data)} />
        </p>
      )}
      {typeof sql === 'string' ? (
        <Sql text={sql} />
      ) : (
        typeof summary === 'string' && (
          <p>
            <Name text={summary} />
          </p>
        )
      )}
      <RewriteText data={data} />
      {typeof comment === 'string' && (
        <blockquote>
          <Prose text={comment} />
        </blockquote>
      )}
      {typeof reason === 'string' && code === 'session.requested' && (
        <p class="said">
          <span class="kind">stated reason</span> <Prose text={reason} />
        </p>
      )}
      {typeof rows === 'number' && <p class="aside">{formatCount(rows, 'row')}</p>}
      {typeof affected === 'number' && <p class="aside">{formatCount(affected, 'row')} changed</p>}
    </>
  );
}

/** The text beside the event's own, where a plugin rewrote the statement. */
function RewriteText({ data }: { readonly data: RecordEvent['data'] }): JSX.Element | null {
  const other = describeRewrite(data);
  if (other === undefined) return null;
  const [words, text] = other;
  return (
    <>
      <p class="aside">{words}</p>
      <Sql text={text} />
    </>
  );
}

function describeRewrite({
  asked,
  rewritten,
  rewrites,
}: RecordEvent['data']): readonly [words: string, text: string] | undefined {
  const { sql, summary } = (asked ?? rewritten ?? {}) as { readonly sql?: string; readonly summary?: string };
  const text = sql ?? summary;
  if (text === undefined) return undefined;
  const by = ((rewrites ?? []) as unknown as readonly { readonly plugin: string }[])
    .map(({ plugin }) => plugin)
    .join(', ');
  return [
    asked === undefined ? `the plugin ${by} made of it:` : `rewritten by the plugin ${by} from what was asked for:`,
    text,
  ];
}

/** Whoever did it: the reviewer, where it was one. */
function formatRequester({ who, data }: RecordEvent): string | undefined {
  if (typeof data['revokedBy'] === 'string') return data['revokedBy'];
  const { principal, actor } = (who ?? {}) as { readonly principal?: string; readonly actor?: string };
  return principal === actor || principal === undefined ? actor : `${String(actor)} for ${principal}`;
}

function formatDecision({ decision, code, why, at, state }: RecordEvent['data']): string {
  return [decision, code, why, at, state].filter((each) => typeof each === 'string').join(' · ');
}

function selectTone({ code, data }: RecordEvent): 'good' | 'grave' | 'held' | 'plain' {
  if (/denied|failed|revoked|suspended|unresolved|breakglass\.activated/.test(code) || data['decision'] === 'reject')
    return 'grave';
  if (/approval_requested/.test(code)) return 'held';
  return /executed|opened|approved|approval_decided|reinstated|reviewed/.test(code) ? 'good' : 'plain';
}

function collectEventTexts({ data }: RecordEvent): readonly string[] {
  const told = ['sql', 'summary', 'comment', 'reason']
    .map((name) => data[name])
    .filter((each) => typeof each === 'string');
  return [...told, ...(describeRewrite(data) ?? [])];
}
