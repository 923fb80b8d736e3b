import { isNotVisible, type AccountInspector, type NotVisible } from './account-inspector.js';

/**
 * What a parameter is in `ACCOUNT`, `USER "X"` or `WAREHOUSE "X"`, lower case for truth values; refused where it is not
 * shown.
 */
export async function readParameter(
  look: AccountInspector,
  name: string,
  where: string,
): Promise<{ readonly value: string } | NotVisible> {
  const answer = await look.query(`SHOW PARAMETERS LIKE '${name}' IN ${where}`);
  if (isNotVisible(answer)) return answer;
  const row = answer.find((each) => each['key'] === name);
  return row === undefined ? { refused: 'not shown' } : { value: row['value'] ?? '' };
}
