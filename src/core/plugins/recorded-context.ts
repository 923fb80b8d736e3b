import { deepFreeze } from '../data/deep-freeze.js';
import type { Identified, Json } from '../model.js';
import { hashSha256 } from '../data/sha256.js';

type PluginContext = Identified['context'];

/** What plugins told may take up so many bytes of JSON in one event, all together. */
const maxContextBytes = 16_384;

/**
 * What of the plugins' facts is recorded: all of it, or, where that is too much for an event, size and digest in the
 * place of the largest.
 */
export async function limitRecordedContext(context: PluginContext): Promise<PluginContext> {
  const told = Object.entries(context).map(([plugin, own]) => {
    const text = JSON.stringify(own);
    return { plugin, text, bytes: new TextEncoder().encode(text).length };
  });
  if (told.reduce((sum, { bytes }) => sum + bytes, 0) <= maxContextBytes) return context;
  const recorded: Record<string, PluginContext[string]> = { ...context };
  let left = maxContextBytes;
  for (const { plugin, text, bytes } of told.toSorted((a, b) => a.bytes - b.bytes)) {
    left -= bytes;
    if (left < 0) recorded[plugin] = { omitted: { bytes, sha256: await hashSha256(text) } };
  }
  return deepFreeze(recorded);
}

/** Whether JSON gives it back as it is; an undefined member is as good as none. */
export function isJson(value: unknown): value is Json {
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value !== 'object') return typeof value === 'string' || typeof value === 'boolean';
  if (value === null) return true;
  // Not `every`: it skips holes.
  if (Array.isArray(value)) return Array.from(value as readonly unknown[]).every(isJson);
  return Object.values(value).every((each) => each === undefined || isJson(each));
}
