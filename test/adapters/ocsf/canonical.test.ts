import { assert, jsonValue, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalize } from '../../../src/adapters/ocsf/canonical.js';

describe('canonical JSON (RFC 8785)', () => {
  it('writes the example of RFC 8785 §3.2.2 as §3.2.3 gives it', () => {
    const given: unknown = JSON.parse(
      String.raw`{"numbers":[333333333.33333329,1E30,4.50,2e-3,0.000000000000000000000000001],"string":"\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/","literals":[null,true,false]}`,
    );
    expect(canonicalize(given)).toBe(
      String.raw`{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}`,
    );
  });

  it('sorts by UTF-16 code units, as §3.2.3 shows', () => {
    const given = {
      '\u20ac': 'Euro Sign',
      '\r': 'Carriage Return',
      '\ufb33': 'Hebrew Letter Dalet With Dagesh',
      '1': 'One',
      '\ud83d\ude00': 'Emoji: Grinning Face',
      '\u0080': 'Control',
      '\u00f6': 'Latin Small Letter O With Diaeresis',
    };
    const values = Object.values(JSON.parse(canonicalize(given)) as object);
    expect(Object.keys(given).toSorted()).toEqual(['\r', '1', '\u0080', '\u00f6', '\u20ac', '\ud83d\ude00', '\ufb33']);
    expect(canonicalize(given).indexOf('Carriage')).toBeLessThan(canonicalize(given).indexOf('"One"'));
    expect(canonicalize(given).indexOf('Grinning')).toBeLessThan(canonicalize(given).indexOf('Hebrew'));
    expect(values).toHaveLength(7);
  });

  it.each([
    [0, '0'],
    [-0, '0'],
    [5e-324, '5e-324'],
    [-5e-324, '-5e-324'],
    [1.7976931348623157e308, '1.7976931348623157e+308'],
    [9007199254740992, '9007199254740992'],
    [295147905179352830000, '295147905179352830000'],
    [9.999999999999997e22, '9.999999999999997e+22'],
    [1e23, '1e+23'],
    [1e21, '1e+21'],
    [0.000001, '0.000001'],
    [333333333.3333332, '333333333.3333332'],
  ])('writes %d as appendix B does', (number, text) => {
    expect(canonicalize(number)).toBe(text);
  });

  it('is the same whatever the order of members, and reads back as the same value', () => {
    assert(
      property(jsonValue({ maxDepth: 4 }), (value) => {
        const text = canonicalize(value);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
        expect(canonicalize(reversed(JSON.parse(text)))).toBe(text);
        expect(text).not.toContain('\n');
      }),
    );
  });

  it('has a form for lone surrogates: the replacement character', () => {
    expect(canonicalize(['\ud800', 'a\udc00b', '\ud83d\ude00', '\udc00\ud800'])).toBe(
      '["\ufffd","a\ufffdb","\u{1f600}","\ufffd\ufffd"]',
    );
  });

  it('puts a name with half a pair where its written form belongs, and writes no name twice', () => {
    for (const given of [
      { '\ud800': 1, '\ue000': 2 },
      { '\ud800': 1, '\ud801': 2 },
      { a: { 'x\udc00': [{ '\udfff': 1, '\ufffe': 2 }] }, '\uffff': 1 },
    ]) {
      const text = canonicalize(given);
      expect(canonicalize(JSON.parse(text))).toBe(text);
    }
    expect(canonicalize({ '\ud800': 1, '\ue000': 2 })).toBe('{"\ue000":2,"\ufffd":1}');
  });

  it('leaves out what is undefined and refuses what is not JSON', () => {
    expect(canonicalize({ a: undefined, b: 1 })).toBe('{"b":1}');
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY, 1n, () => 1, [undefined], Symbol('x')])
      expect(() => canonicalize(value)).toThrow(/JSON has no form/);
  });
});

function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([name, each]) => [name, reversed(each)]),
  );
}
