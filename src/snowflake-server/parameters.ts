import type { Catalog } from './catalog.js';
import { failures } from './failure.js';
import { activeRoles, type Ground } from './ground.js';
import { textOf } from './things.js';
import type { Reader } from './tokens.js';
import { textTable, type Answer } from './wire.js';

/** What is where nothing was set. */
const defaults: Readonly<Record<string, string>> = {
  NETWORK_POLICY: '', STATEMENT_TIMEOUT_IN_SECONDS: '172800', PREVENT_UNLOAD_TO_INLINE_URL: 'false', PREVENT_UNLOAD_TO_INTERNAL_STAGES: 'false',
  REQUIRE_STORAGE_INTEGRATION_FOR_STAGE_CREATION: 'false', REQUIRE_STORAGE_INTEGRATION_FOR_STAGE_OPERATION: 'false',
};

/** SHOW PARAMETERS IN ACCOUNT, USER or WAREHOUSE: what holds there, and on which level it was set. */
export function showParameters(like: RegExp, read: Reader, ground: Ground): Answer {
  const { catalog } = ground;
  if (!read.take('IN') && !read.take('FOR')) throw failures.syntax('IN is expected');
  const levels = read.take('ACCOUNT') ? [] : read.take('USER') ? [ofUser(read.one(), ground)] : read.take('WAREHOUSE') ? [ofWarehouse(read.one(), catalog)] : undefined;
  if (levels === undefined) throw failures.syntax('ACCOUNT, USER or WAREHOUSE is expected');
  return textTable(['key', 'value', 'default', 'level'], Object.entries(defaults).filter(([key]) => like.test(key)).map(([key, usual]) => {
    const [level, value] = [...levels, { level: 'ACCOUNT', of: (name: string) => catalog.parameters.get(name) }].flatMap((each) => (each.of(key) === undefined ? [] : [[each.level, each.of(key)]]))[0] ?? ['', usual];
    return [key, value?.replace(/^(?:TRUE|FALSE)$/, (word) => word.toLowerCase()) ?? '', usual, level ?? ''];
  }));
}

interface Level {
  readonly level: string;
  readonly of: (name: string) => string | undefined;
}

function ofUser(name: string, ground: Ground): Level {
  const { catalog, session } = ground;
  const user = catalog.user(name);
  if (session.user.name !== name && !catalog.manages(activeRoles(ground))) throw failures.absent('User', name);
  return { level: 'USER', of: (parameter) => user.parameters?.[parameter] };
}

function ofWarehouse(name: string, catalog: Catalog): Level {
  const warehouse = catalog.things.get('WAREHOUSE', name);
  return { level: 'WAREHOUSE', of: (parameter) => textOf(warehouse, parameter) };
}
