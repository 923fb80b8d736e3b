import { isStop } from '../outcome.js';
import type { Credential, IdentityProvider } from '../ports.js';
import { expectThat, type ContractCase } from './case.js';

/** What an adapter's author supplies for `identityContract`. */
export interface IdentitySubject {
  readonly provider: () => Promise<IdentityProvider>;
  /** A good credential, and whom it stands for. */
  readonly good: { readonly credential: Credential; readonly principal: string; readonly actor: string };
  /** Credentials that must be denied, by what is wrong with them. */
  readonly bad: Readonly<Record<string, Credential>>;
}

/** The promises of `IdentityProvider`, one case each. */
export function identityContract({ provider, good, bad }: IdentitySubject): readonly ContractCase[] {
  const { signal } = new AbortController();
  const denied = (name: string, credential: Credential): ContractCase => ({
    name: `denies ${name}`,
    async run() {
      const answer = await (await provider()).authenticate(credential, signal);
      expectThat(isStop(answer) && answer.status === 'denied' && answer.code === 'UNAUTHENTICATED', 'it was let in');
      expectThat(
        credential.token === '' || !JSON.stringify(answer).includes(credential.token),
        'the denial repeats the credential',
      );
    },
  });
  return [
    {
      name: 'knows who a good credential stands for, and until when',
      async run() {
        const answer = await (await provider()).authenticate(good.credential, signal);
        expectThat(!isStop(answer), 'it was denied');
        expectThat(
          answer.principal.id === good.principal && answer.actor.id === good.actor,
          `it stands for ${answer.principal.id} and ${answer.actor.id}`,
        );
        expectThat(answer.expiresAt > Date.now(), 'it has run out');
        expectThat(!JSON.stringify(answer).includes(good.credential.token), 'the identity holds the credential');
      },
    },
    denied('another scheme', { ...good.credential, scheme: 'basic' }),
    denied('an empty token', { ...good.credential, token: '' }),
    denied('a cut token', { ...good.credential, token: good.credential.token.slice(0, -1) }),
    ...Object.entries(bad).map(([name, credential]) => denied(name, credential)),
  ];
}
