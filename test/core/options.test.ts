import { describe, expect, it } from 'vitest';
import { AccessError } from '../../src/core/index.js';
import { findNearestName } from '../../src/core/data/nearest-name.js';
import { readOptions } from '../../src/core/options.js';

interface Some {
  readonly mustDeny?: readonly string[];
  readonly url?: string;
  readonly timeoutMs?: number;
  readonly nested?: { readonly depth?: number };
}

const names = { mustDeny: true, url: true, timeoutMs: true, nested: { depth: true } } as const;
const read = (given: unknown): Some => readOptions<Some>(given, names, 'casbin');

function refusal(given: unknown): AccessError {
  try {
    read(given);
  } catch (error) {
    if (AccessError.is(error)) return error;
    throw error;
  }
  throw new Error('it was taken');
}

describe('a name that is no option is refused, with the one that was meant', () => {
  it.each<[object, string]>([
    [{ mustdeny: [] }, 'casbin: unknown option "mustdeny"; did you mean "mustDeny"?'],
    [{ mustDney: [] }, 'casbin: unknown option "mustDney"; did you mean "mustDeny"?'],
    [{ uri: 'x' }, 'casbin: unknown option "uri"; did you mean "url"?'],
    [{ timeout: 1 }, 'casbin: unknown option "timeout"; did you mean "timeoutMs"?'],
    [{ nested: { dept: 1 } }, 'casbin: unknown option "nested.dept"; did you mean "nested.depth"?'],
    [{ skip: true }, 'casbin: unknown option "skip"; known are mustDeny, nested, timeoutMs, url'],
    [{ mustdeny: undefined }, 'casbin: unknown option "mustdeny"; did you mean "mustDeny"?'],
    [
      { ['x'.repeat(5_000)]: 1 },
      `casbin: unknown option "${'x'.repeat(60)}…"; known are mustDeny, nested, timeoutMs, url`,
    ],
    [{ 'a\n\u202E': 1 }, 'casbin: unknown option "a\\n'],
    [Object.defineProperty({}, 'hidden', { value: 1, enumerable: false }), 'unknown option "hidden"'],
    [JSON.parse('{"__proto__":{"url":"x"}}') as object, 'unknown option "__proto__"'],
    [{ constructor: 1 }, 'unknown option "constructor"'],
  ])('%j', (given, message) => {
    expect(refusal(given)).toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringContaining(message) as string,
    });
  });
});

describe('what is no set of options is refused with a typed error', () => {
  it.each([null, undefined, 7, 'url', true, [], [{ url: 'x' }], () => ({})])('%j', (given) => {
    expect(refusal(given)).toMatchObject({ code: 'CONFIG_INVALID', message: 'casbin: options must be an object' });
  });

  it.each([null, 7, 'depth', []])('nor is %j as one of the options', (nested) => {
    expect(refusal({ nested })).toMatchObject({ code: 'CONFIG_INVALID', message: 'casbin: nested must be an object' });
  });

  it('what throws when it is read, with the cause', () => {
    const cause = new Error('getter');
    const thrower = (): never => {
      throw cause;
    };
    const traps = [
      new Proxy({}, { ownKeys: thrower }),
      new Proxy({}, { has: thrower }),
      new Proxy({ url: 'x' }, { get: thrower }),
      {
        get url() {
          return thrower();
        },
      },
      {
        nested: {
          get depth() {
            return thrower();
          },
        },
      },
    ];
    for (const given of traps) expect(refusal(given)).toMatchObject({ code: 'CONFIG_INVALID', cause });
    const revoked = Proxy.revocable({}, {});
    revoked.revoke();
    expect(refusal(revoked.proxy)).toMatchObject({ code: 'CONFIG_INVALID' });
  });
});

describe('what counts are the options that the object itself holds', () => {
  it('an inherited one is refused, not left out', () => {
    expect(refusal(Object.create({ url: 'x' }))).toMatchObject({
      message: 'casbin: option "url" is inherited; set it on the object itself',
    });
    class Options {
      get url(): string {
        return 'x';
      }
    }
    expect(refusal(new Options())).toMatchObject({
      message: 'casbin: option "url" is inherited; set it on the object itself',
    });
  });

  it('what somebody put on Object.prototype stops the start where it is one, and is nothing where it is none', () => {
    const polluted = Object.prototype as Record<string, unknown>;
    try {
      polluted['stranger'] = 1;
      expect(Object.keys(read({ url: 'x' }))).toEqual(['url']);
      polluted['mustDeny'] = [];
      expect(refusal({ url: 'x' })).toMatchObject({
        message: expect.stringContaining('"mustDeny" is inherited') as string,
      });
    } finally {
      delete polluted['stranger'];
      delete polluted['mustDeny'];
    }
  });

  it('undefined is as left out, at every level, and a class with fields of its own will do', () => {
    class Options {
      readonly url = 'x';
      readonly timeoutMs = undefined;
      readonly nested = { depth: undefined };
    }
    expect(read(new Options())).toEqual({ url: 'x', nested: {} });
    expect(Object.hasOwn(read({ timeoutMs: undefined }), 'timeoutMs')).toBe(false);
    expect(read(Object.assign(Object.create(null) as object, { url: 'y' }))).toEqual({ url: 'y' });
  });

  it('each is read once, so that it cannot be another when it is used', () => {
    let count = 0;
    expect(
      read({
        get url() {
          count += 1;
          return `read ${count}`;
        },
      }),
    ).toEqual({ url: 'read 1' });
  });
});

describe('nearest', () => {
  it.each([
    ['plugin', 'plugins'],
    ['jwksUrl', 'jwksUri'],
    ['maxLifetimeMS', 'maxLifetimeMs'],
    ['clinetId', 'clientId'],
    ['skip', undefined],
    ['fsync', undefined],
    ['', undefined],
    ['x'.repeat(100_000), undefined],
  ])('of %s is %s', (name, meant) => {
    expect(findNearestName(name, ['plugins', 'jwksUri', 'maxLifetimeMs', 'clientId', 'scope'])).toBe(meant);
  });
});
