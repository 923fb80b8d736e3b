import type { KnownBlock } from '@slack/types';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Block } from '../../../src/adapters/slack/blocks.js';
import { createMessage, type Message, type MessageContext } from '../../../src/adapters/slack/message.js';
import { escapeMrkdwn } from '../../../src/adapters/slack/escape-mrkdwn.js';
import { formatHistoryLine } from '../../../src/adapters/slack/titles.js';
import type { Notice, NoticeStatement } from '../../../src/core/index.js';
import { soon } from '../expect-eventually.js';
import { notice } from '../notices.js';
import { sqlForAll } from '../sql.js';
import { here } from './test-mount.js';
import { buttonOf, isWithinLimits } from './workspace.js';

const analyzer = sqlForAll();

type ReadonlyDeep<T> = T extends object ? { readonly [Name in keyof T]: ReadonlyDeep<T[Name]> } : T;
/** Our blocks are Slack's: this does not compile where they are not. */
const blocksFit = (ours: Block): ReadonlyDeep<KnownBlock> => ours;

const setting: MessageContext = {
  link: 'https://jit.acme.dev/jit/review#/approvals/1',
  history: [],
  approve: 'shown',
  createValue: ({ decision }) => decision,
};
const statement = notice.statement as NoticeStatement;
const about = (more: Partial<NoticeStatement>, rest: Partial<Notice> = {}): Message =>
  createMessage({ ...notice, ...rest, statement: { ...statement, ...more } }, setting);
const offered = (message: Message): boolean => buttonOf(message as never, 'approve') !== undefined;

describe('approving from a message', () => {
  it('is offered where all that would run is shown, to the byte', () => {
    expect(offered(about({}))).toBe(true);
    expect(offered(about({ redacted: 'DELETE FROM "a b" WHERE x <> y AND z & w > 1' }))).toBe(true);
  });

  it.each([
    ['values are hidden', {}, { redacted: 'DELETE FROM orders WHERE id = ?', whole: false }],
    ['the text cannot be shown without its values', {}, { redacted: '', whole: false }],
    ['there is no text at all', {}, { redacted: '' }],
    ['the text is longer than a message', {}, { redacted: `DELETE FROM orders WHERE a IN (${'b, '.repeat(2_000)}b)` }],
    ['a character in it is not seen', {}, { redacted: 'DELETE FROM "a\u200bb"' }],
    ['it runs from right to left', {}, { redacted: 'DELETE FROM "a\u202eb"' }],
    ['a letter in it is of another script', {}, { redacted: 'DELETE FROM "\u0430b"' }],
    ['it would end the code span', {}, { redacted: 'DELETE FROM "a```b"' }],
    ['a line breaks in it', {}, { redacted: 'DELETE FROM "a\nb"' }],
    ['a blank in it is another blank', {}, { redacted: 'DELETE FROM "a\u00a0b"' }],
    ['a name it writes is of another script', {}, { writes: ['ACME.OPS."\u0430B"'] }],
    [
      'it names more objects than are shown',
      {},
      { reads: Array.from({ length: 200 }, (_, n) => `ACME.OPS.TABLE_${n}`) },
    ],
    ['the schema is of another script', { schema: 'ACME."\u0430"' }, {}],
    ['who asks is not seen', { actor: { id: 'idp:a\u2066gent' } }, {}],
    ['a name is longer than is shown', { principal: { id: 'idp:a', name: 'b'.repeat(2_000) } }, {}],
    ['the words are longer than is shown', { reason: '&'.repeat(1_000) }, {}],
  ])('is not where %s: only rejecting is, and the page', (_why, rest, more) => {
    const message = about(more, rest);
    expect(offered(message)).toBe(false);
    expect(buttonOf(message as never, 'reject')?.value).toBe('reject');
    expect(buttonOf(message as never, 'page')?.url).toBe(setting.link);
    expect(JSON.stringify(message)).toContain("To approve it, look at it on the reviewers' page.");
    expect(isWithinLimits(message.blocks)).toBe(true);
  });

  it('is never where that is switched off', () => {
    const message = createMessage(notice, { ...setting, approve: 'never' });
    expect([offered(message), buttonOf(message as never, 'reject') === undefined]).toEqual([false, false]);
  });

  it('is offered of an opening, which says for how long, and whether it is for an emergency', () => {
    const { statement: _, session: __, ...opening } = { ...notice, ttlMs: 120_500 };
    expect(offered(createMessage(opening, setting))).toBe(true);
    expect(JSON.stringify(createMessage(opening, setting))).toContain('`open a session for 121 s`');
    expect(JSON.stringify(createMessage({ ...opening, breakGlass: true }, setting))).toContain(
      '`open a session for 121 s under the rules for emergencies`',
    );
  });

  it('is told of a real statement by what is hidden in it', async () => {
    const at = await here({ parts: { analyzer } });
    const given = [
      ['DELETE FROM orders', []],
      ['DELETE FROM orders WHERE id = 7', []],
      ['DELETE FROM orders WHERE id = ?', [7]],
      ['DELETE FROM orders WHERE "\u0430" = y', []],
      ['UPDATE orders SET a = b WHERE c > d', []],
    ] as const;
    for (const [sql, binds] of given) await at.ticket(await at.write({ sql, binds }));
    await soon(() => at.slack.messages.size).toBe(given.length);
    expect([...at.slack.messages.values()].map((each) => buttonOf(each, 'approve') !== undefined)).toEqual([
      true,
      false,
      false,
      false,
      true,
    ]);
    const [, hidden] = [...at.slack.messages.values()];
    const forged = {
      ...hidden,
      blocks: hidden?.blocks?.map((each) =>
        each.type === 'actions'
          ? { ...each, elements: each.elements.map((button) => ({ ...button, action_id: 'sallyport.approve' })) }
          : each,
      ),
    };
    at.slack.messages.set('forged', forged as never);
    await at.press('U0BOB', 'approve');
    await soon(() => at.slack.whispers.at(-1)?.text).toContain('(INVALID_REQUEST, slack.button)');
    expect(at.audit.events.some(({ code }) => code === 'statement.approval_decided')).toBe(false);
  });
});

