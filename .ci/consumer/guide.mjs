// With the peers of the MCP mount alone: its client reads the guide for agents.
import { once } from 'node:events';
import { createServer } from 'node:http';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { createGateway } from 'sallyport';
import { mcpRouter } from 'sallyport/mcp';
import { memoryAnalyzer, memoryAudit, memoryEngine, memoryIdentity, memoryPolicy } from 'sallyport/memory';

const gateway = await createGateway({
  connections: { warehouse: memoryEngine([{ database: 'ACME', schema: 'OPS' }], () => ({ columns: [], rows: [] })) },
  identity: memoryIdentity({ t: { subject: 'stranger' } }),
  policy: memoryPolicy([]),
  analyzer: memoryAnalyzer(),
  audit: memoryAudit(),
});
const mount = mcpRouter(gateway);
const server = createServer((request, response) =>
  mount(request, response, () => response.writeHead(404).end()),
).listen(0, '127.0.0.1');
await once(server, 'listening');
const client = new Client({ name: 'stranger', version: '1' }, { versionNegotiation: { mode: 'auto' } });
await client.connect(
  new StreamableHTTPClientTransport(new URL(`http://127.0.0.1:${server.address().port}/`), {
    requestInit: { headers: { authorization: 'Bearer t' } },
  }),
);
const { contents } = await client.readResource({ uri: 'sallyport://guide/agents' });
if (!contents[0].text.startsWith('# For agents')) throw new Error('the guide for agents is not in the package');
await client.close();
server.closeAllConnections();
server.close();
await gateway.shutdown();
