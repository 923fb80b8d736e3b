import { Agent as HttpAgent, type ClientRequest } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { AgentFor } from './api.js';

type Agent = HttpAgent & { addRequest(request: ClientRequest, options: object): void };

/** The one code that the driver does not answer with another try. */
const finalErrorCode = 'ERR_CANCELED';

/**
 * Every request of one connection goes through here, so that all of them can be ended at once: the driver itself tries
 * again for minutes,
 * takes no signal, and lets nothing be cut off. What carries a credential goes to the account's own host only, wherever
 * a redirect points.
 */
export class CancellableAgent {
  readonly #host: string;
  readonly #make: AgentFor;
  readonly #agents = new Map<string, HttpAgent>();
  readonly #pending = new Set<ClientRequest>();
  #isShutDown = false;

  constructor(home: URL, make: AgentFor = createPlainAgent) {
    this.#host = formatHost(home);
    this.#make = make;
  }

  /** The driver's `agentClass`: called for each request, without `new`. */
  readonly agentFor = ({ protocol }: { readonly protocol: string }): HttpAgent => {
    const known = this.#agents.get(protocol);
    if (known !== undefined) return known;
    const agent = this.#wrapAgent(this.#make(protocol) as Agent);
    this.#agents.set(protocol, agent);
    return agent;
  };

  /** Requests that are under way. */
  get pending(): number {
    return this.#pending.size;
  }

  /** Ends what is under way, and nothing else. */
  cancelPending(): void {
    for (const request of this.#pending) request.destroy(createRefusal('the request was ended'));
  }

  /** Ends what is under way, and refuses whatever comes. Idempotent. */
  shutDown(): void {
    this.#isShutDown = true;
    this.cancelPending();
    for (const agent of this.#agents.values()) agent.destroy();
  }

  #wrapAgent(agent: Agent): HttpAgent {
    const add = agent.addRequest.bind(agent);
    agent.addRequest = (request, options) => {
      const refused = this.#isShutDown
        ? 'the connection was ended'
        : this.#isAstray(request)
          ? 'a credential was to leave the account'
          : undefined;
      if (refused !== undefined) {
        request.destroy(createRefusal(refused));
        return;
      }
      this.#pending.add(request);
      request.once('close', () => this.#pending.delete(request));
      add(request, options);
    };
    return agent;
  }

  /** Result chunks are fetched elsewhere, by a plain GET that carries no token of the session. */
  #isAstray(request: ClientRequest): boolean {
    const at = new URL(`${request.protocol}//${String(request.getHeader('host'))}`);
    return formatHost(at) !== this.#host && (request.method !== 'GET' || request.hasHeader('authorization'));
  }
}

function createPlainAgent(protocol: string): HttpAgent {
  return protocol === 'https:' ? new HttpsAgent({ keepAlive: true }) : new HttpAgent({ keepAlive: true });
}

function formatHost({ protocol, host }: URL): string {
  return `${protocol}//${host}`;
}

function createRefusal(message: string): Error {
  return Object.assign(new Error(message), { code: finalErrorCode });
}
