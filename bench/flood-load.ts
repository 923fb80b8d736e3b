import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** What is to be sent at a steady pace, however slowly it is answered. */
export interface Paced {
  readonly port: number;
  readonly perSecond: number;
  /** Sent in turn. */
  readonly requests: readonly { readonly path: string; readonly token: string; readonly body: string }[];
  readonly connections: number;
  readonly ms: number;
}

/** How long each answer took from when its request was due, milliseconds, and how many there were of each status. */
export interface Answers {
  readonly took: readonly number[];
  readonly statuses: Readonly<Record<string, number>>;
}

process.on('message', (paced: Paced) => {
  void send(paced).then((answers) => process.send?.(answers));
});

/**
 * A request whose turn it is waits for a free connection, and the wait is counted: what a client sees of a service that
 * is behind.
 */
async function send({ port, perSecond, requests, connections, ms }: Paced): Promise<Answers> {
  const [took, statuses]: [number[], Record<string, number>] = [[], {}];
  const idle = await Promise.all(Array.from({ length: connections }, () => connected(port)));
  const all = [...idle];
  const due: number[] = [];
  const texts = requests.map(textOf);
  let sent = 0;
  const next = (): void => {
    while (due.length > 0 && idle.length > 0) {
      const [since, socket] = [due.shift() as number, idle.pop() as Socket];
      ask(socket, texts[sent++ % texts.length] as string, (status) => {
        took.push(performance.now() - since);
        statuses[status] = (statuses[status] ?? 0) + 1;
        idle.push(socket);
        next();
      });
    }
  };
  await pace(perSecond, ms, () => {
    due.push(performance.now());
    next();
  });
  for (const socket of all) socket.destroy();
  return { took, statuses };
}

async function pace(perSecond: number, ms: number, tick: () => void): Promise<void> {
  const start = performance.now();
  for (let count = 0; count < (perSecond * ms) / 1_000;) {
    const now = performance.now() - start;
    for (; count <= (now * perSecond) / 1_000; count += 1) tick();
    await new Promise((resolve) => {
      setTimeout(resolve, 2);
    });
  }
  await new Promise((resolve) => {
    setTimeout(resolve, 500);
  });
}

function ask(socket: Socket, text: string, answered: (status: string) => void): void {
  let got = '';
  const read = (chunk: string): void => {
    got += chunk;
    const head = got.indexOf('\r\n\r\n');
    const length = /\r\ncontent-length: (\d+)/i.exec(got)?.[1];
    if (head < 0 || length === undefined || got.length < head + 4 + Number(length)) return;
    socket.off('data', read);
    answered(got.slice(9, 12));
  };
  socket.on('data', read).write(text);
}

async function connected(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1').setNoDelay().setEncoding('latin1');
  await once(socket, 'connect');
  return socket;
}

function textOf({ path, token, body }: Paced['requests'][number]): string {
  return [
    `POST ${path} HTTP/1.1`,
    'Host: localhost',
    `Authorization: Bearer ${token}`,
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    '',
    body,
  ].join('\r\n');
}
