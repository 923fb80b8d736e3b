/**
 * Which test belongs to which project; test/README.md says what each is for. A file is in exactly one of unit,
 * integration, browser and chaos.
 */

/**
 * Rules, laws, pages and adapters without a service of their own. Those that need the built package, or more than a few
 * seconds, are in `except`.
 */
export const unit = {
  include: [
    'test/{architecture,core,docs,file-system,http,page,plugins,property}/**/*.test.ts',
    'test/adapters/*.test.ts',
    'test/adapters/{casbin,composite,express,file,http,journal,mcp,ocsf,oidc,opentelemetry,snowflake-sql}/**/*.test.ts',
  ],
  except: [
    'test/docs/cli.test.ts',
    'test/core/approvals/races.test.ts',
    'test/core/ended-sessions.test.ts',
    'test/property/{record-accuracy,record-changes}.test.ts',
    'test/property/names/**',
    'test/adapters/express/{memory,slow}.test.ts',
    'test/adapters/http/poison.test.ts',
    'test/adapters/journal/{crash,full-disk,key-crash,lease,power-cut,provenance,health}.test.ts',
    'test/adapters/mcp/{rest-parity,real}.test.ts',
    'test/adapters/ocsf/{map,reader,stubs,verify-memory,verify-property}.test.ts',
    'test/adapters/snowflake-sql/{corpus,long-texts,mutants}.test.ts',
    'test/adapters/snowflake-sql/parsers/{parser-limits,corpus,ending,hidden,lineage-complete,parser-pool}.test.ts',
  ],
};

/** Parts that need a service, a process of their own or the built package. What `chaos` has is in neither. */
export const integration = [
  'test/{cli,conformance,e2e,examples,snowflake-server}/**/*.test.ts',
  'test/adapters/{duckdb,kafka,slack,snowflake,webhook}/**/*.test.ts',
  ...unit.except.map((path) => path.replace(/\*\*$/, '**/*.test.ts')),
];

/** A real browser. */
export const browser = ['test/browser/**/*.test.ts'];

/** Whatever kills, cuts off, starves or waits for the end of a fault. */
export const chaos = [
  'test/e2e/{chaos,crash}.test.ts',
  'test/adapters/journal/{crash,full-disk,key-crash,lease,power-cut,health}.test.ts',
  'test/adapters/kafka/outage.test.ts',
  'test/adapters/slack/faults.test.ts',
  'test/adapters/snowflake/{cycles,faults,killed}.test.ts',
  'test/adapters/webhook/faults.test.ts',
];

/**
 * What could differ under another Node than the one at hand, beside `unit`: native modules, threads, processes,
 * sockets, files.
 */
export const smoke = [
  'test/adapters/duckdb/{cells,interrupted,lockdown,session,start}.test.ts',
  'test/adapters/express/slow.test.ts',
  'test/adapters/http/poison.test.ts',
  'test/adapters/journal/{crash,full-disk,key-crash,lease,power-cut,health}.test.ts',
  'test/adapters/mcp/real.test.ts',
  'test/adapters/ocsf/{reader,stubs}.test.ts',
  'test/core/ended-sessions.test.ts',
  'test/adapters/slack/{identity,message,path,refusals}.test.ts',
  'test/adapters/snowflake/{cells,credentials,options,reaper,session,start,role-isolation}.test.ts',
  'test/adapters/snowflake-sql/parsers/{corpus,ending,parser-pool}.test.ts',
  'test/adapters/webhook/webhook.test.ts',
  'test/cli/{analyze,approvals,audit}.test.ts',
  'test/e2e/{crash,record,start}.test.ts',
  'test/snowflake-server/server.test.ts',
];
