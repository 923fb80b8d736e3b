import { z } from 'zod';

/**
 * OCSF objects, as far as we fill them. Times are epoch milliseconds. Every object is closed: an attribute not named
 * here is an error.
 */
const text = z.string();
const wholeNumber = z.int();

export const fingerprint = z.strictObject({
  algorithm_id: z.literal(3),
  encoding_id: z.literal(1),
  serialization_id: z.literal(2),
  value: z.string().regex(/^[0-9a-f]{64}$/),
});

export const attestation = z.strictObject({
  authority_uid: text,
  chain_uid: text,
  fingerprint,
  prev_event: z.strictObject({ uid: text, type_uid: wholeNumber, fingerprint }).optional(),
});

export const metadata = z.strictObject({
  version: z.enum(['1.9.0', '1.8.0', '1.3.0', '1.1.0']),
  uid: text,
  sequence: wholeNumber.min(1),
  event_code: text,
  log_name: z.literal('sallyport.audit'),
  product: z.strictObject({ name: z.literal('sallyport'), vendor_name: z.literal('Sallyport'), version: text }),
  profiles: z.array(text),
  correlation_uid: text.optional(),
  tenant_uid: text.optional(),
  is_truncated: z.literal(true).optional(),
  untruncated_size: wholeNumber.optional(),
});

/** `type_id`: 0 unknown, 1 a person or service that an agent acts for. */
export const user = z.strictObject({
  uid: text.optional(),
  name: text.optional(),
  type_id: z.union([z.literal(0), z.literal(1)]),
});

export const actor = z.strictObject({
  user,
  session: z
    .strictObject({ uid: text.optional(), issuer: text.optional(), credential_uid: text.optional() })
    .optional(),
  application: z.strictObject({ uid: text }).optional(),
  app_uid: text.optional(),
});

export const session = z.strictObject({
  uid: text,
  uid_alt: text.optional(),
  expiration_time: wholeNumber.optional(),
  expiration_reason: text.optional(),
});
export const endpoint = z.strictObject({ ip: text.optional(), name: text.optional(), svc_name: text.optional() });
export const policy = z.strictObject({ uid: text, version: text.optional() });
export const authorization = z.strictObject({
  decision: z.enum(['allow', 'deny']),
  policy: z.strictObject({ uid: text }),
});
export const agent = z.strictObject({ uid: text, type_id: z.literal(0) });
export const delegation = z.strictObject({ uid: text, issuer_uid: text });
export const database = z.strictObject({ name: text, type_id: z.union([z.literal(0), z.literal(1)]) });
export const query = z.strictObject({ uid: text, query_string: text, bytes: z.int().min(0).optional() });
export const application = z.strictObject({
  name: z.literal('sallyport'),
  vendor_name: z.literal('Sallyport'),
  version: text,
});

const digest = z.string().regex(/^[0-9a-f]{64}$/);
/** A text that is kept apart: in how many parts, and the SHA-256 of its salt and itself. */
const namedText = z.strictObject({ parts: wholeNumber.min(1), sha256: digest });

/** What is ours: everything that has no place in OCSF, and what reads an event back. */
export const ownMembers = z.strictObject({
  v: z.literal(2),
  instance: text,
  statement: text.optional(),
  connection: text.optional(),
  trace_id: text.optional(),
  span_id: text.optional(),
  who: z
    .strictObject({ principal: text, actor: text, issuer: text, client: text.optional(), tokenId: text.optional() })
    .optional(),
  scope: z.strictObject({ database: text, schema: text, access: z.enum(['read', 'write']) }).optional(),
  data: z.looseObject({}),
  before: z
    .strictObject({ chain: text, sequence: wholeNumber, id: text, fingerprint: digest, sealed: z.int().min(0) })
    .optional(),
  texts: z.strictObject({ run: namedText, asked: namedText.optional() }).optional(),
});
