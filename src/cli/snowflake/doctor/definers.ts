import { quotedSchema } from '../../../adapters/snowflake/names.js';
import type { Records } from '../../../adapters/snowflake/roles/clerk.js';
import { formatSchema, type SchemaRef } from '../../../core/index.js';
import { found, unseen, type Found } from './finding.js';
import { isRefused, type Look } from './look.js';

const kinds: readonly (readonly [show: string, spoken: (row: Records[number]) => string])[] = [
  ['VIEWS', (row) => `${row['is_secure'] === 'true' ? 'secure ' : ''}view ${row['name'] ?? ''}`], ['USER FUNCTIONS', (row) => `function ${row['arguments'] ?? row['name'] ?? ''}`], ['PROCEDURES', (row) => `procedure ${row['arguments'] ?? row['name'] ?? ''}`],
];

/** What in each schema runs with the rights of whoever owns it; for people to read. */
export async function checkDefiners(look: Look): Promise<readonly Found[]> {
  return (await Promise.all(look.plan.schemas.map((schema) => inSchema(look, schema)))).flat();
}

async function inSchema(look: Look, schema: SchemaRef): Promise<readonly Found[]> {
  const answers = await Promise.all(kinds.map(async ([show, spoken]) => ({ spoken, answer: await look.ask(`SHOW ${show} IN SCHEMA ${quotedSchema(schema)}`) })));
  const subject = formatSchema(schema);
  const hidden = answers.map(({ answer }) => answer).find(isRefused);
  const names = answers.flatMap(({ answer, spoken }) => (isRefused(answer) ? [] : answer.filter((row) => row['is_builtin'] !== 'Y').map(spoken)));
  return [...(hidden === undefined ? [] : [unseen(subject, ['DEFINER_RIGHTS'], hidden)]), ...(names.length === 0 ? [] : [found('DEFINER_RIGHTS', subject, names.join(', '))])];
}
