import type { Operation } from './http-exchange.js';
import {
  closeSession,
  explainStatement,
  listConnections,
  openSession,
  readRecord,
  readSession,
  runStatement,
} from './operations.js';
import {
  decideApproval,
  listApprovals,
  listReviews,
  listSessions,
  readApproval,
  completeReview,
} from './review-operations.js';
import { listSuspensions, reinstateActor, suspendActor } from './suspension-operations.js';

/** What a path answers to; HEAD is answered where GET is. `contract` is the one thing that anybody may read. */
export type Route = Readonly<Partial<Record<'GET' | 'POST' | 'DELETE', Operation | 'contract'>>>;

/** Every path below the prefix that is ours. */
export const routes: Readonly<Record<string, Route>> = {
  '/connections': { GET: listConnections },
  '/sessions': { GET: listSessions, POST: openSession },
  '/sessions/{session}': { GET: readSession, DELETE: closeSession },
  '/sessions/{session}/statements': { POST: runStatement },
  '/sessions/{session}/explain': { POST: explainStatement },
  '/sessions/{session}/record': { GET: readRecord },
  '/approvals': { GET: listApprovals },
  '/approvals/{ticket}': { GET: readApproval },
  '/approvals/{ticket}/decision': { POST: decideApproval },
  '/reviews': { GET: listReviews },
  '/reviews/{session}': { POST: completeReview },
  '/suspensions': { GET: listSuspensions, POST: suspendActor, DELETE: reinstateActor },
  '/suspensions/{actor}': { DELETE: reinstateActor },
  '/openapi.json': { GET: 'contract' },
};

export interface RouteMatch {
  readonly route: Route;
  /** The session, ticket or actor in the path, as it was sent. */
  readonly pathParameter: string;
}

const variables: ReadonlyMap<string, string> = new Map([
  ['approvals', '{ticket}'],
  ['suspensions', '{actor}'],
]);

/** The route of a path; undefined for what is not ours. Exact: no trailing slash, no other case, nothing decoded. */
export function matchRoute(path: string): RouteMatch | undefined {
  const [collection = '', subject, ...rest] = path.slice(1).split('/', 4);
  if (subject === '') return undefined;
  const variable = variables.get(collection) ?? '{session}';
  const pattern = `/${[collection, ...(subject === undefined ? [] : [variable]), ...rest].join('/')}`;
  const route = path.startsWith('/') && Object.hasOwn(routes, pattern) ? routes[pattern] : undefined;
  return route === undefined ? undefined : { route, pathParameter: subject ?? '' };
}
