import { createPublicKey, verify, type JsonWebKey, type KeyObject } from 'node:crypto';
import type { Link, OriginCheck } from '../../core/index.js';
import type { Notary } from './checkpoint.js';
import { readLine } from './reading/line.js';
import type { Before } from './reading/told.js';
import type { MapSettings } from './settings.js';
import type { PublicKey } from './signer.js';

/** Tells a writer's own lines, by its keys and by the chain. */
export function createOriginCheck({ authority, mac }: MapSettings, notary: Notary | undefined): OriginCheck {
  /** Keys that the writer announced itself, of which it may not know any more. */
  const announced: PublicKey[] = [];
  return {
    async isOwn(line) {
      const read = notary === undefined ? undefined : readLine(line, 'log');
      if (notary === undefined || read?.kind !== 'checkpoint') return false;
      const { jws, kid, claims: { next } } = read.signed;
      const isOwn = [...(await notary.keys()), ...announced].some((key) => key.kid === kid && holds(jws, key));
      if (isOwn && next !== undefined) announced.push(next);
      return isOwn;
    },
    follow: (line, head) => follow(line, head, authority),
    ...(mac === undefined ? {} : { mac }),
  };
}

function holds(jws: string, publicKey: PublicKey): boolean {
  const at = jws.lastIndexOf('.');
  const key: KeyObject = createPublicKey({ key: publicKey as unknown as JsonWebKey, format: 'jwk' });
  return verify(null, Buffer.from(jws.slice(0, at)), key, Buffer.from(jws.slice(at + 1), 'base64url'));
}

function follow(line: string, head: Link | undefined, authority: string): Link | undefined {
  const read = readLine(line, 'log', true);
  if (read?.kind !== 'event' || read.told.stub || read.told.actual !== read.told.fingerprint) return undefined;
  const { chain, sequence, id, type, fingerprint, previous, before } = read.told;
  const link: Link = { chain, sequence, id, type, fingerprint };
  if (head === undefined) return link;
  const goesOn = sequence === 1 ? chain !== head.chain && names(before, head) : chain === head.chain && sequence === head.sequence + 1 && previous?.fingerprint === head.fingerprint;
  return goesOn && read.told.authority === authority ? link : undefined;
}

/** The first event of a chain names the end of the one before it. */
function names(before: Before | undefined, { chain, sequence, fingerprint }: Link): boolean {
  return before?.chain === chain && before.sequence === sequence && before.fingerprint === fingerprint;
}
