import { expect, it, onTestFinished, vi } from 'vitest';
import { mount } from '../adapters/express/test-hosts.js';
import { office } from '../core/approvals/test-reviewers.js';

/** Not named in the import itself: its types are those of a browser, which would then hold for all tests. */
const page: string = '../../page/api.js';

interface Api {
  suspend(actor: string, said: object): Promise<unknown>;
  suspensions(): Promise<readonly { readonly actor: string }[]>;
  reinstate(actor: string): Promise<unknown>;
}

it('the page suspends and reinstates an actor of any name, also one that a path would lose', async () => {
  const { url } = await mount((await office()).gateway);
  vi.stubGlobal('location', new URL(`${url}/review`));
  onTestFinished(() => void vi.unstubAllGlobals());
  const { createApi } = (await import(page)) as { createApi: (token: string, expired: () => void) => Api };
  const api = createApi('bob', () => undefined);
  for (const actor of ['.', '..', 'idp:a/b', 'idp:a b+c', 'idp:ü&x=y', 'idp:%2e']) {
    await api.suspend(actor, {});
    expect((await api.suspensions()).map((each) => each.actor)).toContain(actor);
    await api.reinstate(actor);
    expect(await api.suspensions()).toEqual([]);
  }
});
