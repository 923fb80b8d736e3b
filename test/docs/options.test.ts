import { readdirSync } from 'node:fs';
import { expect, it } from 'vitest';
import { defaultLimits } from '../../src/core/index.js';
import { members, quoted, read, table } from './page.js';

/** Which table of which page has the options of which interface. */
const tables: readonly (readonly [page: string, source: string, name: string, header?: string])[] = [
  ['docs/limits.md', 'src/core/gateway.ts', 'GatewayLimits', '| option of `limits` | default | means |'],
  ['docs/gateway.md', 'src/core/container.ts', 'Parts', '| part | means |'],
  ['docs/gateway.md', 'src/core/async/start-check.ts', 'StartCheckOptions', '| option of `startCheck` | means |'],
  ['docs/identity.md', 'src/adapters/oidc/options.ts', 'OidcOptions'],
  ['docs/policy.md', 'src/adapters/casbin/index.ts', 'CasbinOptions'],
  ['docs/record.md', 'src/adapters/journal/options.ts', 'OpenJournalOptions'],
  ['docs/kafka.md', 'src/adapters/kafka/options.ts', 'KafkaOptions', '| option of `kafka` | means |'],
  ['docs/kafka.md', 'src/adapters/file/options.ts', 'FileOptions', '| option of `fileSink` | means |'],
  ['docs/kafka.md', 'src/adapters/http/options.ts', 'HttpOptions', '| option of `httpSink` | means |'],
  ['docs/snowflake.md', 'src/adapters/snowflake/options.ts', 'SnowflakeOptions'],
  ['docs/approvals.md', 'src/core/approvals/options.ts', 'ApprovalOptions', '| option of `approvals` | means |'],
  ['docs/reviewing.md', 'src/adapters/express/review-options.ts', 'ReviewOptions', '| option of `review` | means |'],
  ['docs/notifying.md', 'src/adapters/webhook/options.ts', 'WebhookOptions', '| option of `webhook` | means |'],
  ['docs/notifying.md', 'src/adapters/slack/options.ts', 'SlackOptions', '| option of `slack` | means |'],
  ['docs/mcp.md', 'src/adapters/mcp/options.ts', 'McpOptions'],
  ['docs/audit.md', 'src/adapters/ocsf/options.ts', 'OcsfOptions', '| option of `ocsf` | means |'],
  ['docs/rest.md', 'src/adapters/express/options.ts', 'ExpressOptions'],
  ['docs/engines.md', 'src/adapters/duckdb/options.ts', 'DuckDBOptions'],
  ['docs/telemetry.md', 'src/adapters/opentelemetry/index.ts', 'OpenTelemetryOptions'],
  ['docs/kafka.md', 'src/adapters/kafka/kafka-log.ts', 'KafkaLogOptions', '| option of `kafkaLog` | means |'],
  ['docs/kafka.md', 'src/adapters/http/splunk.ts', 'SplunkOptions', '| option of `splunkHec` | means |'],
  ['docs/kafka.md', 'src/adapters/http/bulk.ts', 'BulkOptions', '| option of `bulk` | means |'],
  ['docs/kafka.md', 'src/adapters/http/ndjson.ts', 'NdjsonOptions', '| option of `ndjson` | means |'],
  [
    'docs/snowflake.md',
    'src/snowflake-server/index.ts',
    'SnowflakeServerOptions',
    '| option of `snowflakeServer` | means |',
  ],
  [
    'docs/statements.md',
    'src/adapters/snowflake-sql/index.ts',
    'SnowflakeSqlOptions',
    '| option of `snowflakeSql` | means |',
  ],
  [
    'docs/policy.md',
    'src/adapters/casbin/default-policy.ts',
    'DefaultPolicyOptions',
    '| option of `defaultPolicy` | means |',
  ],
  ['docs/audit.md', 'src/adapters/ocsf/local-keys.ts', 'LocalKeysOptions', '| option of `localKeys` | means |'],
  ['docs/audit.md', 'src/adapters/ocsf/verify/verifier.ts', 'VerifyOptions', '| option of `verifier` | means |'],
  ['docs/plugins.md', 'src/plugins/business-hours.ts', 'BusinessHours', '| option of `businessHours` | means |'],
  ['docs/plugins.md', 'src/plugins/require-reason.ts', 'RequireReason', '| option of `requireReason` | means |'],
  ['docs/plugins.md', 'src/plugins/freeze.ts', 'Freeze', '| option of `freeze` | means |'],
];

const whole = tables.map(
  ([page, source, name, header = '| option | means |']) => [page, source, name, header] as const,
);

it.each(whole)('%s has the options of %s: %s, and no other', (page, source, name, header) => {
  const told = table(read(page), header)
    .flatMap(([option = '']) => quoted(option))
    .map((option) => option.replace(/\(.*/, ''));
  expect(
    told.toSorted(),
    `the first column of "${header}" in ${page} must have the members of ${name} in ${source}`,
  ).toEqual([...members(read(source), name)].toSorted());
});

it('each interface of options that the sources export has a table', () => {
  const inside = new Set([
    'ChainedLogWriterOptions',
    'IdempotencyLimits',
    'JournalOptions', // those of OpenJournalOptions, with the form of the record
    'JsonLimits',
    'LruCacheLimits',
    'NotifierOptions',
    'PageLimits',
    'ParserPoolOptions',
    'QuarantineOptions',
    'RecentSessionLimits',
    'ReadOptions',
    'RepairOptions',
    'ReplayOptions',
  ]);
  const sources = readdirSync(new URL('../../src/', import.meta.url), { recursive: true, encoding: 'utf8' }).filter(
    (name) => name.endsWith('.ts'),
  );
  const exported = sources.flatMap((name) =>
    [...read(`src/${name}`).matchAll(/^export interface (\w+(?:Options|Limits))\b/gm)].map(([, found]) =>
      String(found),
    ),
  );
  const known = new Set(tables.map(([, , name]) => name));
  expect(
    exported.filter((name) => !known.has(name) && !inside.has(name) && name !== 'Limits'),
    'write a table of its options into the page of its part, and a row into `tables` above',
  ).toEqual([]);
});

it('limits.md has the default of each limit', () => {
  const told = table(read('docs/limits.md'), '| option of `limits` | default | means |').map(
    ([option = '', value = '']) => [quoted(option)[0], Number(value.replaceAll(',', ''))],
  );
  expect(Object.fromEntries(told)).toEqual(defaultLimits);
});
