import { isRefusal } from '../../../adapters/snowflake/failure.js';
import { quoted } from '../../../adapters/snowflake/names.js';
import type { Clerk, Records } from '../../../adapters/snowflake/roles/clerk.js';
import { AccessError } from '../../../core/index.js';
import type { Plan } from '../plan.js';
import type { ExternalIssuer } from '../setup/options.js';

/** The account would not say: there is none, or this role may not see it. Snowflake's code. */
export interface Refused {
  readonly refused: string;
}

/** The account, as far as one role may see it. Every question is asked once, one at a time. */
export class Look {
  readonly plan: Plan;
  /** The role that looks. */
  readonly role: string;
  /** Whose tokens open sessions, where that was said. */
  readonly issuer: ExternalIssuer | undefined;
  readonly #clerk: Clerk;
  #line: Promise<unknown> = Promise.resolve();
  readonly #asked = new Map<string, Promise<Records | Refused>>();

  constructor(clerk: Clerk, plan: Plan, role: string, issuer?: ExternalIssuer) {
    this.#clerk = clerk;
    this.issuer = issuer;
    this.plan = plan;
    this.role = role;
  }

  /** Rows by lower-case column name. Throws ENGINE_UNAVAILABLE where the account cannot be reached. */
  ask(sql: string): Promise<Records | Refused> {
    let answer = this.#asked.get(sql);
    if (answer === undefined) {
      // One after the other: each has its own time then.
      answer = this.#line.then(() => this.#clerk.run('doctor', sql)).catch((error: unknown) => {
        if (AccessError.is(error) && isRefusal(error)) return { refused: String(error.detail['engineCode']) };
        throw error;
      });
      this.#line = answer.catch(() => undefined);
      this.#asked.set(sql, answer);
    }
    return answer;
  }

  grantsTo(role: string): Promise<Records | Refused> {
    return this.ask(`SHOW GRANTS TO ROLE ${quoted(role)}`);
  }

  /** Whether an empty answer means that there is nothing: to the account's admin it does. */
  seesAll(): boolean {
    return this.role === 'ACCOUNTADMIN';
  }
}

export function isRefused(answer: object): answer is Refused {
  return 'refused' in answer;
}
