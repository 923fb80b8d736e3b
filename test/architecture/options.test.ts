import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  memoryAnalyzer,
  memoryAudit,
  memoryEngine,
  memoryIdentity,
  memoryPolicy,
} from '../../src/adapters/memory/index.js';
import * as core from '../../src/core/index.js';
import { AccessError, systemClock, type Gateway } from '../../src/core/index.js';

type Options = Readonly<Record<string, unknown>>;

interface Factory {
  /** Options that name everything there is a check for. They need not be usable: names are looked at first. */
  readonly options: Options;
  /** Where in these there are further sets of options, each as a path of names and indices. */
  readonly within?: readonly string[];
  /** What stands before the options. */
  readonly before?: readonly unknown[];
}

const root = join(import.meta.dirname, '../..');
const gateway = { run: () => undefined } as unknown as Gateway;
const client = { producer: () => undefined };
const principal = { id: 'idp:bob', subject: 'bob', issuer: 'https://idp.acme.example' };
const parts = {
  connections: { warehouse: memoryEngine([{ database: 'A', schema: 'B' }], () => ({ columns: [], rows: [] })) },
  identity: memoryIdentity({}),
  policy: memoryPolicy([]),
  audit: memoryAudit(),
  analyzer: memoryAnalyzer(),
  approvals: { scope: 's', personOf: () => 'p', ownerOf: () => 'o', pendingPerActor: 1, expiresMs: 1_000, notify: [] },
  plugins: [],
  limits: { maxRows: 1, sessionsPerActor: 1 },
  startCheck: { timeoutMs: 1 },
  clock: systemClock,
};
const journal = { directory: '/nowhere', ship: [], segmentBytes: 1, maxBytes: 1, keepMs: 1 };
const ephemeral = {
  strategy: 'ephemeral',
  accessRole: () => 'R',
  admin: { user: 'U', role: 'R', credential: { keyPair: { path: 'x', passphrase: 'x' } } },
  prefix: 'A_',
  reapEveryMs: 1_000,
};
const snowflake = {
  account: 'acme',
  url: 'https://acme.example',
  warehouse: 'W',
  user: 'U',
  schemas: ['A.B'],
  roles: ephemeral,
  credential: { externalOAuth: { issuer: 'i', audience: 'a', signingKey: 'k', algorithm: 'RS256' } },
};

/** Every exported function that takes options. */
const factories: Readonly<Record<string, Factory | readonly Factory[]>> = {
  createGateway: { options: parts, within: ['approvals', 'limits', 'startCheck'] },
  buildGateway: { options: parts, within: ['approvals', 'limits', 'startCheck'] },
  expressRouter: {
    before: [gateway],
    options: {
      resource: 'https://a.example',
      jsonRows: 1,
      onFault: () => undefined,
      review: { issuer: 'https://a.example', clientId: 'c', scope: 's', origins: [] },
    },
    within: ['review'],
  },
  mcpRouter: {
    before: [gateway],
    options: {
      resource: 'https://a.example',
      authorizationServers: ['https://a.example'],
      scopes: [],
      hosts: [],
      origins: [],
      stateKey: '',
      pageRows: 1,
      onRefused: () => undefined,
    },
  },
  oidc: [
    {
      options: {
        issuer: 'https://a.example',
        audience: 'a',
        jwksUri: 'https://a.example',
        claims: { client: 'c', scope: 's', name: 'n' },
        maxLifetimeMs: 1,
        clockToleranceMs: 1,
      },
      within: ['claims'],
    },
  ],
  casbin: {
    options: {
      policy: { name: 'n', text: '' },
      mustDeny: [{ subject: 's', connection: 'c', object: 'o', action: 'a' }],
    },
    within: ['policy', 'mustDeny.0'],
  },
  defaultPolicy: { options: { connection: 'c', schemas: [], users: [], reviewers: [], approval: 'a' } },
  duckdb: { options: { path: ':memory:', schemas: ['A.B'], setup: [], threads: 1, memoryLimit: '1GB' } },
  journal: { options: journal },
  ocsf: {
    options: {
      version: '1.9.0',
      authority: 'a',
      hmac: { id: 'i', secret: new Uint8Array(32) },
      level: 'full',
      tenant: 't',
    },
    within: ['hmac'],
  },
  localKeys: { options: { directory: '/nowhere', rotateMs: 1 } },
  verifier: { options: { keys: { keys: [] }, memory: {}, limit: 1, window: 1 } },
  kafka: {
    options: {
      client,
      prefix: 'p',
      topics: { events: 'e', checkpoints: 'c', sqltext: false, dlq: 'd' },
      headers: {},
      timeoutMs: 1,
      name: 'n',
    },
    within: ['topics'],
  },
  kafkaLog: {
    options: {
      client,
      prefix: 'p',
      topics: { events: 'e' },
      format: {},
      recallMs: 1,
      checkpointEvents: 1,
      degradedAfterMs: 1,
    },
    within: ['topics'],
  },
  readTopics: { options: { client, topics: [], from: 1, idleMs: 1 } },
  httpSink: {
    options: { url: 'https://a.example', format: {}, token: 't', headers: {}, maxBytes: 1, onPoison: () => undefined },
  },
  ndjson: { options: { text: true } },
  splunkHec: { options: { index: 'i', sourcetype: 's', text: 't' } },
  bulk: { options: { index: 'i', checkpoints: 'c', text: 't' } },
  webhook: {
    options: { url: 'https://a.example', secret: 's', page: 'p', timeoutMs: 1, retries: 1, onDropped: () => undefined },
  },
  slack: {
    options: {
      botToken: 't',
      signingSecret: 'signing-secret-of-it',
      team: 'T000',
      channel: 'C000',
      reviewers: { U000: principal },
      approve: 'never',
      page: 'https://a.example',
    },
    within: ['reviewers.U000'],
  },
  fileSink: { options: { path: '/nowhere', checkpoints: false, text: false, maxBytes: 1, mode: 0o600 } },
  snowflakeSql: { options: { functions: [], timeoutMs: 1, threads: 1, cached: 1 } },
  snowflake: [
    {
      options: snowflake,
      within: [
        'roles',
        'roles.admin',
        'roles.admin.credential',
        'roles.admin.credential.keyPair',
        'credential',
        'credential.externalOAuth',
      ],
    },
    {
      options: {
        ...snowflake,
        roles: { strategy: 'prepared', role: () => 'R' },
        credential: { oauth: { token: 't' } },
      },
      within: ['roles', 'credential.oauth'],
    },
    {
      options: { ...snowflake, credential: { workloadIdentity: { provider: 'OIDC', token: 't' } } },
      within: ['credential.workloadIdentity'],
    },
  ],
  snowflakeServer: {
    options: {
      account: 'a',
      databases: {},
      setup: '',
      integrations: [{ issuer: 'i', audience: 'a', jwks: { keys: [] } }],
      answerMs: 1,
    },
    within: ['integrations.0'],
  },
  opentelemetry: { options: { tracerProvider: {}, meterProvider: {}, queryText: true } },
  businessHours: { options: { timeZone: 'UTC', from: 8, days: ['Mon'], access: ['read'] } },
  freeze: { options: { frozen: () => true, hint: 'h' } },
  requireReason: { options: { minLength: 1, pattern: /x/, hint: 'h' } },
};

