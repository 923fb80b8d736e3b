import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { createGateway } from 'sallyport';
import { casbin } from 'sallyport/casbin';
import { expressRouter } from 'sallyport/express';
import { journal } from 'sallyport/journal';
import { memoryAnalyzer, memoryEngine } from 'sallyport/memory';
import { oidc } from 'sallyport/oidc';

/** What the service is made of, told to whoever started it. */
export interface Ready {
  readonly port: number;
  /** By agent: its token, and the path where its session runs statements. The first one floods. */
  /** A route of Express alone, for what any request costs. */
  readonly bare: string;
  readonly agents: readonly { readonly token: string; readonly path: string }[];
}

const [folder = '', count = '1'] = process.argv.slice(2);
const [issuer, audience] = ['https://idp.bench.test', 'https://api.bench.test'];
const names = Array.from({ length: Number(count) }, (_, index) => `agent-${index}`);
const { privateKey, publicKey } = await generateKeyPair('ES256');
const keys = { keys: [{ ...(await exportJWK(publicKey)), kid: 'one', alg: 'ES256', use: 'sig' }] };
const rows = Array.from({ length: 10 }, (_, row) => [row, `customer ${row}`]);
const rules = names
  .map(
    (name) =>
      `p, idp:${name}, bench, BENCH.PUBLIC, open:read, allow\np, idp:${name}, bench, BENCH.PUBLIC.*, read, allow`,
  )
  .join('\n');

/**
 * A service as a team mounts it, with the limits that hold unless told otherwise: real tokens, rules and a durable
 * record. Only the engine takes no time.
 */
const gateway = await createGateway({
  connections: {
    bench: memoryEngine([{ database: 'BENCH', schema: 'PUBLIC' }], () => ({ columns: ['ID', 'NAME'], rows })),
  },
  identity: oidc({ issuer, audience, keys }),
  policy: await casbin({ policy: { name: 'bench', text: rules } }),
  audit: await journal({ directory: folder }),
  analyzer: memoryAnalyzer(),
});
const tokenOf = (subject: string): Promise<string> =>
  new SignJWT({ client_id: 'bench' })
    .setProtectedHeader({ alg: 'ES256', kid: 'one', typ: 'at+jwt' })
    .setIssuer(issuer)
    .setAudience(audience)
    .setSubject(subject)
    .setIssuedAt()
    .setExpirationTime('1h')
    .sign(privateKey);
const agents = await Promise.all(
  names.map(async (name) => {
    const token = await tokenOf(name);
    const opened = await gateway.open({
      credential: { scheme: 'bearer', token },
      connection: 'bench',
      schema: 'BENCH.PUBLIC',
      access: 'read',
      ttlMs: 3_600_000,
      reason: 'bench',
    });
    if (opened.status !== 'completed') throw new Error(JSON.stringify(opened));
    return { token, path: `/jit/sessions/${opened.value.id}/statements` };
  }),
);
const host = express()
  .post('/bare', express.json(), (_request, response) => void response.status(429).json({ code: 'RATE_LIMITED' }))
  .use('/jit', expressRouter(gateway));
const server = createServer(host).listen(0, '127.0.0.1', () => {
  const ready: Ready = { port: (server.address() as AddressInfo).port, bare: '/bare', agents };
  process.send?.(ready);
});
process.once('message', () => {
  server.closeAllConnections();
  void gateway.shutdown().then(() => process.exit(0));
});
