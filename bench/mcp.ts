import { fork } from 'node:child_process';
import { join } from 'node:path';
import express from 'express';
import { expressRouter } from '../src/adapters/express/index.js';
import { mcpRouter } from '../src/adapters/mcp/index.js';
import { memoryAudit } from '../src/adapters/memory/index.js';
import { median, ratioOf, type Row } from './row.js';
import { gatewayWith, listening, ratesOf, sql, type Service } from './service.js';

/**
 * What MCP adds to a call: the same statements over the same gateway by both mounts, one at a time, so that nothing
 * waits for anything else.
 */
export async function mcpRows(quick: boolean): Promise<Row[]> {
  const [rounds, ms] = quick ? [3, 1_500] : [7, 5_000];
  const generator = fork(join(import.meta.dirname, 'load.ts'), { execArgv: ['--import', 'tsx'] });
  const services = [await service('rest'), await service('mcp')];
  const [rest = [], mcp = []] = await ratesOf(services, generator, rounds, ms);
  generator.kill();
  for (const { stop } of services) await stop();
  return [
    {
      id: 'M1',
      what: 'calls a second: MCP (2026-07-28) / REST, the same gateway, one connection',
      ...ratioOf(mcp, rest),
      goal: 0.25,
      better: 'least',
      detail: {
        mcpMicroseconds: microseconds(mcp),
        restMicroseconds: microseconds(rest),
        overheadMicroseconds: microseconds(mcp) - microseconds(rest),
      },
    },
  ];
}

function microseconds(rates: readonly number[]): number {
  return Math.round(1_000_000 / median(rates));
}

async function service(door: 'rest' | 'mcp'): Promise<Service> {
  const { gateway, ids } = await gatewayWith({ ...memoryAudit(), append: async () => undefined }, 1);
  const app = express().use('/jit', expressRouter(gateway)).use('/mcp', mcpRouter(gateway));
  const requests = ids.map((id) =>
    door === 'rest' ? { path: `/jit/sessions/${id}/statements`, body: JSON.stringify({ sql }) } : callOf(id),
  );
  return listening(app, requests, async () => void (await gateway.shutdown()));
}

function callOf(session: string) {
  const meta = {
    'io.modelcontextprotocol/protocolVersion': '2026-07-28',
    'io.modelcontextprotocol/clientInfo': { name: 'bench', version: '1' },
    'io.modelcontextprotocol/clientCapabilities': {},
  };
  const body = JSON.stringify({
    jsonrpc: '2.0',
    id: 1,
    method: 'tools/call',
    params: { name: 'run_statement', arguments: { session, sql }, _meta: meta },
  });
  return {
    path: '/mcp',
    body,
    headers: [
      'Accept: application/json, text/event-stream',
      'MCP-Protocol-Version: 2026-07-28',
      'Mcp-Method: tools/call',
      'Mcp-Name: run_statement',
    ],
  };
}
