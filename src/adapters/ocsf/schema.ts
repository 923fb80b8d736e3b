import { z } from 'zod';
import type { EventCode } from '../../core/index.js';
import { catalogue, classUids } from './catalogue.js';
import * as all from './classes.js';
import { facts } from './facts.js';
import { attestation, extras, metadata } from './objects.js';
import type { OcsfVersion } from './options.js';
import { lacking } from './projection.js';

const classes = { ...all };

/** JSON Schema (draft 2020-12) of a code's event as it is written in an OCSF version: closed, an attribute that is not in it is an error. Only the facts in `unmapped.sallyport.data` are open: a later version may tell more. */
export function eventSchema(code: EventCode, version: OcsfVersion = '1.9.0'): z.core.JSONSchema.BaseSchema {
  return z.toJSONSchema(shapeOf(code, version), { target: 'draft-2020-12' });
}

function shapeOf(code: EventCode, version: OcsfVersion): z.ZodType {
  const sealed = z.tuple([attestation]);
  const own = metadata.extend({ event_code: z.literal(code), version: z.literal(version) });
  const sallyport = extras.extend({ data: facts[code] });
  const name = classNameIn(code, version);
  const { shape } = classes[name];
  if (version === '1.9.0') return z.strictObject({ ...shape, metadata: own, attestation_list: sealed, unmapped: z.strictObject({ sallyport }) });
  const gone = new Set([...lacking(version, classUids[name]), 'attestation_list']);
  const kept = Object.fromEntries(Object.entries(shape).filter(([attribute]) => !gone.has(attribute)));
  return z.strictObject({ ...kept, metadata: own, unmapped: z.looseObject({ sallyport, attestation_list: sealed }) });
}

function classNameIn(code: EventCode, version: OcsfVersion): keyof typeof classes {
  const name = catalogue[code].class;
  if (version !== '1.9.0' && name === 'userManagement') return 'userAccess';
  return name === 'appError' && (version === '1.3.0' || version === '1.1.0') ? 'lifecycle' : name;
}
