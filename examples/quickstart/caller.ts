import { Trouble } from './listen.js';
import { say, styled } from './terminal.js';

export interface Call {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  readonly body?: Readonly<Record<string, unknown>>;
  /** The status that the loop is about; any other ends it. */
  readonly expect: number;
  /** The problem code that must come with it. */
  readonly code?: string;
}

/** A refusal as it arrives: RFC 9457 with Sallyport's `code` and `hint`. */
interface Problem {
  readonly code?: string;
  readonly detail?: string;
  readonly hint?: string;
}

/** An HTTP client that shows what it sends and what comes back, and insists on the expected answer. */
export function caller(mount: string, token: string): <T>(call: Call) => Promise<T> {
  return async <T>({ method, path, body, expect, code }: Call): Promise<T> => {
    say(`${styled('bold', `${method} /jit${path}`)}${body === undefined ? '' : `\n${shown(body)}`}`, 3);
    const answer = await fetch(mount + path, {
      method,
      headers: { authorization: `Bearer ${token}`, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
    });
    const content = (await answer.json().catch(() => notJson(answer))) as T & Problem;
    const good = answer.status === expect && (code === undefined || content.code === code);
    say(`→ ${styled(colour(answer.status), `${answer.status} ${content.code ?? answer.statusText}`)}`, 3);
    if (answer.status >= 400) sayProblem(content);
    if (!good)
      throw new Trouble(`expected ${expect}${code === undefined ? '' : ` ${code}`}; the loop did not go as it should`);
    return content;
  };
}

function notJson(answer: Response): never {
  throw new Trouble(`expected JSON, got ${answer.status} ${answer.headers.get('content-type') ?? 'without a type'}`);
}

function shown(body: Readonly<Record<string, unknown>>): string {
  return Object.entries(body)
    .map(([name, value]) => `${styled('dim', `${name}:`)} ${String(value)}`)
    .join('\n');
}

function sayProblem({ detail, hint }: Problem): void {
  if (detail !== undefined) say(`  ${styled('dim', 'why: ')} ${detail}`, 3);
  if (hint !== undefined) say(`  ${styled('dim', 'hint:')} ${hint}`, 3);
}

function colour(status: number): 'green' | 'yellow' | 'red' {
  return status < 300 ? 'green' : status < 500 ? 'yellow' : 'red';
}
