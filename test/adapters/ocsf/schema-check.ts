import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { eventSchema, type OcsfVersion } from '../../../src/adapters/ocsf/index.js';
import type { EventCode } from '../../../src/core/index.js';

const published = join(import.meta.dirname, '../../../../shared/data/ocsf');

/** Whether OCSF's own schemas are at hand. */
export const there = existsSync(published);
if (!there)
  console.log('the published OCSF schemas are not beside this clone: events are held against our own schema only');

const options = { strict: false, allErrors: true, validateFormats: false } as const;

const ours = new Map<string, ReturnType<Ajv2020['compile']>>();
/** What is wrong with an event by our own schema; undefined for nothing. */
export function oursSays(code: EventCode, version: OcsfVersion, value: unknown): unknown {
  const key = `${code} ${version}`;
  const validate = ours.get(key) ?? new Ajv2020(options).compile(eventSchema(code, version));
  ours.set(key, validate);
  return validate(value) ? undefined : validate.errors;
}

interface Compiled {
  readonly 'x-class-by-uid': Readonly<Record<string, string>>;
}
const compiled = new Map<OcsfVersion, { readonly schema: Compiled; readonly ajv: Ajv2020 }>();
/** The same by OCSF's. */
export function ocsfSays(version: OcsfVersion, value: { readonly class_uid: number }): unknown {
  const known =
    compiled.get(version) ??
    (() => {
      const schema = JSON.parse(readFileSync(join(published, `${version}.schema.json`), 'utf8')) as Compiled;
      return { schema, ajv: new Ajv2020(options).addSchema(schema, version) };
    })();
  compiled.set(version, known);
  const name = known.schema['x-class-by-uid'][value.class_uid];
  if (name === undefined) return `no class ${value.class_uid} in ${version}`;
  const validate = known.ajv.getSchema(`${version}#/$defs/class_${name}`);
  if (validate === undefined) return `no schema of ${name}`;
  return validate(value) === true ? undefined : validate.errors;
}