describe("a text of somebody else's", () => {
  it.each([
    [
      '<!channel> <@U0BOB> <https://evil.example|the page> &lt;',
      '&lt;!channel&gt; &lt;@U0BOB&gt; &lt;https://evil.example|the page&gt; &amp;lt;',
      true,
    ],
    [
      'a\u202eb\u0000c\u200bd\ufefff\u3164g\u00a0h\u2028i',
      'a⟦U+202E⟧b⟦U+0000⟧c⟦U+200B⟧d⟦U+FEFF⟧f⟦U+3164⟧g⟦U+00A0⟧h⟦U+2028⟧i',
      false,
    ],
    ['`code` ```block```', '⟦U+0060⟧code⟦U+0060⟧ ⟦U+0060⟧⟦U+0060⟧⟦U+0060⟧block⟦U+0060⟧⟦U+0060⟧⟦U+0060⟧', false],
    ['a\nb\tc', 'a⟦U+000A⟧b⟦U+0009⟧c', false],
    ['\ud800 lone', '⟦U+D800⟧ lone', false],
    ['Zoë 😀 日本', 'Zoë 😀 日本', true],
    ['\u{e0041}tag', '⟦U+E0041⟧tag', false],
  ])('%j', (given, text, exact) => {
    expect(escapeMrkdwn(given, 1_000)).toEqual({ text, exact, cut: 0 });
  });

  it('is cut between characters, and says how much is missing', () => {
    expect(escapeMrkdwn('ab😀cd', 4)).toEqual({ text: 'ab😀', exact: false, cut: 2 });
    expect(escapeMrkdwn('a<b', 4)).toEqual({ text: 'a', exact: false, cut: 2 });
    const message = about({ redacted: `DELETE FROM orders WHERE ${'a AND '.repeat(1_000)}the_tail` });
    expect(JSON.stringify(message.blocks)).toMatch(/_\d+ more characters are not shown here\._/);
  });

  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 4_000 }),
    fc.stringMatching(/^[<>&`!@#|*_~:\u202e\u200b\n x]{0,3000}$/),
    fc.constantFrom('', '<!here>', 'https://evil.example', '```', '&amp;', '\u2066'),
  );
  const named = fc.record({ id: text, name: text });
  const notices: fc.Arbitrary<Notice> = fc.record({
    type: fc.constantFrom<Notice['type']>(
      'approval.requested',
      'approval.decided',
      'approval.closed',
      'session.revoked',
      'breakglass.activated',
      'breakglass.reviewed',
    ),
    id: fc.uuid(),
    at: fc.constant(1_790_000_000_000),
    connection: text,
    schema: text,
    access: fc.constantFrom('read' as const, 'write' as const),
    principal: named,
    actor: named,
    reason: text,
    session: text,
    ticket: fc.uuid(),
    digest: fc.constant('ab'.repeat(32)),
    state: fc.constantFrom('pending', 'approved', 'void', '__proto__'),
    expiresAt: fc.constant(1_790_000_900_000),
    by: named,
    comment: text,
    statement: fc.record({
      kind: fc.constant('write' as const),
      operation: text,
      summary: text,
      redacted: text,
      whole: fc.boolean(),
      reads: fc.array(text, { maxLength: 5 }),
      writes: fc.array(text, { maxLength: 5 }),
    }),
  });

  it('never mentions, links, hides, breaks out or exceeds, wherever it stands', () => {
    fc.assert(
      fc.property(notices, (given) => {
        const message = createMessage(given, {
          ...setting,
          history: [formatHistoryLine(given)].filter((each) => each !== undefined),
        });
        expect(isWithinLimits(message.blocks.map(blocksFit) as readonly Block[])).toBe(true);
        for (const each of [message.text, ...textsIn(message.blocks)]) {
          const ours = each.replaceAll(/<!date\^\d+\^\{date_short_pretty\} \{time_secs\}\|2026-[\d:.TZ-]+>/g, '');
          expect(ours).not.toMatch(/[<>]|&(?!(?:amp|lt|gt);)|[\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Cn}]|(?!\n)\p{Cc}/u);
          expect((ours.match(/`/g) ?? []).length % 2).toBe(0);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('is the same text again when read back, where it says that it is exact', () => {
    fc.assert(
      fc.property(text, (given) => {
        const { text: shown, exact } = escapeMrkdwn(given, 20_000);
        const back = shown.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
        expect(exact ? back : given).toBe(given);
        if (!exact) expect(shown).toMatch(/⟦U\+[0-9A-F]{4,6}⟧/);
      }),
      { numRuns: 500 },
    );
  });
});

function textsIn(blocks: readonly Block[]): readonly string[] {
  return blocks.flatMap((block) => {
    if (block.type === 'context') return block.elements.map(({ text }) => text);
    if (block.type === 'actions') return block.elements.map(({ text }) => text.text);
    return 'fields' in block ? block.fields.map(({ text }) => text) : [block.text.text];
  });
}
