import { randomBytes } from 'node:crypto';

/** A person who can sign in at the identity provider. */
export interface Person {
  readonly id: string;
  readonly name: string;
}

/** A program known to the identity provider. The secret is made up at every start. */
export interface Agent {
  readonly id: string;
  readonly secret: string;
  /** What the policy lets it do, in words for the terminal. */
  readonly may: string;
}

/** The application in which people review what agents ask for: it has no secret, so PKCE is what binds its tokens. */
export const reviewClient = { id: 'review-page', scope: 'sallyport.review' } as const;

export interface Directory {
  readonly people: readonly Person[];
  readonly agents: Readonly<Record<'orders' | 'report' | 'intern', Agent>>;
}

/** Who works at ACME: two people and three agents with different rights (see policy.csv). */
export function directory(): Directory {
  return {
    people: [
      { id: 'alice', name: 'Alice Moreau, operations' },
      { id: 'bob', name: 'Bob Lindqvist, finance; reviews what operations writes' },
    ],
    agents: {
      orders: agent('orders-agent', 'reads and writes ACME.OPS; each write needs a person to agree'),
      report: agent('report-agent', 'reads ACME.OPS and ACME.FINANCE, but never PAYROLL'),
      intern: agent('intern-agent', 'reads the one table ACME.OPS.CARRIERS'),
    },
  };
}

function agent(id: string, may: string): Agent {
  return { id, may, secret: randomBytes(24).toString('base64url') };
}
