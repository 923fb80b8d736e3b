interface Stored {
  readonly payload: Record<string, unknown>;
  readonly endsAt: number;
}

/** oidc-provider's storage, in memory: everything it knows is gone when the quick start ends. */
export function providerStorage(): (model: string) => ModelStorage {
  const all = new Map<string, Stored>();
  return (model) => new ModelStorage(all, model);
}

/** The methods that oidc-provider's flows here call, for one of its models. */
class ModelStorage {
  readonly #all: Map<string, Stored>;
  readonly #model: string;

  constructor(all: Map<string, Stored>, model: string) {
    this.#all = all;
    this.#model = model;
  }

  async upsert(id: string, payload: Record<string, unknown>, expiresInSeconds?: number): Promise<void> {
    const endsAt = expiresInSeconds === undefined ? Infinity : Date.now() + expiresInSeconds * 1000;
    this.#all.set(this.#key(id), { payload, endsAt });
  }

  async find(id: string): Promise<Record<string, unknown> | undefined> {
    const stored = this.#all.get(this.#key(id));
    return stored !== undefined && stored.endsAt > Date.now() ? stored.payload : undefined;
  }

  async findByUid(uid: string): Promise<Record<string, unknown> | undefined> {
    const id = this.#idsWhere('uid', uid)[0];
    return id === undefined ? undefined : this.find(id);
  }

  async consume(id: string): Promise<void> {
    const stored = this.#all.get(this.#key(id));
    if (stored !== undefined) stored.payload['consumed'] = Math.floor(Date.now() / 1000);
  }

  async destroy(id: string): Promise<void> {
    this.#all.delete(this.#key(id));
  }

  async revokeByGrantId(grantId: string): Promise<void> {
    for (const id of this.#idsWhere('grantId', grantId)) this.#all.delete(this.#key(id));
  }

  #key(id: string): string {
    return `${this.#model}:${id}`;
  }

  #idsWhere(member: string, value: string): string[] {
    const own = [...this.#all].filter(
      ([key, { payload }]) => key.startsWith(this.#key('')) && payload[member] === value,
    );
    return own.map(([key]) => key.slice(this.#key('').length));
  }
}
