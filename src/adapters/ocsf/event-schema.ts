import { z } from 'zod';
import type { EventCode } from '../../core/index.js';
import { eventCatalogue, classUids } from './event-catalogue.js';
import * as all from './classes.js';
import { eventDataSchemas } from './event-data-schemas.js';
import { attestation, ownMembers, metadata } from './object-schemas.js';
import type { OcsfVersion } from './options.js';
import { listMissingAttributes } from './older-versions.js';

const classes = { ...all };

/**
 * JSON Schema (draft 2020-12) of a code's event as it is written in an OCSF version: closed, an attribute that is not
 * in it is an error. Only the facts in `unmapped.sallyport.data` are open: a later version may tell more.
 */
export function eventSchema(code: EventCode, version: OcsfVersion = '1.9.0'): z.core.JSONSchema.BaseSchema {
  return z.toJSONSchema(createEventShape(code, version), { target: 'draft-2020-12' });
}

function createEventShape(code: EventCode, version: OcsfVersion): z.ZodType {
  const sealed = z.tuple([attestation]);
  const own = metadata.extend({ event_code: z.literal(code), version: z.literal(version) });
  const sallyport = ownMembers.extend({ data: eventDataSchemas[code] });
  const name = selectClassName(code, version);
  const { shape } = classes[name];
  if (version === '1.9.0')
    return z.strictObject({
      ...shape,
      metadata: own,
      attestation_list: sealed,
      unmapped: z.strictObject({ sallyport }),
    });
  const gone = new Set([...listMissingAttributes(version, classUids[name]), 'attestation_list']);
  const kept = Object.fromEntries(Object.entries(shape).filter(([attribute]) => !gone.has(attribute)));
  return z.strictObject({ ...kept, metadata: own, unmapped: z.looseObject({ sallyport, attestation_list: sealed }) });
}

function selectClassName(code: EventCode, version: OcsfVersion): keyof typeof classes {
  const name = eventCatalogue[code].class;
  if (version !== '1.9.0' && name === 'userManagement') return 'userAccess';
  return name === 'appError' && (version === '1.3.0' || version === '1.1.0') ? 'lifecycle' : name;
}
