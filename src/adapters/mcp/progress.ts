import type { ServerContext } from '@modelcontextprotocol/server';

/** It is sent back with each report: a client must not make us send much by sending little. */
const maxTokenLength = 255;

/** Tells a client that asked for it, every `everyMs`, that the work goes on. */
export async function reportProgress<T>(
  { mcpReq }: ServerContext,
  everyMs: number,
  work: () => Promise<T>,
): Promise<T> {
  const progressToken = mcpReq._meta?.progressToken;
  if (progressToken === undefined || String(progressToken).length > maxTokenLength) return work();
  const start = performance.now();
  let progress = 0;
  const timer = setInterval(() => {
    progress += 1;
    const message = `still under way after ${Math.round((performance.now() - start) / 1_000)} s`;
    mcpReq
      .notify({ method: 'notifications/progress', params: { progressToken, progress, message } })
      .catch(() => clearInterval(timer));
  }, everyMs);
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}
