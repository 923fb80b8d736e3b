import { isRefused, type Look, type Refused } from './look.js';

/** What a parameter is in `ACCOUNT`, `USER "X"` or `WAREHOUSE "X"`, lower case for truth values; refused where it is not shown. */
export async function valueOf(look: Look, name: string, where: string): Promise<{ readonly value: string } | Refused> {
  const answer = await look.ask(`SHOW PARAMETERS LIKE '${name}' IN ${where}`);
  if (isRefused(answer)) return answer;
  const row = answer.find((each) => each['key'] === name);
  return row === undefined ? { refused: 'not shown' } : { value: row['value'] ?? '' };
}
