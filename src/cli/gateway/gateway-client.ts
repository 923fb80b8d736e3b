import type { z } from 'zod';
import { problem } from '../../http/server/response-schemas.js';
import { RequestRefusedError } from '../exit-codes.js';
import { toPrintable } from '../text/printable.js';
import { createUnreachableError } from './network-errors.js';
import type { TokenSource } from './token-source.js';

export interface GatewayRequest {
  readonly body?: object;
  /** Seconds that the gateway may wait for an answer. */
  readonly waitSeconds?: number;
}

const timeoutMs = 30_000;

/** A running gateway's REST mount. */
export class GatewayClient {
  readonly #base: URL;
  readonly #token: TokenSource;

  constructor(base: URL, token: TokenSource) {
    this.#base = base;
    this.#token = token;
  }

  /**
   * What the gateway answers, in its form. Throws RefusedError where it says no, and an Error in plain words where it
   * cannot be asked.
   */
  async request<T>(
    form: z.ZodType<T>,
    method: 'GET' | 'POST' | 'DELETE',
    path: string,
    { body, waitSeconds = 0 }: GatewayRequest = {},
  ): Promise<T> {
    const url = new URL(this.#base);
    const [pathname, query = ''] = path.split('?');
    Object.assign(url, { pathname: `${url.pathname.replace(/\/$/, '')}${pathname}`, search: query, hash: '' });
    const headers = {
      authorization: `Bearer ${await this.#token()}`,
      accept: 'application/json',
      ...(waitSeconds > 0 ? { prefer: `wait=${waitSeconds}` } : {}),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    };
    const { status, text } = await sendRequest(
      url,
      { method, headers, redirect: 'manual', ...(body === undefined ? {} : { body: JSON.stringify(body) }) },
      timeoutMs + waitSeconds * 1_000,
    );
    return parseAnswer(form, status, tryParseJson(text), url.host);
  }
}

async function sendRequest(
  url: URL,
  init: RequestInit,
  ms: number,
): Promise<{ readonly status: number; readonly text: string }> {
  try {
    const response = await fetch(url, { ...init, signal: AbortSignal.timeout(ms) });
    return { status: response.status, text: await response.text() };
  } catch (error) {
    throw createUnreachableError(error, url.host);
  }
}

function parseAnswer<T>(form: z.ZodType<T>, status: number, said: unknown, host: string): T {
  const refusal = problem.safeParse(said).data;
  if (status === 401)
    throw new RequestRefusedError(
      `the gateway does not take the token${refusal?.detail === undefined ? '' : `: ${toPrintable(refusal.detail)}`}`,
    );
  if (refusal !== undefined && status >= 400) {
    const { detail, code, reason, hint } = refusal;
    const words = toPrintable(
      `${detail}${hint === undefined ? '' : ` ${hint}`} [${reason === undefined ? code : `${code}, ${reason}`}]`,
    );
    throw status >= 500
      ? new Error(words)
      : new RequestRefusedError(words, { status, ...(reason === undefined ? {} : { reason }) });
  }
  if (status >= 300 && status < 400)
    throw new Error(`${host} answers with a redirect, which is not followed: give the address it leads to`);
  const isTaken = status === 200 || status === 201;
  if (!isTaken || !form.safeParse(said).success)
    throw new Error(`${host} answers, but not as a gateway does (${status}): is --url the address of its REST mount?`);
  // As it was said: a gateway that is newer than this command says more.
  return said as T;
}

function tryParseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
