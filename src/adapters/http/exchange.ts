import type { Parcel } from '../../core/index.js';
import { brokenOff, jsonOf, mayPass } from '../../outgoing/answer.js';
import { askedIn } from '../../outgoing/pause.js';
import { within } from '../../outgoing/within.js';
import type { Verdict } from './format.js';
import { bareToken, type Settings } from './options.js';

/** What came of one request: a verdict for each parcel, and how long the receiver asks to be left alone, milliseconds. */
export interface Answer {
  readonly verdicts: readonly Verdict[];
  readonly pauseMs?: number;
}

/** An answer is read no further. */
const mostBytes = 4 * 1024 ** 2;

/** Sends parcels in one request, and once more with a new token where the receiver did not know the first (401). Rejects only with the signal's reason. */
export async function exchange(parcels: readonly Parcel[], settings: Settings, signal: AbortSignal): Promise<Answer> {
  const body = parcels.map((parcel) => settings.format.encode(parcel)).join('');
  const once = (): Promise<Outcome> => within(settings.timeoutMs, signal, (ending) => post(body, parcels.length, settings, ending));
  try {
    const first = await once();
    return first.status === 401 && settings.renewable ? await once() : first;
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    return { verdicts: all(parcels.length, brokenOff(error)) };
  }
}

interface Outcome extends Answer {
  readonly status: number;
}

async function post(body: string, count: number, { url, format, headers, token }: Settings, signal: AbortSignal): Promise<Outcome> {
  let secret: string | undefined;
  try {
    secret = bareToken(await token(), format.scheme);
  } catch {
    return { status: 0, verdicts: all(count, { fate: 'again', reason: 'token' }) };
  }
  const response = await fetch(url, {
    method: 'POST', redirect: 'error', signal, body,
    headers: { ...headers, 'content-type': format.contentType, ...(secret === undefined ? {} : { authorization: `${format.scheme} ${secret}` }) },
  });
  const { status } = response;
  const answer = await jsonOf(response, mostBytes);
  if (response.ok) {
    const verdicts = format.answered === undefined ? all(count, { fate: 'taken' }) : format.answered(answer, count);
    return { status, verdicts: verdicts?.length === count ? verdicts : all(count, { fate: 'again', reason: 'unreadable answer' }) };
  }
  const pauseMs = askedIn(response.headers.get('retry-after'));
  return { status, verdicts: all(count, format.failed?.(status, answer) ?? verdictOf(status)), ...(pauseMs === undefined ? {} : { pauseMs }) };
}

function all(count: number, verdict: Verdict): readonly Verdict[] {
  return Array.from({ length: count }, () => verdict);
}

/** Codes of RFC 9110: what may pass by itself, what blames the content, and all else, which blames who asks or where. */
function verdictOf(status: number): Verdict {
  const reason = `status ${status}`;
  if (mayPass(status)) return { fate: 'again', reason };
  return { fate: status === 400 || status === 413 || status === 422 ? 'poison' : 'refused', reason };
}
