import {
  isJSONRPCNotification,
  isJSONRPCRequest,
  isJSONRPCResponse,
  SdkHttpError,
  StreamableHTTPClientTransport,
  UnauthorizedError,
  type JSONRPCMessage,
} from '@modelcontextprotocol/client';
import { StdioServerTransport } from '@modelcontextprotocol/server/stdio';
import { UsageError } from '../exit-codes.js';
import type { Streams } from '../streams.js';
import type { TokenSource } from '../gateway/token-source.js';

/**
 * Forwards until the input ends, or the output cannot be written; what runs then is cancelled. Throws UsageError where
 * there is no token, and Error where the input is no messages at all.
 */
export async function forward(url: URL, token: TokenSource, { stdin, stdout, stderr }: Streams): Promise<void> {
  await token();
  const near = new StdioServerTransport(stdin, stdout);
  const far = new StreamableHTTPClientTransport(url, { authProvider: { token } });
  const running = new Map<string | number, AbortController>();
  Object.assign(far, {
    onmessage: (message: JSONRPCMessage): void => {
      if (isJSONRPCResponse(message)) handleResponse(message, far, running);
      near.send(message).catch(() => near.close());
    },
  });
  await far.start();
  const ended = new Promise<void>((resolve, reject) => {
    Object.assign(near, {
      onclose: () =>
        stdin.readableEnded || stdin.destroyed || !stdout.writable
          ? resolve()
          : reject(new Error('what stands on the input cannot be taken for messages')),
      onerror: (error: Error): void => void stderr.write(`sallyport mcp: ${error.message}\n`),
      onmessage: (message: JSONRPCMessage): void =>
        void forwardMessage(message, near, far, running).catch(() => near.close()),
    });
    near.start().catch(reject);
  });
  try {
    await ended;
  } finally {
    await far.close();
  }
}

/**
 * To the gateway. A message that cancels ends the request it names: that is what both revisions of the protocol make of
 * a request that is gone.
 */
async function forwardMessage(
  message: JSONRPCMessage,
  near: StdioServerTransport,
  far: StreamableHTTPClientTransport,
  running: Map<string | number, AbortController>,
): Promise<void> {
  if (isJSONRPCNotification(message) && message.method === 'notifications/cancelled') {
    const id = (message.params as { readonly requestId?: string | number } | undefined)?.requestId ?? '';
    running.get(id)?.abort();
    running.delete(id);
    return;
  }
  const request = isJSONRPCRequest(message) ? message : undefined;
  const stop = new AbortController();
  if (request !== undefined) running.set(request.id, stop);
  const unanswered = (error: unknown): void => {
    if (request === undefined || running.get(request.id) !== stop) return;
    running.delete(request.id);
    near.send({ jsonrpc: '2.0', id: request.id, error: createRpcError(error) }).catch(() => near.close());
  };
  // The stream of an answer may break off before the answer is there; streams here cannot be taken up again.
  await far
    .send(message, {
      requestSignal: stop.signal,
      onRequestStreamEnd: () => unanswered(new TypeError('the stream broke off')),
    })
    .catch(unanswered);
}

/** Clients of 2025-11-25 and older say once which revision they speak, and expect it of every request from then on. */
function handleResponse(
  message: Extract<JSONRPCMessage, { readonly id?: unknown }>,
  far: StreamableHTTPClientTransport,
  running: Map<string | number, AbortController>,
): void {
  if (message.id !== undefined) running.delete(message.id);
  const { protocolVersion, capabilities } = ('result' in message ? message.result : {}) as {
    readonly protocolVersion?: unknown;
    readonly capabilities?: unknown;
  };
  if (typeof protocolVersion === 'string' && capabilities !== undefined) far.setProtocolVersion(protocolVersion);
}

/** The gateway's own words where it has some; never a token, and no stack. */
function createRpcError(error: unknown): { readonly code: number; readonly message: string; readonly data?: unknown } {
  if (error instanceof UsageError) return { code: -32_603, message: error.message };
  if (error instanceof UnauthorizedError) return { code: -32_603, message: 'The gateway does not take the token.' };
  if (error instanceof SdkHttpError)
    return parseRpcError(error.data.text) ?? { code: -32_603, message: `The gateway answered ${error.data.status}.` };
  // What fetch throws when there is no answer at all.
  return {
    code: -32_603,
    message:
      error instanceof TypeError ? 'The gateway cannot be reached.' : 'What the gateway answered cannot be read.',
  };
}

function parseRpcError(
  text: unknown,
): { readonly code: number; readonly message: string; readonly data?: unknown } | undefined {
  try {
    const { error } = JSON.parse(String(text)) as {
      readonly error?: { readonly code?: unknown; readonly message?: unknown; readonly data?: unknown };
    };
    if (typeof error?.code !== 'number' || typeof error.message !== 'string') return undefined;
    return { code: error.code, message: error.message, ...(error.data === undefined ? {} : { data: error.data }) };
  } catch {
    return undefined;
  }
}
