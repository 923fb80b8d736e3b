import type { Client } from '@modelcontextprotocol/client';

/** One call of a tool, as whoever thinks wants it. */
export interface Step {
  readonly tool: string;
  readonly args: Readonly<Record<string, unknown>>;
}

/** What came of it. */
export interface Told extends Step {
  readonly text: string;
  readonly isError: boolean;
  readonly data: Readonly<Record<string, unknown>>;
}

/** Thinks: yields steps, is told what came of each, and returns the answer. A script does, and so does a model. */
export type Mind = AsyncGenerator<Step, string, Told>;

/**
 * Does what the mind wants until it has an answer, or has had its share of steps. Whatever happens, no session stays
 * open.
 */
export async function work(client: Client, mind: Mind, seen: (told: Told) => void, most = 30): Promise<string> {
  const open = new Set<string>();
  try {
    // What is sent into a generator that has not begun is dropped.
    let next = await mind.next(undefined as unknown as Told);
    for (let step = 0; !next.done; step += 1) {
      if (step === most) throw new Error(`no answer after ${most} steps`);
      const told = await call(client, next.value);
      note(told, open);
      seen(told);
      next = await mind.next(told);
    }
    return next.value;
  } finally {
    for (const session of open) await call(client, { tool: 'close_session', args: { session } });
  }
}

async function call(client: Client, { tool, args }: Step): Promise<Told> {
  const { content, structuredContent, isError } = await client.callTool(
    { name: tool, arguments: args },
    { timeout: 120_000, onprogress: () => undefined, resetTimeoutOnProgress: true },
  );
  const text = content.flatMap((each) => (each.type === 'text' ? [each.text] : [])).join('\n');
  return { tool, args, text, isError: isError === true, data: (structuredContent ?? {}) as Told['data'] };
}

function note({ data }: Told, open: Set<string>): void {
  const { id, state } = (data['session'] ?? {}) as { readonly id?: string; readonly state?: string };
  if (id === undefined) return;
  if (state === 'open') open.add(id);
  else open.delete(id);
}
