/** The media type of rows as they come. */
export const ndjson = 'application/x-ndjson';

/** True when the Accept header names NDJSON and does not like JSON better (RFC 9110 §12.5.1). Without it, JSON. */
export function wantsStream(accept: string | undefined): boolean {
  if (accept === undefined) return false;
  const liking = new Map(accept.toLowerCase().split(',', 50).map(parsePreference));
  const streamed = liking.get(ndjson) ?? 0;
  return streamed > 0 && streamed >= (liking.get('application/json') ?? 0);
}

function parsePreference(range: string): [string, number] {
  const [type = '', ...parameters] = range.split(';').map((part) => part.trim());
  const quality = parameters.find((each) => each.startsWith('q='));
  const value = quality === undefined ? 1 : Number(quality.slice(2));
  return [type, value >= 0 && value <= 1 ? value : 0];
}
