import type { Grant, Json } from './model.js';
import type { Connector, EngineSetup } from './ports.js';
import { hashSha256 } from './data/sha256.js';

/**
 * SHA-256 of a statement without white space around it and without a closing semicolon, lower-case hex: how the record
 * names what a connector says of its own.
 */
export function setupDigest(text: string): Promise<string> {
  return hashSha256(text.trim().replace(/\s*;$/, ''));
}

/**
 * What a connector is about to say of its own for a session, as a fact; none where it does not tell, or cannot: then it
 * cannot open either.
 */
export async function setupFact(connector: Connector, grant: Grant): Promise<{ readonly setup?: Json }> {
  const setup = told(connector, grant);
  if (setup === undefined) return {};
  const { session, making = [], removing = [] } = setup;
  const [said, made, removed] = await Promise.all([digests(session), digests(making), digests(removing)]);
  return {
    setup: {
      session: said,
      ...(made.length === 0 ? {} : { making: made }),
      ...(removed.length === 0 ? {} : { removing: removed }),
    },
  };
}

function digests(texts: readonly string[]): Promise<readonly string[]> {
  return Promise.all(texts.map(setupDigest));
}

function told(connector: Connector, grant: Grant): EngineSetup | undefined {
  try {
    return connector.setup?.(grant);
  } catch {
    return undefined;
  }
}
