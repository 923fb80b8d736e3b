import type { Place } from './place.js';
import { commands, heldCommands } from './shell.js';
import { say, styled, table } from './terminal.js';
import { authorizationUrl } from './tokens.js';

/** What a reader can try while the place stays up; every command works as printed. */
export function printByHand(place: Place): void {
  const { agents, people } = place.directory;
  say(`\n${styled('bold', 'Now try it by hand')}\n`);
  say(
    table(
      ['address', 'what'],
      [
        [place.host, 'the host application: /health, /api/carriers'],
        [place.mount, 'Sallyport, mounted in it; its contract is at /openapi.json'],
        [place.review, 'where people review; bob may sign in there'],
        [place.mcp, 'the same for MCP clients: give them this address, and sign in on the page they open'],
        [place.issuer, 'the identity provider'],
      ],
    ),
    2,
  );
  say();
  say(
    table(
      ['client id', 'client secret', 'may'],
      Object.values(agents).map(({ id, secret, may }) => [id, secret, may]),
    ),
    2,
  );
  say(`\n${styled('dim', '# a token, a session, a query, the end, the record')}`, 2);
  say(commands(place, agents.orders).join('\n'), 2);
  say(
    `\n${styled('dim', `# a write that waits for a person: sign in as bob on ${place.review}, agree, and it runs`)}`,
    2,
  );
  say(heldCommands().join('\n'), 2);
  say(
    `\n${styled('dim', `# let ${agents.orders.id} work for ${people.map(({ id }) => id).join(' or ')}: open this, and follow the page`)}`,
    2,
  );
  say(authorizationUrl(place.issuer, agents.orders, place.redirectUri, place.verifier), 2);
  say(`\n${styled('dim', 'Ctrl-C closes every session and ends.')}`, 2);
}
