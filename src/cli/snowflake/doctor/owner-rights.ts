import { quoteSchema } from '../../../adapters/snowflake/names.js';
import type { RowRecords } from '../../../adapters/snowflake/roles/admin-connection.js';
import { formatSchema, type SchemaRef } from '../../../core/index.js';
import { createFinding, createUnknownCheck, type CheckResult } from './finding.js';
import { isNotVisible, type AccountInspector } from './account-inspector.js';

const objectKinds: readonly (readonly [show: string, spoken: (row: RowRecords[number]) => string])[] = [
  ['VIEWS', (row) => `${row['is_secure'] === 'true' ? 'secure ' : ''}view ${row['name'] ?? ''}`],
  ['USER FUNCTIONS', (row) => `function ${row['arguments'] ?? row['name'] ?? ''}`],
  ['PROCEDURES', (row) => `procedure ${row['arguments'] ?? row['name'] ?? ''}`],
];

/** What in each schema runs with the rights of whoever owns it; for people to read. */
export async function checkOwnerRights(look: AccountInspector): Promise<readonly CheckResult[]> {
  return (await Promise.all(look.plan.schemas.map((schema) => checkSchema(look, schema)))).flat();
}

async function checkSchema(look: AccountInspector, schema: SchemaRef): Promise<readonly CheckResult[]> {
  const answers = await Promise.all(
    objectKinds.map(async ([show, spoken]) => ({
      spoken,
      answer: await look.query(`SHOW ${show} IN SCHEMA ${quoteSchema(schema)}`),
    })),
  );
  const subject = formatSchema(schema);
  const hidden = answers.map(({ answer }) => answer).find(isNotVisible);
  const names = answers.flatMap(({ answer, spoken }) =>
    isNotVisible(answer) ? [] : answer.filter((row) => row['is_builtin'] !== 'Y').map(spoken),
  );
  return [
    ...(hidden === undefined ? [] : [createUnknownCheck(subject, ['DEFINER_RIGHTS'], hidden)]),
    ...(names.length === 0 ? [] : [createFinding('DEFINER_RIGHTS', subject, names.join(', '))]),
  ];
}
