/** The JSON in an answer of at most `mostBytes` bytes; undefined for all else. */
export async function readJson(response: Response, mostBytes: number): Promise<unknown> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    size += chunk.length;
    if (size > mostBytes) return undefined;
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString());
  } catch {
    return undefined;
  }
}

/** True for what may pass by itself (RFC 9110 §15, RFC 6585 §4). */
export function isRetryableStatus(status: number): boolean {
  return status === 408 || status === 425 || status === 429 || status >= 500;
}

/**
 * What becomes of an attempt that broke off: a redirect is not followed, and leads to the same place each time; all
 * else may pass.
 */
export function classifyNetworkError(error: unknown): { readonly fate: 'again' | 'refused'; readonly reason: string } {
  const reason = readErrorCode(error);
  return { fate: reason === 'redirect' ? 'refused' : 'again', reason };
}

/** What went wrong with a request, as a code and never as a text: that may hold addresses. */
export function readErrorCode(error: unknown): string {
  const { cause } = Object(error) as { readonly cause?: unknown };
  const { code, name, message } = Object(cause ?? error) as Readonly<Record<'code' | 'name' | 'message', unknown>>;
  if (message === 'unexpected redirect') return 'redirect';
  return typeof code === 'string' ? code : String(name);
}
