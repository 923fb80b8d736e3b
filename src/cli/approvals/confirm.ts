import type { Streams } from '../streams.js';
import { readLines } from '../input-lines.js';
import { write } from '../write.js';

const prefixLength = 8;

/** Whether somebody sits there who can be asked, and sees what is shown on standard error. */
export function isInteractive({ stdin, stderr }: Streams): boolean {
  return [stdin, stderr].every((each) => (each as { readonly isTTY?: boolean }).isTTY === true);
}

/** Asks for the beginning of the digest; false for anything else, and at the end of the input. */
export async function confirmDigest(verb: string, digest: string, { stdin, stderr }: Streams): Promise<boolean> {
  await write(stderr, `\nTo ${verb} exactly this, type the first ${prefixLength} characters of its digest: `);
  const lines = readLines(stdin);
  const { value } = await lines.next();
  await lines.return(undefined);
  return typeof value === 'string' && value.trim().toLowerCase() === digest.slice(0, prefixLength);
}
