import { z } from 'zod';
import { packageVersion } from '../../core/index.js';
import * as answered from '../../http/server/response-schemas.js';
import { ndjson } from './accept.js';
import { inputSchemas as asking } from './operations.js';
import { recordRangeSchema } from './record-range.js';
import { reviewSchemas } from './review-operations.js';
import { actorSchemas } from './suspension-operations.js';

const inputSchemas = { ...asking, ...reviewSchemas, ...actorSchemas };

/** As input schemas, so that a client takes an answer that has grown a field. */
const schemas = Object.fromEntries(
  Object.entries(answered).map(([name, schema]) => {
    const { $schema: _, ...json } = z.toJSONSchema(schema, { io: 'input' });
    return [name, json];
  }),
);

type ResponseName = keyof typeof answered;
type Media = Readonly<Record<string, { readonly schema: { readonly $ref: string } | { readonly type: 'object' } }>>;

const createRef = (name: ResponseName) => ({ schema: { $ref: `#/components/schemas/${name}` } });
const createJsonContent = (name: ResponseName): Media => ({ 'application/json': createRef(name) });
const problemResponse = {
  description: 'Refused or failed: see `code` and `hint`.',
  content: { 'application/problem+json': createRef('problem') },
};

function createOperation(
  operationId: string,
  summary: string,
  responses: Readonly<Record<string, { description: string; content: Media }>>,
  body?: keyof typeof inputSchemas,
) {
  return {
    operationId,
    summary,
    ...(body === undefined
      ? {}
      : { requestBody: { required: true, content: { 'application/json': { schema: inputSchemas[body].json } } } }),
    responses: { ...responses, default: problemResponse },
  };
}

const createParameter = (name: string) => ({
  parameters: [{ name, in: 'path', required: true, schema: { type: 'string' } }],
});
const reinstating = (operationId: string, summary: string) => ({
  ...createOperation(operationId, summary, {
    200: { description: 'It is over.', content: createJsonContent('reinstated') },
  }),
  requestBody: { required: false, content: { 'application/json': { schema: actorSchemas.reinstate.json } } },
});
const pendingResponse = { description: 'A person must agree first.', content: createJsonContent('pending') };

