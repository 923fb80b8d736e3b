/** What every event of one writer has in common. */
export interface MapSettings {
  readonly version: '1.9.0' | '1.8.0' | '1.3.0' | '1.1.0';
  readonly authority: string;
  readonly productVersion: string;
  /** A plain digest (hex) to one that only the holder of a key can guess at. */
  readonly hmac: (digest: string) => string;
  readonly level: 'metadata' | 'redacted' | 'full';
  readonly tenant?: string;
  /** Authenticates a note of the writer to itself. Absent where no secret outlives the process. */
  readonly mac?: (text: string) => string;
}
