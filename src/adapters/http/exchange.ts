import type { Parcel } from '../../core/index.js';
import type { Verdict } from './format.js';
import type { Settings } from './options.js';

/** What came of one request: a verdict for each parcel, and how long the receiver asks to be left alone, milliseconds. */
export interface Answer {
  readonly verdicts: readonly Verdict[];
  readonly pauseMs?: number;
}

/** An answer is read no further. */
const mostBytes = 4 * 1024 ** 2;

/** Sends parcels in one request. Rejects only with the signal's reason. */
export async function exchange(parcels: readonly Parcel[], settings: Settings, signal: AbortSignal): Promise<Answer> {
  const { url, format, headers, timeoutMs, token } = settings;
  const all = (verdict: Verdict, pauseMs?: number): Answer => ({ verdicts: parcels.map(() => verdict), ...(pauseMs === undefined ? {} : { pauseMs }) });
  try {
    const secret = await token();
    const response = await fetch(url, {
      method: 'POST', redirect: 'error', signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]), body: parcels.map((parcel) => format.encode(parcel)).join(''),
      headers: { ...headers, 'content-type': format.contentType, ...(secret === undefined ? {} : { authorization: `${format.scheme} ${secret}` }) },
    });
    const body = await bodyOf(response);
    if (response.ok) {
      const verdicts = format.answered === undefined ? all({ fate: 'taken' }).verdicts : format.answered(body, parcels.length);
      return verdicts === undefined ? all({ fate: 'again', reason: 'unreadable answer' }) : { verdicts };
    }
    return all(format.failed?.(response.status, body) ?? verdictOf(response.status), pauseOf(response.headers.get('retry-after')));
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    return all({ fate: 'again', reason: wordFor(error) });
  }
}

/** Codes of RFC 9110: what may pass by itself, what blames the content, and all else, which blames who asks or where. */
function verdictOf(status: number): Verdict {
  const reason = `status ${status}`;
  if (status === 408 || status === 425 || status === 429 || status >= 500) return { fate: 'again', reason };
  return { fate: status === 400 || status === 413 || status === 422 ? 'poison' : 'refused', reason };
}

/** RFC 9110 §10.2.3: seconds, or a date. */
function pauseOf(value: string | null): number | undefined {
  if (value === null) return undefined;
  const ms = /^\d{1,6}$/.test(value.trim()) ? Number(value) * 1_000 : Date.parse(value) - Date.now();
  return Number.isNaN(ms) ? undefined : Math.max(0, ms);
}

/** JSON, as far as it is any; undefined for all else. */
async function bodyOf(response: Response): Promise<unknown> {
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

/** A code, never a text: that may hold addresses. */
function wordFor(error: unknown): string {
  const { code, name } = ((error as { readonly cause?: unknown }).cause ?? error) as { readonly code?: unknown; readonly name?: unknown };
  return typeof code === 'string' ? code : String(name);
}
