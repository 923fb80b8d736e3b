import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { vectorsText } from './data.js';

// Makes src/adapters/ocsf/vectors/data.ts: `npm run vectors`. Nothing in it is made by hand.
writeFileSync(join(import.meta.dirname, '../../src/adapters/ocsf/vectors/data.ts'), vectorsText());
