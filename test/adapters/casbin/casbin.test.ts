import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { casbin } from '../../../src/adapters/casbin/index.js';
import { model } from '../../../src/adapters/casbin/model.js';
import { objectCovers } from '../../../src/adapters/casbin/object-pattern.js';
import { actionCovers, sameText } from '../../../src/adapters/casbin/rule.js';
import { policyContract } from '../../../src/core/contract/index.js';
import { ask, policyOf } from './policy-queries.js';

const contract = `
g, idp:reader, role:readers, warehouse
g, idp:agent, role:readers, warehouse
p, role:readers, warehouse, ACME.OPS, open:read, allow
p, role:readers, warehouse, ACME.OPS.*, read, allow
p, role:readers, warehouse, ACME.OPS.SALARIES, read, deny
p, idp:agent, warehouse, ACME.OPS.*, write, allow, approval
`;

describe('casbin keeps the policy contract', () => {
  it.each(policyContract({ policy: () => policyOf(contract) }))('$name', (each) => each.run());
});

describe('every way Casbin is known to fail open (threats 3.3)', () => {
  const one = 'p, idp:alice, warehouse, ACME.OPS.*, read, allow';

  it('a deny row wins over an allow row for the same request', async () => {
    const policy = await policyOf(`${one}\np, idp:alice, warehouse, ACME.OPS.PAY, read, deny, , no-pay`);
    expect(await ask(policy, 'idp:alice', 'read', 'ACME.OPS.PAY')).toMatchObject({ effect: 'deny', rules: ['no-pay'] });
  });

  it.each([
    ['read', 'ACME.OPS', 'ACME.OPS.PAY'],
    ['*', 'ACME.OPS', 'ACME.OPS.PAY'],
    ['*', 'ACME.*', 'ACME.OPS.PAY'],
    ['read', 'ACME.OPS.*', 'ACME.OPS'],
    ['read', '*.*', 'ACME.OPS.PAY'],
  ])('a deny of %s on %s reaches %s', async (action, object, asked) => {
    const policy = await policyOf(
      `${one}\np, idp:alice, warehouse, ACME.OPS, read, allow\np, idp:alice, warehouse, ${object}, ${action}, deny, , reached`,
    );
    expect(await ask(policy, 'idp:alice', 'read', asked)).toMatchObject({ effect: 'deny', rules: ['reached'] });
  });

  it('no matching row denies', async () => {
    expect((await ask(await policyOf(one), 'idp:alice', 'write', 'ACME.OPS.ORDERS')).effect).toBe('deny');
  });

  it.each(['Deny', 'ALLOW', 'permit', '', 'allow '])(
    'an effect of %j is a fault at load, or what it says',
    async (effect) => {
      const loading = policyOf(`p, idp:alice, warehouse, ACME.OPS.*, read, ${effect}`);
      if (effect.trim() === 'allow') await expect(loading).resolves.toBeDefined();
      else
        await expect(loading).rejects.toMatchObject({
          code: 'CONFIG_INVALID',
          message: expect.stringContaining('policy.csv:1') as string,
        });
    },
  );

  it('a missing effect column is a fault at load', async () => {
    await expect(policyOf('p, idp:alice, warehouse, ACME.OPS.*, read')).rejects.toMatchObject({
      message: expect.stringContaining('5 to 7 fields') as string,
    });
  });

  it.each([
    ['ACME.OPS.ORDERS', 'ACME.OPS.ORDERS_2'],
    ['ACME.OPS.ORDERS', 'XACME.OPS.ORDERS'],
    ['ACME.OPS.*', 'ACME.OPS2.ORDERS'],
    ['ACME.OPS.*', 'ACME.OPS'],
    ['ACME.OPS.*', 'ACME.OPS.A.B'],
    ['ACME.*.ORDERS', 'ACME.OPS.ORDERSX'],
  ])('matching is anchored: %s does not cover %s', async (pattern, object) => {
    expect(
      (await ask(await policyOf(`p, idp:alice, warehouse, ${pattern}, read, allow`), 'idp:alice', 'read', object))
        .effect,
    ).toBe('deny');
  });

  it('a request value of another type is not the text it looks like', async () => {
    const policy = await policyOf(one);
    const whole = ['idp:alice', 'read', 'ACME.OPS.ORDERS', 'warehouse'] as const;
    // Known by now, so that it may not be found by what only looks like it either.
    expect((await ask(policy, ...whole)).effect).toBe('permit');
    for (const [position, text] of whole.entries()) {
      for (const odd of [
        [text],
        { toString: () => text, toJSON: () => text },
        Object(text),
        1,
        true,
        null,
        Number.NaN,
      ]) {
        const given = whole.map((each, index) => (index === position ? odd : each)) as unknown as typeof whole;
        const decision = await ask(policy, ...given, 'idp:alice').catch(() => ({ effect: 'deny' }));
        expect([position, odd, decision.effect]).toEqual([position, odd, 'deny']);
      }
    }
  });

  it('the matcher has no brackets to forget, runs no text, and each of its functions answers true or false', () => {
    expect(model).toContain('e = some(where (p.eft == allow)) && !some(where (p.eft == deny))');
    const matcher = /^m = (.*)$/m.exec(model)?.[1] ?? '';
    expect(matcher.split(' && ').map((each) => each.split('(')[0])).toEqual([
      'g',
      'sameText',
      'objectCovers',
      'actionCovers',
    ]);
    expect(matcher).not.toMatch(/\|\||==|regex|glob|keyMatch|eval|\bin\b/i);
    for (const odd of ['', 'a', 'ACME.OPS', '*', '.', '"'] as const)
      for (const other of ['', 'a', 'ACME.OPS.T', '*'] as const) {
        for (const answer of [
          sameText(odd, other),
          objectCovers(odd, other, 'allow'),
          objectCovers(odd, other, 'deny'),
          actionCovers(odd, other),
        ])
          expect(typeof answer).toBe('boolean');
      }
  });

  it('a subject named like a role does not hold it', async () => {
    const policy = await policyOf(
      'g, idp:alice, role:admin, warehouse\np, role:admin, warehouse, ACME.OPS.*, read, allow',
    );
    expect((await ask(policy, 'idp:alice', 'read', 'ACME.OPS.ORDERS')).effect).toBe('permit');
    for (const name of ['role:admin', 'admin', 'idp:role:admin', 'idp:admin'])
      expect((await ask(policy, name, 'read', 'ACME.OPS.ORDERS')).effect).toBe('deny');
  });

  it('an empty subject is nobody, and an empty field is a fault at load', async () => {
    expect((await ask(await policyOf(one), '', 'read', 'ACME.OPS.ORDERS')).effect).toBe('deny');
    for (const row of [
      'p, , warehouse, ACME.OPS.*, read, allow',
      'p, idp:alice, , ACME.OPS.*, read, allow',
      'p, idp:alice, warehouse, , read, allow',
      'p, idp:alice, warehouse, ACME.OPS.*, , allow',
    ]) {
      await expect(policyOf(row)).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
    }
  });

  it('a decision is a decision, not a promise of one', async () => {
    expect(await ask(await policyOf(one), 'idp:mallory', 'read', 'ACME.OPS.ORDERS')).toEqual({
      effect: 'deny',
      rules: [],
      policyVersion: expect.stringMatching(/^sha256:[0-9a-f]{64}$/) as string,
    });
  });

  it.each(['eval(p.sub)', 'constructor.constructor', 'a || true', "x') || ('1'=='1"])(
    'text that looks like code is only text: %s',
    async (text) => {
      const policy = await policyOf(one);
      for (const at of [
        [text, 'ACME.OPS.ORDERS'],
        ['idp:alice', text],
      ] as const)
        expect((await ask(policy, at[0], 'read', at[1])).effect).toBe('deny');
    },
  );

  it('a comma in a field does not shift columns silently', async () => {
    await expect(policyOf('p, idp:a,b, warehouse, ACME.OPS.*, read, allow')).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
    });
    const policy = await policyOf('p, idp:alice, warehouse, ACME.OPS."My, table", read, allow');
    expect((await ask(policy, 'idp:alice', 'read', 'ACME.OPS."My, table"')).effect).toBe('permit');
    expect((await ask(policy, 'idp:alice', 'read', 'ACME.OPS.MY')).effect).toBe('deny');
  });

  it('a role on one connection is no role on another', async () => {
    const policy = await policyOf(
      'g, idp:alice, role:ops, warehouse\np, role:ops, warehouse, A.B.*, read, allow\np, role:ops, lake, A.B.*, read, allow',
    );
    expect((await ask(policy, 'idp:alice', 'read', 'A.B.C', 'warehouse')).effect).toBe('permit');
    expect((await ask(policy, 'idp:alice', 'read', 'A.B.C', 'lake')).effect).toBe('deny');
  });

  it.each([
    '__proto__',
    'constructor',
    'hasOwnProperty',
    'idp:__proto__',
    'idp:a\nb',
    'idp:a,b',
    'idp:"a"',
    'idp:.*',
    'idp:ali\u0441e',
    'IDP:ALICE',
    'idp:alice ',
    '\uFEFFidp:alice',
  ])('a hostile name is a stranger: %j', async (name) => {
    expect((await ask(await policyOf(one), name, 'read', 'ACME.OPS.ORDERS')).effect).toBe('deny');
  });
});

