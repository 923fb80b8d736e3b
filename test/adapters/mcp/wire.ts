/** The protocol by hand, for what no well-behaved client sends. */
export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The one JSON-RPC message of the answer, out of JSON or of a stream; empty where there is none. */
  readonly message: {
    readonly id?: unknown;
    readonly result?: Readonly<Record<string, unknown>>;
    readonly error?: {
      readonly code: number;
      readonly message: string;
      readonly data?: Readonly<Record<string, unknown>>;
    };
  };
}

export const meta = (capabilities: object = {}, version = '2026-07-28') => ({
  'io.modelcontextprotocol/protocolVersion': version,
  'io.modelcontextprotocol/clientInfo': { name: 'by hand', version: '1' },
  'io.modelcontextprotocol/clientCapabilities': capabilities,
});

export interface Sent {
  readonly token?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal?: AbortSignal;
}

export async function post(
  url: string,
  message: unknown,
  { token = 'a', headers = {}, body, signal }: Sent = {},
): Promise<Answered> {
  const answer = await fetch(url, {
    method: 'POST',
    body: body ?? JSON.stringify(message),
    ...(signal === undefined ? {} : { signal }),
    headers: {
      ...(token === '' ? {} : { authorization: `Bearer ${token}` }),
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      ...headers,
    },
  });
  const text = await answer.text();
  return { status: answer.status, headers: answer.headers, text, message: messageOf(text) };
}

function messageOf(text: string): Answered['message'] {
  const json = text.startsWith('{') ? text : (/^data: (\{.*\})$/m.exec(text)?.[1] ?? '{}');
  return JSON.parse(json) as Answered['message'];
}

/**
 * A request of 2026-07-28, with the headers that mirror it; `more` of the parameters, `headers` over what they should
 * be.
 */
export function modern(
  url: string,
  name: string,
  args: unknown = {},
  { capabilities, more = {}, ...sent }: Sent & { readonly capabilities?: object; readonly more?: object } = {},
): Promise<Answered> {
  const message = {
    jsonrpc: '2.0',
    id: 1,
    method: 'tools/call',
    params: { name, arguments: args, ...more, _meta: meta(capabilities) },
  };
  return post(url, message, {
    ...sent,
    headers: { 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'tools/call', 'mcp-name': name, ...sent.headers },
  });
}

/** The same of an earlier revision. */
export function legacy(
  url: string,
  name: string,
  args: unknown = {},
  { version = '2025-11-25', id = 1, ...sent }: Sent & { readonly version?: string; readonly id?: number } = {},
): Promise<Answered> {
  return post(
    url,
    { jsonrpc: '2.0', id, method: 'tools/call', params: { name, arguments: args } },
    { ...sent, headers: { 'mcp-protocol-version': version, ...sent.headers } },
  );
}
