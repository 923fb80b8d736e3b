interface Stored {
  payload: Record<string, unknown>;
  readonly endsAt: number;
}

/** oidc-provider's storage, in memory: everything it knows is gone when the quick start ends. */
export class ProviderStorage {
  static readonly #all = new Map<string, Stored>();
  readonly #model: string;

  constructor(model: string) {
    this.#model = model;
  }

  async upsert(id: string, payload: Record<string, unknown>, expiresInSeconds?: number): Promise<void> {
    const endsAt = expiresInSeconds === undefined ? Infinity : Date.now() + expiresInSeconds * 1000;
    ProviderStorage.#all.set(`${this.#model}:${id}`, { payload, endsAt });
  }

  async find(id: string): Promise<Record<string, unknown> | undefined> {
    const stored = ProviderStorage.#all.get(`${this.#model}:${id}`);
    return stored !== undefined && stored.endsAt > Date.now() ? stored.payload : undefined;
  }

  async findByUid(uid: string): Promise<Record<string, unknown> | undefined> {
    return this.#where('uid', uid)[0]?.[1].payload;
  }

  async consume(id: string): Promise<void> {
    const stored = ProviderStorage.#all.get(`${this.#model}:${id}`);
    if (stored !== undefined) stored.payload = { ...stored.payload, consumed: Math.floor(Date.now() / 1000) };
  }

  async destroy(id: string): Promise<void> {
    ProviderStorage.#all.delete(`${this.#model}:${id}`);
  }

  async revokeByGrantId(grantId: string): Promise<void> {
    for (const [key] of this.#where('grantId', grantId)) ProviderStorage.#all.delete(key);
  }

  #where(member: string, value: string): [string, Stored][] {
    const now = Date.now();
    return [...ProviderStorage.#all].filter(
      ([key, { payload, endsAt }]) => key.startsWith(`${this.#model}:`) && payload[member] === value && endsAt > now,
    );
  }
}