describe('a decision', () => {
  it('names its rules, by id or by their number in the file, and gathers all obligations', async () => {
    const policy = await policyOf(
      'p, idp:alice, warehouse, A.B.*, read, allow, max_rows=100 note=see/this, first\np, idp:alice, warehouse, A.*.C, read, allow, max_rows=10 approval',
    );
    expect(await ask(policy, 'idp:alice', 'read', 'A.B.C')).toMatchObject({
      effect: 'permit',
      rules: ['first', 'policy.csv#2'],
      obligations: [
        { type: 'max_rows', value: 100 },
        { type: 'note', value: 'see/this' },
        { type: 'max_rows', value: 10 },
        { type: 'approval', value: true },
      ],
    });
  });

  it('follows roles that hold roles', async () => {
    const chain = Array.from({ length: 30 }, (_, level) => `g, role:r${level}, role:r${level + 1}, warehouse`).join(
      '\n',
    );
    const policy = await policyOf(
      `g, idp:alice, role:r0, warehouse\n${chain}\np, role:r30, warehouse, A.B.*, read, allow`,
    );
    expect((await ask(policy, 'idp:alice', 'read', 'A.B.C')).effect).toBe('permit');
    expect((await ask(policy, 'idp:bob', 'read', 'A.B.C')).effect).toBe('deny');
  });
});

