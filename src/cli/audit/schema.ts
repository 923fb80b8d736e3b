import { eventSchema, type OcsfVersion } from '../../adapters/ocsf/index.js';
import { eventCodes, type EventCode } from '../../core/index.js';
import { UsageError, type ExitCode } from '../exit-codes.js';
import type { Streams } from '../streams.js';
import { parseOptions } from '../parse-options.js';
import { write } from '../write.js';

const versions: readonly OcsfVersion[] = ['1.9.0', '1.8.0', '1.3.0', '1.1.0'];

export const schemaHelp = `Usage: sallyport audit schema CODE [--ocsf VERSION]
       sallyport audit schema --list

The JSON Schema (draft 2020-12) of an event, such as statement.denied, as it is written: an attribute that is not in it is
never there. The facts in unmapped.sallyport.data are those of the code, each with its type.

Options:
  --ocsf VERSION   ${versions.join(', ')}; 1.9.0
  --list           the codes that there are
  -h, --help       this text
`;

/** `sallyport audit schema`. Throws UsageError. */
export async function schema(args: readonly string[], { stdout }: Streams): Promise<ExitCode> {
  const { values, positionals } = parseOptions(args, {
    ocsf: { type: 'string', default: '1.9.0' },
    list: { type: 'boolean' },
    help: { type: 'boolean', short: 'h' },
  });
  if (values.help === true) return write(stdout, schemaHelp);
  if (values.list === true) return write(stdout, `${eventCodes.join('\n')}\n`);
  const [code, ...more] = positionals;
  if (!isEventCode(code) || more.length > 0)
    throw new UsageError('name one code; sallyport audit schema --list has them');
  const version = versions.find((each) => each === values.ocsf);
  if (version === undefined) throw new UsageError(`--ocsf is one of ${versions.join(', ')}`);
  return write(stdout, `${JSON.stringify(eventSchema(code, version), undefined, 2)}\n`);
}

function isEventCode(code: string | undefined): code is EventCode {
  return (eventCodes as readonly (string | undefined)[]).includes(code);
}
