import { vi } from 'vitest';
import { memoryAnalyzer, memoryIdentity, memoryPolicy } from '../../../../src/adapters/memory/index.js';
import type { AuditEvent } from '../../../../src/core/index.js';
import { house, rules, valueOf } from '../../../core/test-gateway.js';
import { account, connectorFor } from '../../snowflake/account.js';

/** A session at a warehouse that speaks Snowflake's protocol: a role of its own is made for it and taken away. */
export async function granted(): Promise<readonly AuditEvent[]> {
  const server = await account();
  try {
    const at = await house({
      analyzer: { ...memoryAnalyzer(), dialects: ['snowflake'] },
      connections: { warehouse: connectorFor(server) },
      policy: memoryPolicy(rules),
      identity: memoryIdentity({ 'token-a': { subject: 'alice', actor: 'agent' } }),
    });
    // On a busy machine the driver may take longer to load than a clerk waits for a statement.
    await vi.waitFor(async () => valueOf(await at.open()), { timeout: 120_000, interval: 100 });
    await at.gateway.shutdown();
    return at.audit.events;
  } finally {
    await server.close();
  }
}
