import type { Agent, Directory } from './directory.js';

interface Known {
  readonly directory: Directory;
  readonly issuer: string;
  readonly mount: string;
  readonly redirectUri: string;
  readonly verifier: string;
}

const tokenOf = String.raw`sed 's/.*"access_token":"\([^"]*\)".*/\1/'`;
const idOf = String.raw`sed 's/.*"id":"\([^"]*\)".*/\1/'`;

/** One line each, for a POSIX shell with curl and sed. */
export function commands(place: Pick<Known, 'issuer' | 'mount'>, agent: Agent): string[] {
  const bearer = `-H "authorization: Bearer $TOKEN"`;
  const json = `-H 'content-type: application/json'`;
  const opening = JSON.stringify({ connection: 'warehouse', schema: 'ACME.OPS', access: 'read', ttl: 300, reason: 'trying it by hand' });
  const query = JSON.stringify({ sql: 'SELECT order_id, customer, amount FROM ops.orders WHERE amount > 490' });
  return [
    `TOKEN=$(curl -s -u '${agent.id}:${agent.secret}' -d grant_type=client_credentials ${place.issuer}/token | ${tokenOf})`,
    `SESSION=$(curl -s ${bearer} ${json} -d '${opening}' ${place.mount}/sessions | ${idOf})`,
    `curl -s ${bearer} ${json} -d '${query}' ${place.mount}/sessions/$SESSION/statements`,
    `curl -s ${bearer} -X DELETE ${place.mount}/sessions/$SESSION`,
    `curl -s ${bearer} ${place.mount}/sessions/$SESSION/record`,
  ];
}

/** Shown after signing in by the printed link: the command that turns the code into a token of the person. */
export function exchangeCommand({ directory, issuer, redirectUri, verifier }: Known, code: string): string {
  const { id } = directory.agents.orders;
  const form = `-d grant_type=authorization_code -d code=${code} -d code_verifier=${verifier} -d redirect_uri=${redirectUri}`;
  return [
    `${id} may now work for you. Within a minute, in a shell, with the secret of ${id} as SECRET:`,
    '',
    `TOKEN=$(curl -s -u "${id}:$SECRET" ${form} ${issuer}/token | ${tokenOf})`,
  ].join('\n');
}
