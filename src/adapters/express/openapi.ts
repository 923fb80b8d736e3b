import { z } from 'zod';
import { packageVersion } from '../../core/index.js';
import * as answered from '../../mount/answered.js';
import { ndjson } from './accept.js';
import { forms as asking } from './operations.js';
import { range } from './range.js';
import { reviewForms } from './reviewing.js';
import { actorForms } from './suspending.js';

const forms = { ...asking, ...reviewForms, ...actorForms };

/** As input schemas, so that a client takes an answer that has grown a field. */
const schemas = Object.fromEntries(Object.entries(answered).map(([name, schema]) => {
  const { $schema: _, ...json } = z.toJSONSchema(schema, { io: 'input' });
  return [name, json];
}));

type Answered = keyof typeof answered;
type Media = Readonly<Record<string, { readonly schema: { readonly $ref: string } | { readonly type: 'object' } }>>;

const ref = (name: Answered) => ({ schema: { $ref: `#/components/schemas/${name}` } });
const json = (name: Answered): Media => ({ 'application/json': ref(name) });
const refusal = { description: 'Refused or failed: see `code` and `hint`.', content: { 'application/problem+json': ref('problem') } };

function operation(operationId: string, summary: string, responses: Readonly<Record<string, { description: string; content: Media }>>, body?: keyof typeof forms) {
  return {
    operationId, summary,
    ...(body === undefined ? {} : { requestBody: { required: true, content: { 'application/json': { schema: forms[body].json } } } }),
    responses: { ...responses, default: refusal },
  };
}

const parameter = (name: string) => ({ parameters: [{ name, in: 'path', required: true, schema: { type: 'string' } }] });
const reinstating = (operationId: string, summary: string) => ({
  ...operation(operationId, summary, { 200: { description: 'It is over.', content: json('reinstated') } }),
  requestBody: { required: false, content: { 'application/json': { schema: actorForms.reinstate.json } } },
});
const held = { description: 'A person must agree first.', content: json('pending') };

const paths = {
  '/connections': { get: operation('listConnections', 'What this caller may ask for', { 200: { description: 'Connections, schemas and access.', content: json('connections') } }) },
  '/sessions': {
    get: operation('listSessions', 'For reviewers: the live sessions they oversee', { 200: { description: 'Live sessions.', content: json('sessions') } }),
    post: operation('openSession', 'Open a session on one schema for a while', { 201: { description: 'Open.', content: json('session') }, 202: held }, 'open'),
  },
  '/sessions/{session}': {
    ...parameter('session'),
    get: operation('readSession', 'The state of a session', { 200: { description: 'Its state.', content: json('session') } }),
    delete: {
      ...operation('closeSession', 'Close a session, cancelling what runs', { 200: { description: 'Closed.', content: json('session') } }),
      requestBody: { required: false, description: 'of a revocation only', content: { 'application/json': { schema: reviewForms.revoke.json } } },
      parameters: [{ name: 'revoke', in: 'query', allowEmptyValue: true, description: 'for reviewers: end somebody else\'s session now', schema: { type: 'string', enum: [''] } }],
    },
  },
  '/sessions/{session}/statements': {
    ...parameter('session'),
    post: operation('runStatement', 'Run one statement', { 200: { description: 'Rows, in one piece or in lines as they come.', content: { ...json('rows'), [ndjson]: ref('rowLine') } }, 202: held }, 'statement'),
  },
  '/sessions/{session}/explain': {
    ...parameter('session'),
    post: operation('explainStatement', 'What would happen, with nothing run', { 200: { description: 'The analysis and the decision.', content: json('explanation') } }, 'explain'),
  },
  '/sessions/{session}/record': {
    ...parameter('session'),
    get: {
      ...operation('readRecord', "A page of the session's events, oldest first", { 200: { description: '200 events unless `limit` says otherwise, fewer where they are large; `next` where there are more.', content: json('record') } }),
      parameters: Object.entries(range.json.properties ?? {}).map(([name, schema]) => ({ name, in: 'query', schema })),
    },
  },
  '/approvals': {
    get: {
      ...operation('listApprovals', 'For reviewers: what waits, oldest first, or what was decided, newest first', { 200: { description: 'At most 500.', content: json('approvals') } }),
      parameters: [{ name: 'state', in: 'query', schema: { type: 'string', enum: ['pending', 'decided'], default: 'pending' } }],
    },
  },
  '/approvals/{ticket}': {
    ...parameter('ticket'),
    get: { ...operation('readApproval', 'For whoever asked, and for reviewers', { 200: { description: 'As it is now.', content: json('approval') } }), parameters: [{ name: 'Prefer', in: 'header', description: 'wait=30 waits for an answer', schema: { type: 'string' } }] },
  },
  '/approvals/{ticket}/decision': { ...parameter('ticket'), post: operation('decideApproval', 'For reviewers: agree or not, to exactly what was shown', { 200: { description: 'Taken.', content: json('approval') }, 409: refusal }, 'decision') },
  '/reviews': { get: operation('listReviews', 'For reviewers: sessions opened by breaking the glass, that nobody has looked at yet', { 200: { description: 'Open reviews.', content: json('reviews') } }) },
  '/reviews/{session}': { ...parameter('session'), post: operation('signReview', 'For reviewers: somebody else has looked at it', { 200: { description: 'Signed.', content: json('review') } }, 'sign') },
  '/suspensions': {
    get: operation('listSuspensions', 'For reviewers: the actors that are suspended where they oversee', { 200: { description: 'What holds now.', content: json('suspensions') } }),
    post: operation('suspendActor', 'For reviewers: close the door on an actor for a time', { 201: { description: 'It holds, and the sessions are over.', content: json('suspended') } }, 'suspend'),
    delete: {
      ...reinstating('reinstateNamed', 'For reviewers: the same as with the actor in the path, for ids that a path cannot hold, such as `..`'),
      parameters: [{ name: 'actor', in: 'query', required: true, schema: { type: 'string' } }],
    },
  },
  '/suspensions/{actor}': {
    ...parameter('actor'),
    delete: reinstating('reinstateActor', 'For reviewers: end a suspension before its time'),
  },
  '/openapi.json': { get: { ...operation('readContract', 'This document', { 200: { description: 'OpenAPI 3.1.', content: { 'application/json': { schema: { type: 'object' } } } } }), security: [] } },
};

const document = {
  openapi: '3.1.1',
  info: { title: 'Sallyport', version: packageVersion, description: 'Just-in-time access to data: one schema, for a while, every statement judged and recorded.' },
  security: [{ bearer: [] }],
  components: { securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } }, schemas },
  paths,
};

/** The contract as OpenAPI 3.1, made of the schemas that validate; `prefix` is where it is mounted. */
export function contract(prefix = ''): string {
  return JSON.stringify({ ...document, servers: [{ url: prefix === '' ? '/' : prefix }] });
}
