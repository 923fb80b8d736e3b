import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { resolveSettings } from '../../../src/adapters/express/options.js';
import { routes } from '../../../src/adapters/express/routes.js';
import type { Gateway } from '../../../src/core/index.js';
import { house } from './test-gateway.js';
import { mount } from './test-hosts.js';

const root = join(import.meta.dirname, '../../..');
const page = readFileSync(join(root, 'docs/rest.md'), 'utf8');
const source = ['src/adapters/express', 'src/http/server']
  .flatMap((folder) => readdirSync(join(root, folder)).map((name) => readFileSync(join(root, folder, name), 'utf8')))
  .join('\n');

describe('docs/rest.md', () => {
  it('names every route and no other', () => {
    const said = [...page.matchAll(/`(GET|POST|DELETE) (\/[\w/{}.]*)/g)].map(([, method, path]) => `${method} ${path}`);
    const there = Object.entries(routes).flatMap(([path, route]) =>
      Object.keys(route).map((method) => `${method} ${path}`),
    );
    expect(new Set(said)).toEqual(new Set(there));
  });

  it('names every option and its default', () => {
    const { onFault: _, ...caps } = resolveSettings({ run: () => undefined } as unknown as Gateway, {});
    expect(caps).toEqual({ jsonRows: 10_000, jsonBytes: 8 * 1_048_576, stallMs: 60_000 });
    for (const name of Object.keys(caps)) expect(page).toContain(`\`${name}\``);
    for (const value of ['10,000 rows', '8 MiB', '60,000']) expect(page).toContain(value);
  });

  it('shows a problem as it is', async () => {
    const { gateway } = await house();
    const { ask, session } = await mount(gateway);
    const { json } = await ask('POST', `/sessions/${await session()}/statements`, {
      body: { sql: 'SELECT acme.finance.payroll' },
    });
    const shown = JSON.parse(/```json\n(\{\n {2}"type"[^`]*)```/.exec(page)?.[1] ?? '') as Record<string, unknown>;
    expect({ ...shown, instance: '' }).toEqual({ ...json, instance: '' });
  });

  it('names every reason that this adapter gives, and no other', () => {
    const given = [...source.matchAll(/'((?:request|credential)\.\w+)'/g)].map(([, reason]) => reason);
    const said = [...page.matchAll(/`((?:request|credential)\.\w+)`/g)].map(([, reason]) => reason);
    expect(new Set(said)).toEqual(new Set(given));
  });
});
