import { readFile } from 'node:fs/promises';
import { UsageError } from '../exit-codes.js';

/** Where the token comes from, asked before each message. Throws UsageError when there is none. */
export type TokenSource = () => Promise<string>;

/** A file, or the environment. */
export function createTokenSource(
  file: string | undefined,
  { SALLYPORT_TOKEN }: Readonly<Record<string, string | undefined>>,
): TokenSource {
  if (file !== undefined) {
    return async () =>
      requireToken(
        await readFile(file, 'utf8').catch((error: unknown) => {
          throw new UsageError(`${file} cannot be read`, { cause: error });
        }),
        file,
      );
  }
  return async () => requireToken(SALLYPORT_TOKEN ?? '', 'SALLYPORT_TOKEN');
}

/** The letters of RFC 6750 §2.1; what else stands there would end up in a header. */
function requireToken(text: string, where: string): string {
  const token = text.trim();
  if (!/^[\w\-.~+/]+=*$/.test(token)) throw new UsageError(`${where} holds no access token`);
  return token;
}
