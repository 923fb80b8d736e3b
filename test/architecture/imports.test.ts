import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');

interface Import {
  readonly from: string;
  readonly to: string;
}

/**
 * Who may import what: the first row whose `from` matches decides; `to` is a package name or a path below the
 * repository.
 */
const rules: readonly { from: RegExp; may: RegExp }[] = [
  { from: /^src\/core\/container\.ts$/, may: /^(src\/core\/|tsyringe$|reflect-metadata$)/ },
  { from: /^src\/core\//, may: /^src\/core\// },
  { from: /^src\/http\/server\//, may: /^(src\/core\/index\.js$|src\/http\/server\/|node:|zod$)/ },
  { from: /^src\/http\/client\//, may: /^(src\/core\/index\.js$|src\/http\/client\/|node:)/ },
  {
    from: /^src\/adapters\/(http|webhook)\//,
    may: /^(src\/core\/index\.js$|src\/adapters\/$1\/|src\/http\/client\/|node:|$vendor)/,
  },
  {
    from: /^src\/adapters\/(slack)\//,
    may: /^(src\/core\/index\.js$|src\/adapters\/$1\/|src\/http\/server\/|src\/http\/client\/|node:|$vendor)/,
  },
  {
    from: /^src\/adapters\/(express|mcp)\//,
    may: /^(src\/core\/index\.js$|src\/adapters\/$1\/|src\/http\/server\/|node:|$vendor)/,
  },
  { from: /^src\/file-system\//, may: /^(src\/core\/index\.js$|src\/file-system\/|node:)/ },
  // What an application mounts: the journal in the form of OCSF.
  {
    from: /^src\/adapters\/(journal)\/journal\.ts$/,
    may: /^(src\/core\/index\.js$|src\/adapters\/$1\/|src\/adapters\/ocsf\/index\.js$)/,
  },
  {
    from: /^src\/adapters\/(journal|ocsf)\//,
    may: /^(src\/core\/index\.js$|src\/adapters\/$1\/|src\/file-system\/|node:|$vendor)/,
  },
  { from: /^src\/adapters\/([^/]+)\//, may: /^(src\/core\/index\.js$|src\/adapters\/$1\/|node:|$vendor)/ },
  {
    from: /^src\/snowflake-server\//,
    may: /^(src\/snowflake-server\/|src\/core\/options\.js$|node:|@duckdb\/node-api$|jose$)/,
  },
  { from: /^src\/plugins\//, may: /^(src\/core\/index\.js$|src\/plugins\/)/ },
  { from: /^page\/vite\.config\.ts$/, may: /^vite$/ },
  // Of the gateway it knows the shape of the answers, and nothing that runs: see the test of it.
  { from: /^page\/api-types\.ts$/, may: /^(zod$|src\/http\/server\/response-schemas\.js$)/ },
  { from: /^page\//, may: /^(page\/|preact$|preact\/hooks$|oauth4webapi$)/ },
  { from: /^examples\//, may: /^(?!src\/|dist\/|test\/)/ },
];

/** The packages each adapter is the only one to know. */
const vendors: Readonly<Record<string, string>> = {
  casbin: 'casbin|zod',
  duckdb: '@duckdb/node-api',
  express: 'express|zod',
  mcp: '@modelcontextprotocol/server|zod',
  ocsf: 'jose|zod',
  oidc: 'jose',
  opentelemetry: '@opentelemetry/api',
  slack: 'zod',
  snowflake: 'snowflake-sdk|jose',
  'snowflake-sql': '#polyglot-sql|@polyglot-sql/sdk|@guanmingchiu/sqlparser-ts',
};

export function judge({ from, to }: Import): boolean {
  const rule = rules.find((each) => each.from.test(from));
  if (rule === undefined) return true;
  const adapter = rule.from.exec(from)?.[1] ?? '';
  const vendor = vendors[adapter];
  const source = rule.may.source
    .replace('$1', adapter)
    .replace('|$vendor', vendor === undefined ? '' : `|(${vendor})(/|$)`);
  return new RegExp(source).test(to);
}

function importsOf(folder: string): Import[] {
  if (!existsSync(join(root, folder))) return [];
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name))
    .flatMap((name) => {
      const from = join(folder, name);
      const text = readFileSync(join(root, from), 'utf8');
      const specifiers = [
        ...text.matchAll(
          /(?:^|\s)(?:import|export)\s[^;'"]*?from\s+'([^']+)'|(?:^|\s)import\s+'([^']+)'|import\('([^']+)'\)|createRequire\([^)]*\)\('([^']+)'\)/g,
        ),
      ];
      return specifiers.map((match) => {
        const to = (match[1] ?? match[2] ?? match[3] ?? match[4]) as string;
        return { from, to: to.startsWith('.') ? relative(root, join(root, dirname(from), to)) : to };
      });
    });
}

describe('who may import what', () => {
  it('holds everywhere', () => {
    const broken = ['src', 'examples', 'page'].flatMap(importsOf).filter((each) => !judge(each));
    expect(broken).toEqual([]);
  });

  it('sees the imports it judges', () => {
    for (const folder of ['src', 'page']) expect(importsOf(folder).length).toBeGreaterThan(20);
  });

  it('the page takes nothing of the gateway but types', () => {
    expect(readFileSync(join(root, 'page/api-types.ts'), 'utf8').match(/^import (?!type )/gm)).toBeNull();
  });

  it('only the approval stage can mint a grant', () => {
    const minting = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' }).filter(
      (name) =>
        name.endsWith('.ts') &&
        /import[^;]*\bmintGrant\b[^;]*\/grant\.js'/.test(readFileSync(join(root, 'src', name), 'utf8')),
    );
    expect(minting).toEqual(['core/request/stages/approval.ts']);
    expect(readFileSync(join(root, 'src/core/index.ts'), 'utf8')).not.toMatch(/\bmint(Grant)?\b/);
  });

  it.each([
    ['core importing an adapter', 'src/core/pipeline.ts', 'src/adapters/casbin/index.js'],
    ['core importing a builtin', 'src/core/data/id.ts', 'node:crypto'],
    ['core importing a package', 'src/core/gateway.ts', 'zod'],
    ['a stage importing an adapter', 'src/core/request/stages/scope.ts', 'src/adapters/memory/index.js'],
    ['an adapter importing core internals', 'src/adapters/oidc/index.ts', 'src/core/session/grant.js'],
    ['an adapter importing another', 'src/adapters/duckdb/index.ts', 'src/adapters/snowflake-sql/index.js'],
    ['an adapter importing a foreign vendor', 'src/adapters/journal/index.ts', 'kafkajs'],
    [
      'an adapter that is no mount importing what mounts share',
      'src/adapters/oidc/index.ts',
      'src/http/server/host-request.js',
    ],
    [
      'an adapter that posts nothing importing what those share that do',
      'src/adapters/kafka/index.ts',
      'src/http/client/outbox.js',
    ],
    ['what those share importing one of them', 'src/http/client/outbox.ts', 'src/adapters/webhook/index.js'],
    [
      'a notifier that is no mount importing what mounts share',
      'src/adapters/webhook/index.ts',
      'src/http/server/host-request.js',
    ],
    ['what mounts share importing a mount', 'src/http/server/caller.ts', 'src/adapters/express/index.js'],
    ['a plugin importing core internals', 'src/plugins/business-hours.ts', 'src/core/plugin.js'],
    ['the server for tests importing the product', 'src/snowflake-server/index.ts', 'src/core/index.js'],
    ['the page importing what runs in the gateway', 'page/shell.tsx', 'src/http/server/response-schemas.js'],
    ['the page importing another package', 'page/sign-in.ts', 'jose'],
    ['the gateway importing the page', 'src/adapters/express/review-page.ts', 'page/settings.js'],
    ['an example importing the source', 'examples/minimal.ts', 'src/index.js'],
  ])('refuses %s', (_name, from, to) => {
    expect(judge({ from, to })).toBe(false);
  });
});
