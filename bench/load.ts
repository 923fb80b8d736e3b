import { connect, type Socket } from 'node:net';

/** What is to be sent, over and over. */
export interface Load {
  readonly port: number;
  /** One connection for each. */
  readonly requests: readonly Request[];
  readonly ms: number;
}

export interface Request {
  readonly path: string;
  readonly body: string;
  /** Beside those that every request has. */
  readonly headers?: readonly string[];
}

/**
 * A load generator in a process of its own, lean enough not to be what is measured: one request at a time on each
 * connection.
 */
process.on('message', (load: Load) => {
  void generate(load).then((answers) => process.send?.(answers));
});

/** The answers that came in the time; rejects at the first that is not 200. */
async function generate({ port, requests, ms }: Load): Promise<number> {
  let answers = 0;
  const sockets = requests.map((request) =>
    converse(connect(port, '127.0.0.1'), textOf(request), () => {
      answers += 1;
    }),
  );
  await new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
  for (const socket of sockets) socket.destroy();
  return answers;
}

function textOf({ path, body, headers = [] }: Request): string {
  return [
    `POST ${path} HTTP/1.1`,
    'Host: localhost',
    'Authorization: Bearer t',
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    ...headers,
    '',
    body,
  ].join('\r\n');
}

function converse(socket: Socket, request: string, answered: () => void): Socket {
  let got = '';
  socket
    .setNoDelay()
    .setEncoding('latin1')
    .on('connect', () => socket.write(request));
  return socket.on('data', (chunk: string) => {
    got += chunk;
    const head = got.indexOf('\r\n\r\n');
    if (head < 0) return;
    const length = /\r\ncontent-length: (\d+)/i.exec(got)?.[1];
    if (!got.startsWith('HTTP/1.1 200') || length === undefined) throw new Error(got.slice(0, 500));
    if (got.length < head + 4 + Number(length)) return;
    got = '';
    answered();
    socket.write(request);
  });
}