const paths = {
  '/connections': {
    get: createOperation('listConnections', 'What this caller may ask for', {
      200: { description: 'Connections, schemas and access.', content: createJsonContent('connections') },
    }),
  },
  '/sessions': {
    get: createOperation('listSessions', 'For reviewers: the live sessions they oversee', {
      200: { description: 'Live sessions.', content: createJsonContent('sessions') },
    }),
    post: createOperation(
      'openSession',
      'Open a session on one schema for a while',
      { 201: { description: 'Open.', content: createJsonContent('session') }, 202: pendingResponse },
      'open',
    ),
  },
  '/sessions/{session}': {
    ...createParameter('session'),
    get: createOperation('readSession', 'The state of a session', {
      200: { description: 'Its state.', content: createJsonContent('session') },
    }),
    delete: {
      ...createOperation('closeSession', 'Close a session, cancelling what runs', {
        200: { description: 'Closed.', content: createJsonContent('session') },
      }),
      requestBody: {
        required: false,
        description: 'of a revocation only',
        content: { 'application/json': { schema: reviewSchemas.revoke.json } },
      },
      parameters: [
        {
          name: 'revoke',
          in: 'query',
          allowEmptyValue: true,
          description: "for reviewers: end somebody else's session now",
          schema: { type: 'string', enum: [''] },
        },
      ],
    },
  },
  '/sessions/{session}/statements': {
    ...createParameter('session'),
    post: createOperation(
      'runStatement',
      'Run one statement',
      {
        200: {
          description: 'Rows, in one piece or in lines as they come.',
          content: { ...createJsonContent('rows'), [ndjson]: createRef('rowLine') },
        },
        202: pendingResponse,
      },
      'statement',
    ),
  },
  '/sessions/{session}/explain': {
    ...createParameter('session'),
    post: createOperation(
      'explainStatement',
      'What would happen, with nothing run',
      { 200: { description: 'The analysis and the decision.', content: createJsonContent('explanation') } },
      'explain',
    ),
  },
  '/sessions/{session}/record': {
    ...createParameter('session'),
    get: {
      ...createOperation('readRecord', "A page of the session's events, oldest first", {
        200: {
          description:
            '200 events unless `limit` says otherwise, fewer where they are large; `next` where there are more.',
          content: createJsonContent('record'),
        },
      }),
      parameters: Object.entries(recordRangeSchema.json.properties ?? {}).map(([name, schema]) => ({
        name,
        in: 'query',
        schema,
      })),
    },
  },
  '/approvals': {
    get: {
      ...createOperation(
        'listApprovals',
        'For reviewers: what waits, oldest first, or what was decided, newest first',
        { 200: { description: 'At most 500.', content: createJsonContent('approvals') } },
      ),
      parameters: [
        { name: 'state', in: 'query', schema: { type: 'string', enum: ['pending', 'decided'], default: 'pending' } },
      ],
    },
  },
  '/approvals/{ticket}': {
    ...createParameter('ticket'),
    get: {
      ...createOperation('readApproval', 'For whoever asked, and for reviewers', {
        200: { description: 'As it is now.', content: createJsonContent('approval') },
      }),
      parameters: [
        { name: 'Prefer', in: 'header', description: 'wait=30 waits for an answer', schema: { type: 'string' } },
      ],
    },
  },
  '/approvals/{ticket}/decision': {
    ...createParameter('ticket'),
    post: createOperation(
      'decideApproval',
      'For reviewers: agree or not, to exactly what was shown',
      { 200: { description: 'Taken.', content: createJsonContent('approval') }, 409: problemResponse },
      'decision',
    ),
  },
  '/reviews': {
    get: createOperation('listReviews', 'For reviewers: break-glass sessions that are not reviewed yet', {
      200: { description: 'Open reviews.', content: createJsonContent('reviews') },
    }),
  },
  '/reviews/{session}': {
    ...createParameter('session'),
    post: createOperation(
      'signReview',
      'For reviewers: complete a break-glass review',
      { 200: { description: 'Review completed.', content: createJsonContent('review') } },
      'sign',
    ),
  },
  '/suspensions': {
    get: createOperation('listSuspensions', 'For reviewers: the actors that are suspended where they oversee', {
      200: { description: 'What holds now.', content: createJsonContent('suspensions') },
    }),
    post: createOperation(
      'suspendActor',
      'For reviewers: suspend an actor for a time',
      { 201: { description: 'It holds, and the sessions are over.', content: createJsonContent('suspended') } },
      'suspend',
    ),
    delete: {
      ...reinstating(
        'reinstateNamed',
        'For reviewers: the same as with the actor in the path, for ids that a path cannot hold, such as `..`',
      ),
      parameters: [{ name: 'actor', in: 'query', required: true, schema: { type: 'string' } }],
    },
  },
  '/suspensions/{actor}': {
    ...createParameter('actor'),
    delete: reinstating('reinstateActor', 'For reviewers: end a suspension before its time'),
  },
  '/openapi.json': {
    get: {
      ...createOperation('readContract', 'This document', {
        200: { description: 'OpenAPI 3.1.', content: { 'application/json': { schema: { type: 'object' } } } },
      }),
      security: [],
    },
  },
};

const document = {
  openapi: '3.1.1',
  info: {
    title: 'Sallyport',
    version: packageVersion,
    description: 'Just-in-time access to data: one schema, for a while, every statement judged and recorded.',
  },
  security: [{ bearer: [] }],
  components: { securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } }, schemas },
  paths,
};

/** The contract as OpenAPI 3.1, made of the schemas that validate; `prefix` is where it is mounted. */
export function createOpenApi(prefix = ''): string {
  return JSON.stringify({ ...document, servers: [{ url: prefix === '' ? '/' : prefix }] });
}
