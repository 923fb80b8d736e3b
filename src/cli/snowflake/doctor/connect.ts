import { createCredentialProvider, type SnowflakeCredential } from '../../../adapters/snowflake/credential.js';
import { resolveAccount } from '../../../adapters/snowflake/options.js';
import { AdminConnection } from '../../../adapters/snowflake/roles/admin-connection.js';
import { UsageError } from '../../exit-codes.js';
import { parseIdentifier } from '../identifiers.js';
import { getOption, type PlanOptionValues } from '../plan.js';

export const connectOptions = {
  account: { type: 'string' },
  url: { type: 'string' },
  user: { type: 'string' },
  role: { type: 'string' },
  'private-key': { type: 'string' },
} as const;

export const connectHelp = `  --account ACCOUNT           such as myorg-myaccount (SNOWFLAKE_ACCOUNT)
  --url URL                   where it is, when not at https://ACCOUNT.snowflakecomputing.com (SNOWFLAKE_URL)
  --user USER                 who looks (SNOWFLAKE_USER)
  --role ROLE                 as what: ACCOUNTADMIN sees all, SECURITYADMIN nearly all (SNOWFLAKE_ROLE)
  --private-key FILE          PKCS#8 PEM (SNOWFLAKE_PRIVATE_KEY_PATH, with SNOWFLAKE_PRIVATE_KEY_PASSPHRASE), or a
                              programmatic access token in SNOWFLAKE_TOKEN`;

/** A connection to look with; made when the first question is asked. Throws UsageError for what is missing. */
export function createConnection(
  values: PlanOptionValues,
  env: Readonly<Record<string, string | undefined>>,
): { readonly admin: AdminConnection; readonly role: string } {
  const setting = (option: string, variable: string): string => {
    const value = getOption(values, option) ?? env[variable];
    if (value === undefined || value === '') throw new UsageError(`--${option} is missing, and so is ${variable}`);
    return value;
  };
  const [account, user, role] = [
    setting('account', 'SNOWFLAKE_ACCOUNT'),
    setting('user', 'SNOWFLAKE_USER'),
    parseIdentifier(setting('role', 'SNOWFLAKE_ROLE'), '--role'),
  ];
  const url = getOption(values, 'url') ?? env['SNOWFLAKE_URL'];
  try {
    const credentials = createCredentialProvider(resolveCredential(values, env), 'the credential');
    return {
      role,
      admin: new AdminConnection({
        account: resolveAccount({ account, ...(url === undefined ? {} : { url }) }),
        credentials,
        user,
        role,
      }),
    };
  } catch (error) {
    throw error instanceof UsageError
      ? error
      : new UsageError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

/** From files and the environment; never from the command line, which others can see. */
function resolveCredential(
  values: PlanOptionValues,
  env: Readonly<Record<string, string | undefined>>,
): SnowflakeCredential {
  const path = getOption(values, 'private-key') ?? env['SNOWFLAKE_PRIVATE_KEY_PATH'];
  const { SNOWFLAKE_PRIVATE_KEY_PASSPHRASE: passphrase, SNOWFLAKE_TOKEN: token } = env;
  if (path !== undefined && path !== '')
    return { keyPair: { path, ...(passphrase === undefined ? {} : { passphrase }) } };
  if (token !== undefined && token !== '') return { accessToken: token };
  throw new UsageError('--private-key is missing, and so are SNOWFLAKE_PRIVATE_KEY_PATH and SNOWFLAKE_TOKEN');
}
