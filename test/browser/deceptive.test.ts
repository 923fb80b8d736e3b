import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withChromium } from './chromium.js';
import { company, trusting, type Company } from './test-company.js';
import { goTo, signIn, visitor, type Visitor } from './browser-session.js';

const chromium = withChromium();

const markup = `</script></pre><script>window.hit=1</script><img src=x onerror="window.hit=2"><svg onload=window.hit=3><a href="javascript:window.hit=4">x</a><iframe srcdoc="<script>parent.hit=5</script>"></iframe>{{7*7}}\${7*7}`;
const turned = '\u202e\u2066right\u2069\u202c';
const unseen = 'a\u200bb\u00adc\ufeffd\u3164e\u{e0041}';
const odd = `${markup} ${turned} ${unseen}`;

/** A line of 5,000 columns, a run of blanks and many line ends, with what matters behind them all. */
const long = `SELECT-NOT '${'x'.repeat(2_400)}${' '.repeat(1_200)}${'y'.repeat(1_400)}${'\n'.repeat(300)}' OR id = 4711`;
const sql = `DELETE FROM "ОRDERS" WHERE note = '${odd.replaceAll("'", "''")}' OR note = '${long.slice(12)}`;

/** Where the last word of the statement stands, and whether anything clips it on the way up. */
const tail = `(() => {
  const pre = document.querySelector('pre.sql');
  const last = document.createTreeWalker(pre, NodeFilter.SHOW_TEXT);
  let node = null; while (last.nextNode()) if (/4711/.test(last.currentNode.data)) node = last.currentNode;
  const range = document.createRange(); range.selectNodeContents(node);
  const box = range.getBoundingClientRect();
  const clips = []; for (let at = pre; at !== null; at = at.parentElement) {
    const style = getComputedStyle(at);
    if (at.scrollHeight > at.clientHeight + 1 && style.overflowY !== 'visible' && at !== document.documentElement) clips.push(at.tagName + ' ' + style.overflowY);
    if (at.scrollWidth > at.clientWidth + 1 && style.display !== 'inline') clips.push(at.tagName + ' too wide');
    if (style.textOverflow === 'ellipsis' || style.webkitLineClamp !== 'none' || style.clipPath !== 'none') clips.push(at.tagName + ' cut');
  }
  return { inside: box.left >= 0 && box.right <= innerWidth && box.width > 0 && box.height > 0, size: parseFloat(getComputedStyle(node.parentElement).fontSize), clips };
})()`;

