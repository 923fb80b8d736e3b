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

/** For a POSIX shell with curl and sed, to be pasted line by line or all at once. */
export function commands({ issuer, mount }: Pick<Known, 'issuer' | 'mount'>, agent: Agent): string[] {
  const opening = JSON.stringify({
    connection: 'warehouse',
    schema: 'ACME.OPS',
    access: 'read',
    ttl: 300,
    reason: 'trying it by hand',
  });
  const query = JSON.stringify({ sql: 'SELECT order_id, customer, amount FROM ops.orders WHERE amount > 490' });
  return [
    `JIT=${mount}`,
    `TOKEN=$(curl -s -u '${agent.id}:${agent.secret}' -d grant_type=client_credentials ${issuer}/token | ${tokenOf})`,
    `call() { curl -s -H "authorization: Bearer $TOKEN" -H 'content-type: application/json' "$@"; echo; }`,
    'call $JIT/connections',
    `SESSION=$(call $JIT/sessions -d '${opening}' | ${idOf})`,
    `call $JIT/sessions/$SESSION/statements -d '${query}'`,
    'call -X DELETE $JIT/sessions/$SESSION',
    'call $JIT/sessions/$SESSION/record',
  ];
}

/** To be pasted after those: a write, which waits up to a minute for a person to agree, and goes on by itself. */
export function heldCommands(): string[] {
  const opening = JSON.stringify({
    connection: 'warehouse',
    schema: 'ACME.OPS',
    access: 'write',
    ttl: 300,
    reason: 'clearing away what came back',
  });
  const cleanup = JSON.stringify({ sql: "DELETE FROM ops.orders WHERE status = 'returned'" });
  return [
    `SESSION=$(call $JIT/sessions -d '${opening}' | ${idOf})`,
    `call -H 'prefer: wait=60' $JIT/sessions/$SESSION/statements -d ${word(cleanup)}`,
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

/** One word of a POSIX shell, whatever stands in it. */
export function word(text: string): string {
  return /^[\w./:@%+=-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
