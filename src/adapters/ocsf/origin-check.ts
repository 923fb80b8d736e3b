import { createPublicKey, verify, type JsonWebKey, type KeyObject } from 'node:crypto';
import type { ChainHead, OriginCheck } from '../../core/index.js';
import type { CheckpointSigner } from './checkpoint.js';
import { parseLine } from './parse/line.js';
import type { PreviousChain } from './parse/event-claims.js';
import type { MapSettings } from './map-settings.js';
import type { PublicKey } from './signer.js';

/** Tells a writer's own lines, by its keys and by the chain. */
export function createOriginCheck(
  { authority, mac }: MapSettings,
  checkpointSigner: CheckpointSigner | undefined,
): OriginCheck {
  /** Keys that the writer announced itself, of which it may not know any more. */
  const announced: PublicKey[] = [];
  return {
    async isOwn(line) {
      const read = checkpointSigner === undefined ? undefined : parseLine(line, 'log');
      if (checkpointSigner === undefined || read?.kind !== 'checkpoint') return false;
      const {
        jws,
        kid,
        claims: { next },
      } = read.signed;
      const isOwn = [...(await checkpointSigner.listKeys()), ...announced].some(
        (key) => key.kid === kid && verifySignature(jws, key),
      );
      if (isOwn && next !== undefined) announced.push(next);
      return isOwn;
    },
    follow: (line, head) => followHead(line, head, authority),
    ...(mac === undefined ? {} : { mac }),
  };
}

function verifySignature(jws: string, publicKey: PublicKey): boolean {
  const at = jws.lastIndexOf('.');
  const key: KeyObject = createPublicKey({ key: publicKey as unknown as JsonWebKey, format: 'jwk' });
  return verify(null, Buffer.from(jws.slice(0, at)), key, Buffer.from(jws.slice(at + 1), 'base64url'));
}

function followHead(line: string, head: ChainHead | undefined, authority: string): ChainHead | undefined {
  const read = parseLine(line, 'log', true);
  if (read?.kind !== 'event' || read.claims.stub || read.claims.computedFingerprint !== read.claims.fingerprint)
    return undefined;
  const { chain, sequence, id, type, fingerprint, previous, previousChain: before } = read.claims;
  const link: ChainHead = { chain, sequence, id, type, fingerprint };
  if (head === undefined) return link;
  const goesOn =
    sequence === 1
      ? chain !== head.chain && isHeadNamed(before, head)
      : chain === head.chain && sequence === head.sequence + 1 && previous?.fingerprint === head.fingerprint;
  return goesOn && read.claims.authority === authority ? link : undefined;
}

/** The first event of a chain names the end of the one before it. */
function isHeadNamed(before: PreviousChain | undefined, { chain, sequence, fingerprint }: ChainHead): boolean {
  return before?.chain === chain && before.sequence === sequence && before.fingerprint === fingerprint;
}
