/**
 * Attribute and metric names, kept here so that a new version of the conventions is our decision. Stable ones:
 * OpenTelemetry semantic conventions 1.45.0, `db`.
 */
export const schemaUrl = 'https://opentelemetry.io/schemas/1.45.0';
export const scopeName = 'sallyport';
export const scopeVersion = '0.1.0';

export const attributeNames = {
  system: 'db.system.name',
  namespace: 'db.namespace',
  summary: 'db.query.summary',
  text: 'db.query.text',
  status: 'db.response.status_code',
  address: 'server.address',
  error: 'error.type',
  session: 'sallyport.session.id',
  statement: 'sallyport.statement.id',
  connection: 'sallyport.connection',
  kind: 'sallyport.statement.kind',
  decision: 'sallyport.decision',
  outcome: 'sallyport.outcome',
  reason: 'sallyport.reason',
  rules: 'sallyport.rules',
  queryId: 'sallyport.query.id',
  what: 'sallyport.request',
  plugin: 'sallyport.plugin',
  verb: 'sallyport.plugin.verb',
} as const;

export const metricNames = {
  operation: 'db.client.operation.duration',
  statement: 'sallyport.statement.duration',
  session: 'sallyport.session.open.duration',
  append: 'sallyport.audit.append.duration',
  decisions: 'sallyport.decisions',
} as const;
