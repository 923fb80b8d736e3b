import { made } from '../sql.js';
import { tokensSection } from '../setup/sections.js';
import { found, unseen, type Found } from './finding.js';
import { isRefused, type Look } from './look.js';

const agentic = `ALTER SECURITY INTEGRATION ${made.integration} SET IS_AGENTIC = TRUE`;

/** The integration for tokens that the gateway signs: whether it is there, and whether Snowflake knows by it that an agent is active. */
export async function checkTokens(look: Look): Promise<readonly Found[]> {
  if (!look.plan.tokens) return [];
  const state = await integration(look);
  if (state === 'agentic') return [];
  if (state === 'plain') return [found('INTEGRATION_NOT_AGENTIC', made.integration, 'its IS_AGENTIC is not TRUE', [agentic])];
  if (!look.seesAll()) return [unseen(made.integration, ['INTEGRATION_MISSING', 'INTEGRATION_NOT_AGENTIC'], state)];
  const fix = look.issuer === undefined ? [] : tokensSection(look.plan, look.issuer).statements.map(({ sql }) => sql);
  return [found('INTEGRATION_MISSING', made.integration, 'there is no such security integration', fix)];
}

/** Whether whoever comes in by the integration is an agent to Snowflake. */
export async function isAgentic(look: Look): Promise<boolean> {
  return look.plan.tokens && (await integration(look)) === 'agentic';
}

async function integration(look: Look): Promise<'agentic' | 'plain' | { readonly refused: string }> {
  const answer = await look.ask(`DESC SECURITY INTEGRATION ${made.integration}`);
  if (isRefused(answer)) return answer;
  return answer.find((row) => row['property'] === 'IS_AGENTIC')?.['property_value']?.toUpperCase() === 'TRUE' ? 'agentic' : 'plain';
}