/**
 * Exported functions that take none: values, lists, names and tests. What the root exports for adapters beside the
 * gateway is not held to this list.
 */
const others: ReadonlySet<string> = new Set([
  'analyzerContract',
  'auditContract',
  'createRecordPage',
  'engineContract',
  'expectCode',
  'expectThat',
  'identityContract',
  'policyContract',
  'sampleEvent',
  'memoryAnalyzer',
  'memoryApprover',
  'memoryAudit',
  'memoryEngine',
  'memoryIdentity',
  'memoryPolicy',
  'composite',
  'onDenied',
  'eventSchema',
  'jwkSigner',
  'newSigningKey',
  'publicKey',
]);

const { exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  readonly exports: Readonly<Record<string, string | { readonly default: string }>>;
};
const entries = Object.values(exports).flatMap((each) =>
  typeof each === 'string' ? [] : [join(root, each.default.replace('./dist/', 'src/').replace(/\.js$/, '.ts'))],
);
const exported = new Map(
  (
    await Promise.all(entries.map(async (file) => Object.entries((await import(file)) as Record<string, unknown>)))
  ).flat(),
);

/** The options with one of their names misspelt, for each name at this path. */
function misspellings(
  { options }: Factory,
  path: string,
): readonly { readonly right: string; readonly options: Options }[] {
  return Object.keys(at(options, path)).map((name) => {
    const wrong = structuredCopy(options);
    const place = at(wrong, path) as Record<string, unknown>;
    place[`${name}s`] = place[name];
    delete place[name];
    return { right: name, options: wrong };
  });
}

function at(value: unknown, path: string): object {
  return (path === '' ? [] : path.split('.')).reduce<unknown>(
    (inner, name) => (inner as Options)[name],
    value,
  ) as object;
}

function structuredCopy<T>(value: T): T {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value) || value instanceof RegExp) return value;
  if (Array.isArray(value)) return value.map(structuredCopy) as T;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, structuredCopy(each)])) as T;
}

async function refusal(name: string, { before = [] }: Factory, options: unknown): Promise<unknown> {
  try {
    const made: unknown = await (exported.get(name) as (...given: readonly unknown[]) => unknown)(...before, options);
    if (typeof made === 'object' && made !== null && Symbol.asyncIterator in made)
      for await (const _each of made as AsyncIterable<unknown>);
    return 'it was taken';
  } catch (error) {
    return error;
  }
}

const cases = Object.entries(factories).flatMap(([name, all]) =>
  [all]
    .flat()
    .flatMap((factory) =>
      ['', ...(factory.within ?? [])].map((path) => [`${name}(${path})`, name, factory, path] as const),
    ),
);

describe('no exported function ignores an option', () => {
  it('each is in one of the two lists here: a new one belongs there too', () => {
    const functions = [...exported]
      .filter(
        ([name, value]) =>
          typeof value === 'function' &&
          /^[a-z]/.test(name) &&
          (!Object.hasOwn(core, name) || /^(?:create|build)/.test(name)),
      )
      .map(([name]) => name);
    expect(functions.toSorted()).toEqual([...Object.keys(factories), ...others].toSorted());
  });

  it.each(cases)('%s refuses each misspelt name and says which was meant', async (_title, name, factory, path) => {
    for (const { right, options } of misspellings(factory, path)) {
      const error = await refusal(name, factory, options);
      expect(error, right).toMatchObject({ code: 'CONFIG_INVALID' });
      expect((error as AccessError).message).toMatch(
        new RegExp(`unknown option "(?:[\\w.]+\\.)?${right}s"; did you mean "(?:[\\w.]+\\.)?\\w+"\\?`),
      );
    }
  });

  it.each(cases.filter(([, , , path]) => path === ''))(
    '%s refuses what is no object, and what throws when it is read, with a typed error',
    async (_title, name, factory) => {
      const trap = new Proxy(
        {},
        {
          ownKeys: () => {
            throw new Error('trap');
          },
        },
      );
      for (const given of [null, 7, 'text', [['x']], trap])
        expect(await refusal(name, factory, given), typeof given).toSatisfy((error) => AccessError.is(error));
    },
  );
});
