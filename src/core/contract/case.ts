/** One promise a port makes, as data: any test runner loops over the cases and calls `run`. */
export interface ContractCase {
  readonly name: string;
  run(): Promise<void>;
}

/** Fails the case unless `condition` holds. */
export function expectThat(condition: boolean, message: string): asserts condition {
  if (!condition) throw new Error(message);
}

/** Fails the case unless `promise` rejects with an AccessError-like `code`. */
export async function expectCode(promise: Promise<unknown>, code: string): Promise<void> {
  const end = await promise.then(
    () => 'resolved',
    (error: unknown) => (error as { code?: unknown }).code,
  );
  expectThat(end === code, `expected ${code}, got ${String(end)}`);
}
