import type { z } from 'zod';
import { problem } from '../../mount/answered.js';
import { RefusedError } from '../exit.js';
import { printable } from '../printable.js';
import { unreachable } from './unreachable.js';
import type { TokenSource } from './token.js';

export interface Ask {
  readonly body?: object;
  /** Seconds that the gateway may wait for an answer. */
  readonly waitSeconds?: number;
}

const patienceMs = 30_000;

/** A running gateway's REST mount. */
export class GatewayClient {
  readonly #base: URL;
  readonly #token: TokenSource;

  constructor(base: URL, token: TokenSource) {
    this.#base = base;
    this.#token = token;
  }

  /** What the gateway answers, in its form. Throws RefusedError where it says no, and an Error in plain words where it cannot be asked. */
  async ask<T>(form: z.ZodType<T>, method: 'GET' | 'POST' | 'DELETE', path: string, { body, waitSeconds = 0 }: Ask = {}): Promise<T> {
    const url = new URL(this.#base);
    const [pathname, query = ''] = path.split('?');
    Object.assign(url, { pathname: `${url.pathname.replace(/\/$/, '')}${pathname}`, search: query, hash: '' });
    const headers = {
      authorization: `Bearer ${await this.#token()}`, accept: 'application/json',
      ...(waitSeconds > 0 ? { prefer: `wait=${waitSeconds}` } : {}), ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    };
    const { status, text } = await exchange(url, { method, headers, redirect: 'manual', ...(body === undefined ? {} : { body: JSON.stringify(body) }) }, patienceMs + waitSeconds * 1_000);
    return answerOf(form, status, parsed(text), url.host);
  }
}

async function exchange(url: URL, init: RequestInit, ms: number): Promise<{ readonly status: number; readonly text: string }> {
  try {
    const response = await fetch(url, { ...init, signal: AbortSignal.timeout(ms) });
    return { status: response.status, text: await response.text() };
  } catch (error) {
    throw unreachable(error, url.host);
  }
}

function answerOf<T>(form: z.ZodType<T>, status: number, said: unknown, host: string): T {
  const refusal = problem.safeParse(said).data;
  if (status === 401) throw new RefusedError(`the gateway does not take the token${refusal?.detail === undefined ? '' : `: ${printable(refusal.detail)}`}`);
  if (refusal !== undefined && status >= 400) {
    const { detail, code, reason, hint } = refusal;
    const words = printable(`${detail}${hint === undefined ? '' : ` ${hint}`} [${reason === undefined ? code : `${code}, ${reason}`}]`);
    throw status >= 500 ? new Error(words) : new RefusedError(words, { status, ...(reason === undefined ? {} : { reason }) });
  }
  if (status >= 300 && status < 400) throw new Error(`${host} answers with a redirect, which is not followed: give the address it leads to`);
  const isTaken = status === 200 || status === 201;
  if (!isTaken || !form.safeParse(said).success) throw new Error(`${host} answers, but not as a gateway does (${status}): is --url the address of its REST mount?`);
  // As it was said: a gateway that is newer than this command says more.
  return said as T;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
