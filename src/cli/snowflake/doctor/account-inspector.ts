import { isEngineRefusal } from '../../../adapters/snowflake/errors.js';
import { quoteName } from '../../../adapters/snowflake/names.js';
import type { AdminConnection, RowRecords } from '../../../adapters/snowflake/roles/admin-connection.js';
import { AccessError } from '../../../core/index.js';
import type { AccountPlan } from '../plan.js';
import type { ExternalIssuer } from '../setup/setup-options.js';

/** The account would not say: there is none, or this role may not see it. Snowflake's code. */
export interface NotVisible {
  readonly refused: string;
}

/** The account, as far as one role may see it. Every question is asked once, one at a time. */
export class AccountInspector {
  readonly plan: AccountPlan;
  /** The role that looks. */
  readonly role: string;
  /** Whose tokens open sessions, where that was said. */
  readonly issuer: ExternalIssuer | undefined;
  readonly #connection: AdminConnection;
  #queue: Promise<unknown> = Promise.resolve();
  readonly #answers = new Map<string, Promise<RowRecords | NotVisible>>();

  constructor(admin: AdminConnection, plan: AccountPlan, role: string, issuer?: ExternalIssuer) {
    this.#connection = admin;
    this.issuer = issuer;
    this.plan = plan;
    this.role = role;
  }

  /** Rows by lower-case column name. Throws ENGINE_UNAVAILABLE where the account cannot be reached. */
  query(sql: string): Promise<RowRecords | NotVisible> {
    let answer = this.#answers.get(sql);
    if (answer === undefined) {
      // One after the other: each has its own time then.
      answer = this.#queue
        .then(() => this.#connection.run('doctor', sql))
        .catch((error: unknown) => {
          if (AccessError.is(error) && isEngineRefusal(error)) return { refused: String(error.detail['engineCode']) };
          throw error;
        });
      this.#queue = answer.catch(() => undefined);
      this.#answers.set(sql, answer);
    }
    return answer;
  }

  grantsTo(role: string): Promise<RowRecords | NotVisible> {
    return this.query(`SHOW GRANTS TO ROLE ${quoteName(role)}`);
  }

  /** Whether an empty answer means that there is nothing: to the account's admin it does. */
  seesAll(): boolean {
    return this.role === 'ACCOUNTADMIN';
  }
}

export function isNotVisible(answer: object): answer is NotVisible {
  return 'refused' in answer;
}