describe('a policy that cannot be used', () => {
  it('is refused with every fault at its file and line', async () => {
    const text = [
      '# rules',
      'p, idp:alice, warehouse, acme.OPS.*, read, allow',
      'q, x',
      'p, idp:alice, warehouse, A.B, raed, allow',
      'g, idp:alice, admins, warehouse',
      'g, idp:alice, role:ghost, warehouse',
      'p, idp:alice, warehouse, A.B.C, read, allow, , same',
      'p, idp:alice, warehouse, A.B.D, read, allow, , same',
      'p, idp:alice, warehouse, A.B.C, read, deny, approval',
      'p, idp:alice, warehouse, A.B."x, read, allow',
      'p, idp:alice, warehouse, A.B.*, *, allow',
      'p, idp:alice, warehouse, A.B.C.D, read, allow',
      'p, idp:alice, warehouse, A.B.*, read, allow, MAX=1',
      'p, idp:alice, warehouse, A.B."X", read, allow',
      'p, idp:alice, warehouse, A.B."c d", open:read, allow',
      'p, idp:alice, warehouse, A.B.*, read, allow, max_rows=many',
    ].join('\r\n');
    const { message } = await policyOf(`\uFEFF${text}`).then(
      () => ({ message: '' }),
      (error: unknown) => error as Error,
    );
    for (const [line, words] of [
      [2, 'stored as ACME'],
      [3, 'p or g'],
      [4, 'action is one of'],
      [5, 'no role'],
      [6, 'has no rule'],
      [8, 'used already at policy.csv:7'],
      [9, 'no obligations'],
      [10, 'not closed'],
      [11, 'action is one of'],
      [12, 'each part a name or *'],
      [13, 'no obligations'],
      [14, 'needs no quotes'],
      [15, 'about a schema'],
      [16, 'whole number'],
    ] as const) {
      expect(message).toMatch(new RegExp(`policy\\.csv:${line}: .*${words.replaceAll(/[*.]/g, '.')}`));
    }
  });

  it.each([
    ['A.B', 'open:read', 'max_ttl=0', 'max_ttl needs a positive whole number, such as max_ttl=900000'],
    ['A.B', 'open:write', 'max_ttl=1.5', 'max_ttl needs a positive'],
    ['A.B', 'open:read', 'max_ttl', 'max_ttl needs a positive'],
    ['A.B.*', 'read', 'max_rows=0', 'max_rows needs a positive whole number, such as max_rows=1000'],
    ['A.B.*', 'read', 'max_bytes=-1', 'max_bytes needs a positive'],
    ['A.B.*', 'read', 'max_rows=1e3', 'max_rows needs a positive'],
    ['A.B.*', 'read', 'max_rows=9007199254740993', 'max_rows needs a positive'],
    ['A.B.*', 'read', 'max_rows=true', 'max_rows needs a positive'],
    ['A.B.*', 'read', 'max_ttl=5', 'a rule for read cannot carry max_ttl, .*open:read or open:write'],
    ['A.B', 'metadata', 'max_ttl=5', 'cannot carry max_ttl'],
    ['A.B.*', 'breakglass:read', 'max_ttl=5', 'cannot carry max_ttl'],
    ['A.B', 'breakglass:ddl', 'max_ttl=5', 'cannot carry max_ttl'],
    ['A.B', 'open:read', 'mask=name', 'a rule for open:read cannot carry mask, .*read, write, ddl or metadata'],
    ['A.B', 'open:write', 'max_row=5', 'cannot carry max_row'],
    ['A.B', 'breakglass:write', 'mask', 'cannot carry mask'],
    ['A.B', 'review:open', 'approval', 'a rule for review:open carries no obligations: leave approval out'],
    ['A.B.*', 'review:write', 'max_rows=5', 'carries no obligations'],
    ['A.B', 'oversee', 'note=x', 'carries no obligations'],
  ])('because %s, %s cannot carry %s', async (object, action, obligations, words) => {
    const { message } = await policyOf(
      `# one\np, idp:alice, warehouse, ${object}, ${action}, allow, ${obligations}, id`,
    ).then(
      () => ({ message: '' }),
      (error: unknown) => error as Error,
    );
    expect(message).toMatch(new RegExp(`policy\\.csv:2: .*${words}`));
  });

  it.each([
    ['A.B', 'open:read', 'max_ttl=1 max_rows=5 max_bytes=9 approval record=full'],
    ['A.B', 'breakglass:write', 'max_ttl=900000 approval'],
    ['A.B.*', 'breakglass:write', 'max_rows=5 mask=x'],
    ['A.B.*', 'read', 'max_rows=1 mask=x record approval=2'.replace('record', 'record=full')],
    ['A.B', 'metadata', 'max_rows=7'],
  ])('but %s, %s can carry %s', async (object, action, obligations) => {
    await expect(
      policyOf(`p, idp:alice, warehouse, ${object}, ${action}, allow, ${obligations}, id`),
    ).resolves.toBeDefined();
  });

  it.each([
    ['nothing', ''],
    ['comments only', '# none'],
    ['roles that go round', 'g, role:a, role:b, w\ng, role:b, role:a, w\np, role:a, w, A.B.*, read, allow'],
  ])('of %s', async (_name, text) => {
    await expect(policyOf(text)).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
  });

  it('that permits what must be denied is refused', async () => {
    const mustDeny = [{ subject: 'idp:intern', connection: 'warehouse', object: 'A.B.PAYROLL', action: 'read' }];
    await expect(policyOf('p, idp:intern, warehouse, A.B.*, read, allow', { mustDeny })).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringContaining('idp:intern may read A.B.PAYROLL') as string,
    });
    await expect(
      policyOf('p, idp:intern, warehouse, A.B.*, read, allow\np, idp:intern, warehouse, A.B.PAYROLL, *, deny', {
        mustDeny,
      }),
    ).resolves.toBeDefined();
  });

  it.each([
    [{ subject: 'intern' }, 'nobody'],
    [{ subject: 'role:x' }, 'nobody'],
    [{ connection: 'warehuose' }, 'no rule is about'],
    [{ object: 'a.b.c' }, 'no object'],
    [{ object: 'A.B.*' }, 'no object'],
    [{ action: 'raed' }, 'no action'],
  ])('and a test of nothing is no test: %o', async (change, message) => {
    const mustDeny = [{ subject: 'idp:intern', connection: 'warehouse', object: 'A.B.C', action: 'write', ...change }];
    await expect(policyOf('p, idp:intern, warehouse, A.B.*, read, allow', { mustDeny })).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringContaining(message) as string,
    });
  });
});

