import { lineOf, parse, type Facts } from './canonical.js';
import { data, metadata } from './world.js';

/** The stub of an event's line. `size`: what it says of the whole's, in kilobytes. */
export function stubOf(text: string, size: number = Math.ceil(Buffer.byteLength(text) / 1000)): Facts {
  const event = parse(text);
  delete event['authorizations'];
  const query = event['query_info'] as Facts | undefined;
  if (query?.['query_string'] !== undefined) query['query_string'] = '[withheld]';
  const facts = data(event);
  for (const [name, fact] of Object.entries(facts))
    if (typeof fact === 'object' ? fact !== null : typeof fact === 'string' && fact.length > 256) delete facts[name];
  const home = ['1.1.0', '1.3.0'].includes(metadata(event)['version'] as string)
    ? (event['unmapped'] as Facts)
    : metadata(event);
  Object.assign(home, { is_truncated: true, untruncated_size: size });
  return event;
}

export const stubLine = (text: string, size?: number): string => lineOf(stubOf(text, size));
