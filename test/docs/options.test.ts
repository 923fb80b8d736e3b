import { expect, it } from 'vitest';
import { defaultLimits } from '../../src/core/index.js';
import { members, quoted, read, table } from './page.js';

it.each([
  ['docs/limits.md', 'src/core/gateway.ts', 'GatewayLimits', '| option of `limits` | default | means |'],
  ['docs/gateway.md', 'src/core/container.ts', 'Parts', '| part | means |'],
  ['docs/gateway.md', 'src/core/start-check.ts', 'StartCheckOptions', '| option of `startCheck` | means |'],
  ['docs/identity.md', 'src/adapters/oidc/options.ts', 'OidcOptions'],
  ['docs/policy.md', 'src/adapters/casbin/index.ts', 'CasbinOptions'],
  ['docs/record.md', 'src/adapters/journal/options.ts', 'JournalOptions'],
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
])('%s names the options that there are', (page, source, name, header = '| option | means |') => {
  const told = table(read(page), header).flatMap(([option = '']) => quoted(option));
  expect(told.toSorted()).toEqual([...members(read(source), name)].toSorted());
});

it('limits.md has the default of each limit', () => {
  const told = table(read('docs/limits.md'), '| option of `limits` | default | means |').map(([option = '', value = '']) => [quoted(option)[0], Number(value.replaceAll(',', ''))]);
  expect(Object.fromEntries(told)).toEqual(defaultLimits);
});
