import type { Catalog } from './catalog.js';
import { serverErrors } from './server-error.js';
import { listActiveRoles, type CommandContext } from './command-context.js';
import { getTextProperty } from './account-objects.js';
import type { TokenReader } from './tokenizer.js';
import { createTextTable, type ResultTable } from './wire-format.js';

/** What is where nothing was set. */
const parameterDefaults: Readonly<Record<string, string>> = {
  NETWORK_POLICY: '',
  STATEMENT_TIMEOUT_IN_SECONDS: '172800',
  PREVENT_UNLOAD_TO_INLINE_URL: 'false',
  PREVENT_UNLOAD_TO_INTERNAL_STAGES: 'false',
  REQUIRE_STORAGE_INTEGRATION_FOR_STAGE_CREATION: 'false',
  REQUIRE_STORAGE_INTEGRATION_FOR_STAGE_OPERATION: 'false',
};

/** SHOW PARAMETERS IN ACCOUNT, USER or WAREHOUSE: what holds there, and on which level it was set. */
export function showParameters(like: RegExp, read: TokenReader, ground: CommandContext): ResultTable {
  const { catalog } = ground;
  if (!read.accept('IN') && !read.accept('FOR')) throw serverErrors.syntax('IN is expected');
  const levels = read.accept('ACCOUNT')
    ? []
    : read.accept('USER')
      ? [createUserLevel(read.requireSingleName(), ground)]
      : read.accept('WAREHOUSE')
        ? [createWarehouseLevel(read.requireSingleName(), catalog)]
        : undefined;
  if (levels === undefined) throw serverErrors.syntax('ACCOUNT, USER or WAREHOUSE is expected');
  return createTextTable(
    ['key', 'value', 'default', 'level'],
    Object.entries(parameterDefaults)
      .filter(([key]) => like.test(key))
      .map(([key, usual]) => {
        const [level, value] = [
          ...levels,
          { level: 'ACCOUNT', of: (name: string) => catalog.parameters.get(name) },
        ].flatMap((each) => (each.of(key) === undefined ? [] : [[each.level, each.of(key)]]))[0] ?? ['', usual];
        return [key, value?.replace(/^(?:TRUE|FALSE)$/, (word) => word.toLowerCase()) ?? '', usual, level ?? ''];
      }),
  );
}

interface ParameterLevel {
  readonly level: string;
  readonly of: (name: string) => string | undefined;
}

function createUserLevel(name: string, ground: CommandContext): ParameterLevel {
  const { catalog, session } = ground;
  const user = catalog.user(name);
  if (session.user.name !== name && !catalog.manages(listActiveRoles(ground))) throw serverErrors.absent('User', name);
  return { level: 'USER', of: (parameter) => user.parameters?.[parameter] };
}

function createWarehouseLevel(name: string, catalog: Catalog): ParameterLevel {
  const warehouse = catalog.things.get('WAREHOUSE', name);
  return { level: 'WAREHOUSE', of: (parameter) => getTextProperty(warehouse, parameter) };
}
