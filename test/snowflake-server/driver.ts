import snowflake from 'snowflake-sdk';
import type { SnowflakeServer } from '../../src/snowflake-server/index.js';

snowflake.configure({ logLevel: 'OFF', additionalLogToConsole: false });

type Options = Parameters<typeof snowflake.createConnection>[0];
export type Connection = ReturnType<typeof snowflake.createConnection>;

/** Logs the real driver in. */
export function connected({ host, port, account }: SnowflakeServer, options: Partial<Options>): Promise<Connection> {
  const connection = snowflake.createConnection({
    account,
    accessUrl: `http://${host}:${port}`,
    sfRetryMaxLoginRetries: 0,
    ...options,
  });
  return new Promise((resolve, reject) =>
    connection.connect((error) => (error === undefined || error === null ? resolve(connection) : reject(error))),
  );
}

export interface Ran {
  readonly rows: readonly (readonly unknown[])[];
  readonly role: string;
  readonly columns: readonly string[];
}

/** Runs one statement to its end. */
export function ran(connection: Connection, sqlText: string, more: object = {}): Promise<Ran> {
  return new Promise((resolve, reject) => {
    connection.execute({
      sqlText,
      rowMode: 'array',
      ...more,
      complete: (error, statement, rows) => {
        if (error !== undefined && error !== null) reject(error);
        else
          resolve({
            rows: (rows ?? []) as unknown as readonly (readonly unknown[])[],
            columns: (statement.getColumns() ?? []).map((column) => column.getName()),
            role: (statement as unknown as { getSessionState(): { getCurrentRole(): string } })
              .getSessionState()
              .getCurrentRole(),
          });
      },
    });
  });
}

export function gone(connection: Connection): Promise<void> {
  return new Promise((resolve, reject) =>
    connection.destroy((error) => (error === undefined || error === null ? resolve() : reject(error))),
  );
}
