/** An answer of the server that is no success: Snowflake's code and SQL state. */
export class SnowflakeServerError extends Error {
  readonly code: string;
  readonly sqlState: string;

  constructor(code: string, sqlState: string, message: string) {
    super(message);
    this.code = code;
    this.sqlState = sqlState;
  }
}

export const serverErrors = {
  absent: (what: string, name: string) =>
    new SnowflakeServerError(
      '002003',
      '42S02',
      `SQL compilation error:\n${what} '${name}' does not exist or not authorized.`,
    ),
  identifier: (name: string) =>
    new SnowflakeServerError('000904', '42000', `SQL compilation error:\ninvalid identifier '${name}'`),
  role: (message: string) => new SnowflakeServerError('003001', '42501', `SQL access control error:\n${message}`),
  restricted: (what: string) =>
    new SnowflakeServerError(
      '003107',
      '42501',
      `SQL access control error:\nCurrent session is restricted. ${what} not allowed.`,
    ),
  syntax: (message: string) => new SnowflakeServerError('001003', '42000', `SQL compilation error:\n${message}`),
  exists: (what: string, name: string) =>
    new SnowflakeServerError(
      '002002',
      '42710',
      `SQL compilation error:\nObject of type ${what} with name '${name}' already exists.`,
    ),
  count: (actual: number, desired: number) =>
    new SnowflakeServerError(
      '000008',
      '0A000',
      `Actual statement count ${actual} did not match the desired statement count ${desired}.`,
    ),
  warehouse: () => new SnowflakeServerError('000606', '57P03', 'No active warehouse selected in the current session.'),
  cancelled: () => new SnowflakeServerError('000604', '57014', 'SQL execution canceled'),
  timeout: (seconds: number) =>
    new SnowflakeServerError(
      '000630',
      '57014',
      `Statement reached its statement or warehouse timeout of ${seconds} second(s) and was canceled.`,
    ),
  login: () => new SnowflakeServerError('390100', '08001', 'Incorrect username or password was specified.'),
  token: (message: string) => new SnowflakeServerError('390303', '08001', `Invalid OAuth access token. ${message}`),
  jwt: () => new SnowflakeServerError('390144', '08001', 'JWT token is invalid.'),
  gone: () => new SnowflakeServerError('390104', '08001', 'The session has expired or been closed.'),
  renew: () => new SnowflakeServerError('390112', '08001', 'Session token expired.'),
} as const;
