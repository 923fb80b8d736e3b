import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../..');

/** The command as it is shipped: it starts several times faster than its sources do through tsx. */
export const shipped = join(root, 'dist/cli/main.js');

const changed = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => statSync(join(root, 'src', name)).mtimeMs);
const built = statSync(shipped, { throwIfNoEntry: false })?.mtimeMs ?? 0;
// What is old would be tested in place of what is there.
if (built < Math.max(...changed)) throw new Error('dist is older than src: npm run build');