const version = (name: string): string =>
  `p, idp:alice, warehouse, A.B.*, read, allow, , ${name}-1\np, idp:alice, warehouse, A.B.C, read, allow, , ${name}-2`;

describe('reload', () => {
  it('puts new rules in force at once, and keeps the old ones where the new cannot be used', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'policy-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const path = join(folder, 'rules.csv');
    writeFileSync(path, 'p, idp:alice, warehouse, A.B.*, read, allow');
    const policy = await casbin({ policy: path });
    const first = policy.version;
    expect((await ask(policy, 'idp:alice', 'read', 'A.B.C')).effect).toBe('permit');
    writeFileSync(path, 'p, idp:bob, warehouse, A.B.*, read, allow');
    await policy.reload();
    expect(policy.version).not.toBe(first);
    expect(await ask(policy, 'idp:alice', 'read', 'A.B.C')).toMatchObject({
      effect: 'deny',
      policyVersion: policy.version,
    });
    writeFileSync(path, 'nonsense');
    await expect(policy.reload()).rejects.toMatchObject({ message: expect.stringContaining('rules.csv:1') as string });
    rmSync(path);
    await expect(policy.reload()).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
    expect((await ask(policy, 'idp:bob', 'read', 'A.B.C')).effect).toBe('permit');
  });

  it('has a version that follows the rules and their names, not where they stand', async () => {
    const rows = [
      'g, idp:alice, role:ops, warehouse',
      'p, role:ops, warehouse, A.B.*, read, allow, max_rows=5, named',
      'p, role:ops, warehouse, A.B.C, write, allow, approval',
    ];
    const { version: first } = await policyOf(rows.join('\n'));
    const same = [
      `# c\n\n${rows.join('\n')}`,
      `\uFEFF${rows.join('\r\n\r\n# between\r\n')}\r\n`,
      rows.join('\n').replaceAll(', ', ' ,  '),
      `${rows[1]}\n${rows[2]}\n# moved\n${rows[0]}`,
    ];
    for (const text of same) {
      const policy = await policyOf(text);
      expect(policy.version).toBe(first);
      expect((await ask(policy, 'idp:alice', 'write', 'A.B.C')).rules).toEqual(['policy.csv#2']);
    }
    const other = [
      rows.map((row) => row.replace('named', 'called')),
      rows.map((row) => row.replace('=5', '=6')),
      [...rows, rows[2] as string],
      rows.map((row) => row.replaceAll('role:ops', 'role:x')),
      [rows[0], rows[2], rows[1]],
    ];
    for (const changed of other) expect((await policyOf(changed.join('\n'))).version).not.toBe(first);
  });

  it('never mixes two versions in one decision', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'policy-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const path = join(folder, 'rules.csv');
    writeFileSync(path, version('a'));
    const policy = await casbin({ policy: path });
    const seen = new Map<string, string>();
    const progress = { done: false };
    const reloading = (async () => {
      for (let turn = 0; turn < 10; turn += 1) {
        writeFileSync(path, version(turn % 2 === 0 ? 'b' : 'a'));
        await policy.reload();
      }
      progress.done = true;
    })();
    for (let turn = 0; turn < 300 || !progress.done; turn += 1) {
      const { rules, policyVersion } = await ask(policy, 'idp:alice', 'read', 'A.B.C');
      expect(seen.get(policyVersion) ?? rules.join()).toBe(rules.join());
      seen.set(policyVersion, rules.join());
      await new Promise((resolve) => setImmediate(resolve));
    }
    await reloading;
    expect([...seen.values()].toSorted()).toEqual(['a-1,a-2', 'b-1,b-2']);
  });
});
