import { reviewerToken } from '../quickstart/tokens.js';

interface Where {
  readonly issuer: string;
  readonly redirectUri: string;
  /** The REST mount, where reviewers answer. */
  readonly mount: string;
}

/** A person's part: signs in, looks at exactly what would run, and agrees to that. Throws unless the answer counts. */
export async function reviewAs(person: string, { issuer, redirectUri, mount }: Where, ticket: string): Promise<void> {
  const { value } = await reviewerToken(issuer, person, redirectUri);
  const headers = { authorization: `Bearer ${value}`, 'content-type': 'application/json' };
  const { digest } = (await (await fetch(`${mount}/approvals/${ticket}`, { headers })).json()) as {
    readonly digest?: string;
  };
  const answer = await fetch(`${mount}/approvals/${ticket}/decision`, {
    method: 'POST',
    headers,
    body: JSON.stringify({ decision: 'approve', digest, comment: 'Checked.' }),
  });
  if (!answer.ok) throw new Error(`the review was answered ${answer.status}`);
}
