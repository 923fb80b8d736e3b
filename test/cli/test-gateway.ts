import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { systemClock } from '../../src/core/index.js';
import { mount } from '../adapters/express/test-hosts.js';
import { office, type Office } from '../core/approvals/test-reviewers.js';
import { atTerminal, inProcess, type Ended } from './command.js';

const folder = mkdtempSync(join(tmpdir(), 'sallyport-approvals-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Options that carry the token of this name. */
export const by = (token: string): readonly string[] => {
  const file = join(folder, encodeURIComponent(token));
  writeFileSync(file, `${token}\n`);
  return ['--token-file', file];
};

export interface Place extends Office {
  readonly url: string;
  readonly cli: (who: string, ...args: readonly string[]) => Promise<Ended>;
  readonly typing: (
    who: string,
    typed: () => string | undefined | Promise<string | undefined>,
    ...args: readonly string[]
  ) => Promise<Ended>;
}

/** A gateway where a statement waits, and the command that asks it. */
export async function place(terms?: string): Promise<Place> {
  const built = await office({ clock: systemClock }, terms);
  const { url } = await mount(built.gateway);
  return {
    ...built,
    url,
    cli: (who, ...args) => inProcess([...args, '--url', url, ...by(who)]),
    typing: (who, typed, ...args) => atTerminal([...args, '--url', url, ...by(who)], typed),
  };
}
