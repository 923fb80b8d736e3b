/** What is wrong with a document, in our own words. */
export class FetchFault extends Error {}

const maxBytes = 512 * 1024;

/**
 * Reads a small JSON document: no redirect is followed, no more than 512 KiB is read, and `timeoutMs` is the end of it.
 * Throws on anything else.
 */
export async function fetchJson(url: URL, timeoutMs: number): Promise<unknown> {
  const response = await fetch(url, {
    redirect: 'error',
    headers: { accept: 'application/json' },
    signal: AbortSignal.timeout(timeoutMs),
  });
  if (!response.ok || response.body === null) {
    await response.body?.cancel();
    throw new FetchFault(`${url.host} answered ${response.status}`);
  }
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body as AsyncIterable<Uint8Array>) {
    size += chunk.length;
    if (size > maxBytes) throw new FetchFault(`${url.host} sent more than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks)));
}
