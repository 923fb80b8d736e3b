import { objectNames } from '../account-statements.js';
import { createTokensSection } from '../setup/sections.js';
import { createFinding, createUnknownCheck, type CheckResult } from './finding.js';
import { isNotVisible, type AccountInspector } from './account-inspector.js';

const agenticStatement = `ALTER SECURITY INTEGRATION ${objectNames.integration} SET IS_AGENTIC = TRUE`;

/**
 * The integration for tokens that the gateway signs: whether it is there, and whether Snowflake knows by it that an
 * agent is active.
 */
export async function checkTokenIntegration(look: AccountInspector): Promise<readonly CheckResult[]> {
  if (!look.plan.tokens) return [];
  const state = await readIntegrationState(look);
  if (state === 'agentic') return [];
  if (state === 'plain')
    return [
      createFinding('INTEGRATION_NOT_AGENTIC', objectNames.integration, 'its IS_AGENTIC is not TRUE', [
        agenticStatement,
      ]),
    ];
  if (!look.seesAll())
    return [createUnknownCheck(objectNames.integration, ['INTEGRATION_MISSING', 'INTEGRATION_NOT_AGENTIC'], state)];
  const fix =
    look.issuer === undefined ? [] : createTokensSection(look.plan, look.issuer).statements.map(({ sql }) => sql);
  return [createFinding('INTEGRATION_MISSING', objectNames.integration, 'there is no such security integration', fix)];
}

/** Whether whoever comes in by the integration is an agent to Snowflake. */
export async function isAgenticIntegration(look: AccountInspector): Promise<boolean> {
  return look.plan.tokens && (await readIntegrationState(look)) === 'agentic';
}

async function readIntegrationState(
  look: AccountInspector,
): Promise<'agentic' | 'plain' | { readonly refused: string }> {
  const answer = await look.query(`DESC SECURITY INTEGRATION ${objectNames.integration}`);
  if (isNotVisible(answer)) return answer;
  return answer.find((row) => row['property'] === 'IS_AGENTIC')?.['property_value']?.toUpperCase() === 'TRUE'
    ? 'agentic'
    : 'plain';
}
