import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { build } from 'vite';
import { afterAll } from 'vitest';
import './built.js';

const root = join(import.meta.dirname, '../..');

/**
 * A program of the tests as plain JavaScript, for the tests of one file. What it imports of the package is the package
 * as it is built. Through tsx, each start costs more than what is started. `beside`: files that it reads where it
 * stands.
 */
export async function compiled(program: string, beside: readonly string[] = []): Promise<string> {
  // Inside the package, so that its own name resolves as it does for a user.
  mkdirSync(join(root, 'reports'), { recursive: true });
  const folder = mkdtempSync(join(root, 'reports/child-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const file = `${basename(program, '.ts')}.mjs`;
  await build({
    configFile: false,
    root,
    logLevel: 'error',
    build: {
      ssr: program,
      outDir: folder,
      minify: false,
      rolldownOptions: { external: /^(?![./])/, output: { entryFileNames: file } },
    },
  });
  for (const name of beside) copyFileSync(join(dirname(program), name), join(folder, name));
  return join(folder, file);
}