describe.skipIf(chromium.missing)('a text that means to deceive', { timeout: 300_000 }, () => {
  let acme: Company;
  let bob: Visitor;
  let ticket: string;
  let session: string;
  beforeAll(async () => {
    acme = await company({
      analyzer: trusting({ database: 'ACME', schema: 'OPS', name: 'ОRDERS', kind: 'relation' }),
      seenAs: (identity) => ({
        ...identity,
        principal: { ...identity.principal, name: odd },
        actor: { ...identity.actor, name: `Воb ${odd}` },
      }),
    });
    ({ ticket, session } = await acme.held(sql, { binds: [odd, '4711', 7, null, true], reason: odd }));
    bob = await visitor(chromium.browser, acme);
    await signIn(bob.page, 'bob');
  }, 120_000);
  afterAll(async () => {
    await bob.context.close();
    await acme.close();
  });

  /** Nothing of it has become markup, was run, or is there without being seen. */
  const harmless = async (): Promise<void> => {
    const { hit, elements, text } = await bob.page.evaluate<{ hit: unknown; elements: number; text: string }>(
      '({ hit: window.hit ?? null, elements: document.body.querySelectorAll(\'script, img, svg, iframe, object, [onerror], [onload], a[href^="javascript" i]\').length, text: document.body.textContent })',
    );
    expect({ hit, elements }).toEqual({ hit: null, elements: 0 });
    expect(text).not.toMatch(/(?!\n)[\p{C}\p{Default_Ignorable_Code_Point}]/u);
    await bob.wellBehaved();
  };

  it('is shown whole, with what cannot be seen as codes, and does nothing', async () => {
    await goTo(bob.page, `#/approvals/${ticket}`);
    await bob.page.locator('pre.sql').waitFor();
    const shown = (await bob.page.locator('pre.sql').textContent()) ?? '';
    for (const code of [
      '⟨U+202E⟩⟨U+2066⟩right⟨U+2069⟩⟨U+202C⟩',
      'a⟨U+200B⟩b⟨U+00AD⟩c⟨U+FEFF⟩d⟨U+3164⟩e⟨U+E0041⟩',
      '⟨1200 blanks⟩',
      '⟨300 ends of line⟩',
      '<script>window.hit=1</script>',
    ])
      expect(shown).toContain(code);
    expect(shown.endsWith("' OR id = 4711")).toBe(true);
    expect(await bob.page.getByText(/^All of it, [\d,]+ characters in 301 lines/).textContent()).toContain(
      Array.from(sql).length.toLocaleString('en'),
    );
    await harmless();
    await bob.picture('deceptive');
  });

  it('is announced at the top, with its count and its false names', async () => {
    const notice = await bob.page.getByRole('region', { name: 'Suspicious characters' }).innerText();
    expect(notice).toMatch(
      /\d+ characters that cannot be seen[\s\S]*U\+202E right-to-left override ×\d[\s\S]*U\+200B zero width space/,
    );
    expect(notice).toMatch(/ОRDERS looks like another word and is not: it is not ORDERS \(U\+041E\)/);
    expect(notice).toMatch(/Воb looks like another word and is not: it is not Bob/);
    const objects = await bob.page.locator('dl.facts > div', { hasText: /^Writes/ }).innerText();
    expect(objects).toMatch(/ACME\.OPS\."ОRDERS\s*not ORDERS: U\+041E\s*"/);
    const [top, text] = [
      await bob.page.locator('.notice-grave').first().boundingBox(),
      await bob.page.locator('pre.sql').boundingBox(),
    ];
    expect(top?.y).toBeLessThan(text?.y ?? 0);
  });

  it.each([
    [1_100, 900],
    [375, 740],
  ])('never hides its end, at %i pixels', async (width, height) => {
    await bob.page.setViewportSize({ width, height });
    const { inside, size, clips } = await bob.page.evaluate<{ inside: boolean; size: number; clips: string[] }>(tail);
    expect({ inside, clips }).toEqual({ inside: true, clips: [] });
    expect(size).toBeGreaterThan(12);
    if (width === 375) await bob.picture('deceptive-phone');
    await bob.page.setViewportSize({ width: 1_100, height: 900 });
  });

  it('stands in the order of its characters, whatever direction their script has', async () => {
    const { ticket: hebrew } = await acme.held("UPDATE orders SET a = 'אבג' WHERE b = 'xyz'");
    await goTo(bob.page, `#/approvals/${hebrew}`);
    await bob.page.locator('pre.sql', { hasText: 'אבג' }).waitFor();
    const lefts = await bob.page.evaluate<readonly number[]>(`(() => {
      const walk = document.createTreeWalker(document.querySelector('pre.sql'), NodeFilter.SHOW_TEXT);
      const lefts = []; while (walk.nextNode()) for (let at = 0; at < walk.currentNode.length; at += 1) { const r = document.createRange(); r.setStart(walk.currentNode, at); r.setEnd(walk.currentNode, at + 1); lefts.push([r.getBoundingClientRect().top, r.getBoundingClientRect().left]); }
      return lefts.filter(([top]) => top === lefts[0][0]).map(([, left]) => left);
    })()`);
    expect(lefts.length).toBeGreaterThan(10);
    expect(lefts).toEqual(lefts.toSorted((one, other) => one - other));
  });

  it('says apart what the agent says, and that nobody checked it', async () => {
    await goTo(bob.page, `#/approvals/${ticket}`);
    const says = bob.page.getByRole('region', { name: 'Stated reason not checked' });
    await says.waitFor();
    expect(await says.innerText()).toContain('window.hit=1');
    expect(await bob.page.locator('dl.facts').innerText()).not.toContain('to tidy up');
    const order = await bob.page.evaluate<readonly string[]>(
      "[...document.querySelectorAll('main h2')].map((each) => each.textContent)",
    );
    expect(order.slice(-4)).toEqual([
      'Facts from the gateway',
      'The text that would run',
      'Stated reason not checked',
      'Your decision',
    ]);
    const binds = await bob.page.locator('ol.binds').innerText();
    expect(binds).toMatch(/^text\s[\s\S]*⟨U\+202E⟩[\s\S]*text 4711 4 characters\nnumber 7\nnull\s*\nboolean true$/);
  });

  it('is as harmless in a comment, a list, a timeline, and the dialogs', async () => {
    await bob.page.getByLabel(/^Comment/).fill(odd);
    await bob.page.getByRole('button', { name: 'Reject' }).click();
    await bob.page.getByText('Rejected. Nothing runs').waitFor();
    await harmless();
    for (const [hash, sign] of [
      ['#/approvals', '.card'],
      ['#/decided', '.card'],
      [`#/sessions/${session}`, '.timeline'],
      ['#/sessions', '.card'],
    ] as const) {
      await goTo(bob.page, hash);
      await bob.page.locator(sign).first().waitFor();
      await harmless();
    }
    await bob.page
      .getByRole('button', { name: /^Revoke/ })
      .first()
      .click();
    await bob.page.getByRole('dialog').waitFor();
    await harmless();
    await bob.page.keyboard.press('Escape');
    await acme.session({ reason: odd, breakGlass: true });
    await goTo(bob.page, '#/reviews');
    await bob.page.getByRole('button', { name: /^Complete review/ }).click();
    await bob.page.getByRole('dialog').waitFor();
    await harmless();
  });
});
