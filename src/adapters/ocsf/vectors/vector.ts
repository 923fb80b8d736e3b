/** A record, honest or tampered with, and what a verifier of it has to tell. */
export interface Vector {
  readonly name: string;
  /** What was done. */
  readonly description: string;
  /** The text of each file, by its path. */
  readonly files: Readonly<Record<string, string>>;
  /** Those of the files whose text is base64, since they are not UTF-8. */
  readonly binary: readonly string[];
  /** What is verified: directories are logs, files exports. */
  readonly paths: readonly string[];
  /** The file with the keys that are trusted; without it none are. */
  readonly jwks?: string;
  /** The file with checkpoints that somebody else kept. */
  readonly anchors?: string;
  /** Whether a text that is absent is a problem. */
  readonly texts: boolean;
  readonly expected: Expected;
}

export interface Expected {
  /** `error`: the input cannot be verified. */
  readonly verdict: 'ok' | 'incomplete' | 'tampered' | 'error';
  /** As of `sallyport audit verify`. */
  readonly exitCode: 0 | 1 | 2 | 3;
  /** What is told, in the form that docs/record-format.md gives; nothing where the verdict is `error`. */
  readonly lines: readonly string[];
}

/** A vector whose lines stand elsewhere. */
export interface PackedVector extends Omit<Vector, 'files' | 'binary' | 'texts' | 'expected'> {
  readonly files: Readonly<Record<string, readonly number[]>>;
  readonly binary?: readonly string[];
  readonly texts?: boolean;
  readonly expected: Omit<Expected, 'lines'> & { readonly lines: readonly number[] };
}
