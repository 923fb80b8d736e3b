import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openPlace } from '../../examples/quickstart/place.js';
import { tokenOnBehalfOf } from '../../examples/quickstart/tokens.js';
import { withChromium } from './chromium.js';
import { signIn, visitor } from './browser-session.js';

const chromium = withChromium();

describe.skipIf(chromium.missing)('the quick start', { timeout: 300_000 }, () => {
  it('the held DELETE is on the page, bob approves it there, the repeated call runs it, and the record shows all of it', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'sallyport-review-'));
    const place = await openPlace({ port: 0, journal: join(folder, 'audit'), engine: 'duckdb' });
    const { value } = await tokenOnBehalfOf(place.issuer, place.directory.agents.orders, 'alice', place.redirectUri);
    const agent = async (
      method: string,
      path: string,
      body?: object,
    ): Promise<Readonly<Record<string, unknown>> & { readonly status: number }> => {
      const answer = await fetch(place.mount + path, {
        method,
        headers: { authorization: `Bearer ${value}`, ...(body && { 'content-type': 'application/json' }) },
        ...(body && { body: JSON.stringify(body) }),
      });
      return { ...((await answer.json()) as Readonly<Record<string, unknown>>), status: answer.status };
    };
    const session = String(
      (
        await agent('POST', '/sessions', {
          connection: 'warehouse',
          schema: 'ACME.OPS',
          access: 'write',
          ttl: 300,
          reason: 'Clear the backlog',
        })
      )['id'],
    );
    const sql = "DELETE FROM ops.orders WHERE status = 'cancelled'";
    const { ticket } = await agent('POST', `/sessions/${session}/statements`, { sql });

    const bob = await visitor(chromium.browser, place);
    await signIn(bob.page, 'bob');
    await bob.page.getByRole('link', { name: /DELETE ACME\.OPS\.ORDERS/ }).click();
    await bob.page.getByText(/^All of it, 49 characters in 1 line/).waitFor();
    expect(await bob.page.locator('pre.sql').textContent()).toBe(sql);
    await bob.page.getByRole('button', { name: 'Approve exactly this' }).click();
    await bob.page.getByText('Approved. The agent may ask again').waitFor();
    expect(await agent('POST', `/sessions/${session}/statements`, { sql, ticket })).toMatchObject({
      status: 200,
      operation: 'DELETE',
      affected: 91,
    });

    await bob.page.getByRole('link', { name: 'session timeline' }).click();
    await bob.page.getByText('91 rows changed').waitFor();
    expect(await bob.page.locator('.timeline').innerText()).toMatch(
      /statement waiting for approval[\s\S]*by idp:orders-agent for idp:alice[\s\S]*decision on a held statement[\s\S]*by idp:bob[\s\S]*approve[\s\S]*statement authorized[\s\S]*statement ran/,
    );
    await bob.wellBehaved();
    await bob.context.close();
    await place.close();
    rmSync(folder, { recursive: true });
  });
});
