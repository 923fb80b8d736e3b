import type { JSX } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { Api } from './api.js';
import { reviewContext } from './review-context.js';
import { usePolled } from './use-polled.js';
import { formatRoute, type Route } from './route.js';
import { useRoute } from './use-route.js';
import { Prose } from './text/safe-text.js';
import { ApprovalDetail } from './views/approval-detail.js';
import { History } from './views/history.js';
import { NotAReviewer } from './views/not-a-reviewer.js';
import { BreakGlassReviews } from './views/break-glass-reviews.js';
import { Sessions } from './views/sessions.js';
import { SessionTimeline } from './views/session-timeline.js';
import { PendingApprovals } from './views/pending-approvals.js';
import { formatCount } from './messages.js';

interface ShellProps {
  readonly api: Api;
  readonly name: string;
  readonly scope: string;
  readonly signOut: () => void;
}

const tabs: readonly (readonly [Route['view'], string])[] = [
  ['approvals', 'Waiting'],
  ['sessions', 'Sessions'],
  ['decided', 'History'],
  ['reviews', 'Break-glass reviews'],
];

/** What somebody who has signed in sees: the ways to go, and one view. */
export function Shell({ api, name, scope, signOut }: ShellProps): JSX.Element {
  const route = useRoute();
  const [said, setSaid] = useState('');
  const review = useMemo(() => ({ api, announce: setSaid }), [api]);
  const waiting = usePolled((signal) => api.approvals('pending', signal), 5_000);
  const reviews = usePolled((signal) => api.reviews(signal), 30_000);
  const main = useRef<HTMLElement>(null);
  const count = waiting.value?.length;
  const before = useRef(count);
  useEffect(() => {
    if (count !== undefined && before.current !== undefined && count > before.current)
      setSaid(`${formatCount(count, 'approval waits', 'approvals wait')}.`);
    before.current = count;
  }, [count]);
  const counts: Partial<Record<Route['view'], number | undefined>> = {
    approvals: count,
    reviews: reviews.value?.length,
  };
  const stranger =
    waiting.refusal !== undefined &&
    (waiting.refusal.status === 403 || waiting.refusal.reason === 'approval.not_configured')
      ? waiting.refusal
      : undefined;
  return (
    <reviewContext.Provider value={review}>
      <header class="top">
        <a
          class="skip"
          href={formatRoute(route)}
          onClick={(event) => {
            event.preventDefault();
            main.current?.focus();
          }}
        >
          Skip to the content
        </a>
        <p class="brand">Sallyport</p>
        <nav aria-label="Views">
          {tabs.map(([view, title]) => (
            <a href={formatRoute({ view })} aria-current={route.view === view ? 'page' : undefined}>
              {title}
              {(counts[view] ?? 0) > 0 && <span class="count">{counts[view]}</span>}
            </a>
          ))}
        </nav>
        <p class="signed-in">
          <Prose text={name} />{' '}
          <button type="button" class="quiet" onClick={signOut}>
            Sign out
          </button>
        </p>
      </header>
      <main ref={main} tabIndex={-1}>
        {stranger === undefined ? (
          <CurrentView route={route} waiting={waiting} />
        ) : (
          <NotAReviewer refusal={stranger} scope={scope} />
        )}
      </main>
      <p class="unseen" role="status">
        {said}
      </p>
    </reviewContext.Provider>
  );
}

function CurrentView({
  route: { view, subject },
  waiting,
}: {
  readonly route: Route;
  readonly waiting: Parameters<typeof PendingApprovals>[0]['polled'];
}): JSX.Element {
  if (view === 'approvals')
    return subject === undefined ? (
      <PendingApprovals polled={waiting} />
    ) : (
      <ApprovalDetail key={subject} ticket={subject} answered={waiting.refresh} />
    );
  if (view === 'sessions')
    return subject === undefined ? <Sessions /> : <SessionTimeline key={subject} session={subject} />;
  return view === 'decided' ? <History /> : <BreakGlassReviews />;
}
