const pool = new Uint8Array(4096);
let used = pool.length;

function takeRandomBytes(length: number): Uint8Array {
  if (used + length > pool.length) {
    crypto.getRandomValues(pool);
    used = 0;
  }
  used += length;
  return pool.subarray(used - length, used);
}

const hex = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** A UUIDv7 (RFC 9562 §5.7): sorts by `at` in milliseconds, 74 random bits. */
export function newId(at: number): string {
  const bytes = takeRandomBytes(10);
  const time = Math.max(0, Math.floor(at)).toString(16).padStart(12, '0');
  const tail = (index: number): string => hex[bytes[index] as number] as string;
  const version = (((bytes[0] as number) & 0x0f) | 0x70).toString(16);
  const variant = (((bytes[2] as number) & 0x3f) | 0x80).toString(16);
  return (
    `${time.slice(0, 8)}-${time.slice(8)}-${version}${tail(1)}-${variant}${tail(3)}-` +
    `${tail(4)}${tail(5)}${tail(6)}${tail(7)}${tail(8)}${tail(9)}`
  );
}
