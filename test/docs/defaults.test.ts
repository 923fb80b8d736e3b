import { expect, it } from 'vitest';
import { resolveSettings as fileSettings } from '../../src/adapters/file/options.js';
import { resolveSettings as httpSettings } from '../../src/adapters/http/options.js';
import { ndjson } from '../../src/adapters/http/index.js';
import { resolveSettings as journalSettings } from '../../src/adapters/journal/options.js';
import { resolveSettings as kafkaSettings } from '../../src/adapters/kafka/options.js';
import { resolveSettings as expressSettings } from '../../src/adapters/express/options.js';
import { resolveSettings as mcpSettings } from '../../src/adapters/mcp/options.js';
import { resolveSettings as webhookSettings } from '../../src/adapters/webhook/options.js';
import { resolveApprovalSettings } from '../../src/core/approvals/options.js';
import type { Gateway } from '../../src/core/index.js';
import { ocsf } from '../../src/adapters/ocsf/index.js';
import { quoted, read, table } from './page.js';

const gateway = { run: () => undefined } as unknown as Gateway;
const client = { producer: () => undefined } as unknown as Parameters<typeof kafkaSettings>[0]['client'];
const { sending, ...webhook } = webhookSettings({
  url: 'https://hooks.example',
  secret: `whsec_${Buffer.alloc(24).toString('base64')}`,
}) as unknown as { readonly sending?: object };

/** What a part makes of the fewest options that it takes. */
const settled: readonly (readonly [page: string, header: string, settings: object])[] = [
  ['docs/rest.md', '| option | means |', expressSettings(gateway, {})],
  ['docs/mcp.md', '| option | means |', mcpSettings(gateway, {})],
  [
    'docs/record.md',
    '| option | means |',
    journalSettings({
      directory: '/nowhere',
      format: ocsf({ authority: 'a' }),
      ship: [{ name: 's', deliver: async () => undefined }],
    }),
  ],
  ['docs/approvals.md', '| option of `approvals` | means |', resolveApprovalSettings({})],
  ['docs/kafka.md', '| option of `kafka` | means |', kafkaSettings({ client })],
  ['docs/kafka.md', '| option of `httpSink` | means |', httpSettings({ url: 'https://x.example', format: ndjson() })],
  ['docs/kafka.md', '| option of `fileSink` | means |', fileSettings({ path: '/nowhere/audit.jsonl' })],
  ['docs/notifying.md', '| option of `webhook` | means |', { ...webhook, ...sending }],
];

const units: readonly (readonly [string, number])[] = [
  ['KiB', 1_024],
  ['MiB', 1_024 ** 2],
  ['GiB', 1_024 ** 3],
  ['seconds', 1_000],
  ['minutes', 60_000],
  ['hours', 3_600_000],
  ['days', 86_400_000],
];

/** No compression; no rotation; of `reserveBytes` the part of `maxBytes` that it is. */
const words: ReadonlyMap<number, readonly string[]> = new Map([
  [0, ['none']],
  [Number.MAX_SAFE_INTEGER, ['never']],
  [(2 * 1_024 ** 3) / 64, ['1/64']],
]);

/** The ways in which a page may write a number: as it is, in bytes or in a span of time. */
function forms(value: number): readonly string[] {
  const plain = [value.toLocaleString('en-US'), String(value), value.toString(8)];
  const inUnits = units
    .filter(([, size]) => value >= size && Number.isInteger(value / size))
    .map(([unit, size]) => `${(value / size).toLocaleString('en-US')} ${unit}`);
  return [
    ...plain,
    ...inUnits,
    ...(value === 3_600_000 ? ['an hour'] : []),
    ...(value === 86_400_000 ? ['a day'] : []),
    ...(words.get(value) ?? []),
  ];
}

it.each(settled)('%s: "%s" has the default of each number', (page, header, settings) => {
  const wrong = table(read(page), header).flatMap(([names = '', means = '']) =>
    quoted(names).flatMap((name) => {
      const value = (settings as Readonly<Record<string, unknown>>)[name];
      if (typeof value !== 'number' || !Number.isFinite(value)) return [];
      return forms(value).some((form) =>
        new RegExp(`(?<![\\d,.])${form.replaceAll('.', '\\.')}(?![\\d]|[,.]\\d)`).test(means),
      )
        ? []
        : [`${name}: the default is ${value}, and the page says "${means}"`];
    }),
  );
  expect(wrong, `correct these in ${page} under "${header}"`).toEqual([]);
});
