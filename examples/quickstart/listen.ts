import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A problem of the reader's machine or command line: shown in one line, without a stack. */
export class Trouble extends Error {
  readonly exitCode: number;

  constructor(message: string, exitCode = 1) {
    super(message);
    this.exitCode = exitCode;
  }
}

export interface Listening {
  readonly url: string;
  readonly port: number;
  /** Sets what answers from now on; until then every request gets 503. */
  serve(listener: RequestListener): void;
  close(): Promise<void>;
}

const notYet: RequestListener = (_request, response) => response.writeHead(503).end();

/** Listens on this machine only. Port 0 takes any free port. */
export async function listen(port: number): Promise<Listening> {
  let listener = notYet;
  const server = createServer((request, response) => listener(request, response));
  await bound(server, port);
  const taken = (server.address() as AddressInfo).port;
  return {
    url: `http://127.0.0.1:${taken}`,
    port: taken,
    serve: (next) => {
      listener = next;
    },
    close: () => closed(server),
  };
}

function bound(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(explain(error, port)));
    server.listen(port, '127.0.0.1', resolve);
  });
}

function explain(error: NodeJS.ErrnoException, port: number): Error {
  if (error.code === 'EADDRINUSE')
    return new Trouble(`port ${port} is taken; choose another with: npm start -- --port N (N and N+1 must be free)`);
  if (error.code === 'EACCES')
    return new Trouble(
      `port ${port} may not be used by this account; choose one above 1023 with: npm start -- --port N`,
    );
  return error;
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
