import { describe, expect, it } from 'vitest';
import { isVisible, visibleText } from '../../src/core/index.js';
import { receiveCompleteReview, receiveTicket, receiveComment } from '../../src/core/request/receive.js';
import type { RequestContext } from '../../src/core/request/context.js';

const nothing = [
  '',
  ' ',
  '\t\n',
  '\u00A0',
  '\u200B'.repeat(12),
  '\u200D\u200C\u2060',
  '\uFEFF',
  '\u00AD',
  '\u202E',
  '\u2028',
  '\u3164',
  '\u115F\u1160',
  '\uFFA0',
  '\u2800',
  '\u17B4',
  '\uFE0F',
  '\u{E0041}\u{E0042}',
  '\u{E0100}',
  '\u180E',
  '\u034F',
  '\u0301',
  '\0',
  '\uD800',
];

describe('what is seen of a text', () => {
  it.each(nothing)('nothing of %j', (text) => {
    expect([isVisible(text), visibleText(text)]).toEqual([false, '']);
  });

  it.each([
    ['a', 'a'],
    [' a  b ', 'a b'],
    ['a\u200Bb', 'ab'],
    ['\u202Eabc', 'abc'],
    ['é', 'é'],
    ['e\u0301', 'e\u0301'],
    ['注文', '注文'],
    ['🦊', '🦊'],
    ['-', '-'],
    ['1', '1'],
    ['\u0915\u094D\u200D\u0937', '\u0915\u094D\u0937'],
  ])('of %j this: %j', (text, seen) => {
    expect([isVisible(text), visibleText(text)]).toEqual([true, seen]);
  });

  it.each(nothing)('a reviewer who says %j has said nothing', async (comment) => {
    const trip = { seen: {}, id: 'x', at: 0 } as unknown as RequestContext;
    const credential = { scheme: 'bearer', token: 't' };
    const decided = receiveTicket(
      { credential, ticket: 't', decision: 'approve', digest: '0'.repeat(64), comment },
      trip,
    );
    const said = [
      decided,
      receiveComment({ credential, session: 's', comment }, trip),
      receiveCompleteReview({ credential, session: 's', comment }, trip),
    ];
    for (const each of await Promise.all(said))
      expect(each).toMatchObject({ status: 'denied', code: 'INVALID_REQUEST', reason: 'request.comment' });
  });
});
