/** What is looked at; it stands in the address behind the `#`, so that the back button and a link work. */
export interface Route {
  readonly view: 'approvals' | 'sessions' | 'decided' | 'reviews';
  /** One approval's ticket, or one session's id. */
  readonly subject?: string;
}

/** The route that an address's fragment names; what waits, where it names none. */
export function parseRoute(hash: string): Route {
  const [, view, subject] = /^#\/(approvals|sessions|decided|reviews)(?:\/([\w-]{1,255}))?$/.exec(hash) ?? [];
  if (view === undefined) return { view: 'approvals' };
  return {
    view: view as Route['view'],
    ...(subject === undefined || view === 'decided' || view === 'reviews' ? {} : { subject }),
  };
}

/** The fragment that names a route. */
export function formatRoute({ view, subject }: Route): string {
  return `#/${view}${subject === undefined ? '' : `/${subject}`}`;
}
