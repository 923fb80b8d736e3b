/** One line of the report: a ratio measured side by side in one run, never a bare time. */
export interface Row {
  /** The line's name in the performance budget. */
  readonly id: string;
  readonly what: string;
  /** The median over the rounds. */
  readonly ratio: number;
  /** The lowest and the highest of the rounds. */
  readonly spread: [number, number];
  readonly goal: number;
  /** `least`: the ratio should be at least the goal; `most`: at most. */
  readonly better: 'least' | 'most';
  /** Absolute figures of this machine, in the unit their name ends in. */
  readonly detail: Record<string, number>;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] as number;
}

/** The ratios of two measurements taken alternately, round by round: their median and spread. */
export function ratioOf(
  ours: readonly number[],
  theirs: readonly number[],
): { readonly ratio: number; readonly spread: [number, number] } {
  const ratios = ours.map((value, round) => value / (theirs[round] as number)).toSorted((a, b) => a - b);
  return { ratio: median(ratios), spread: [ratios[0] as number, ratios.at(-1) as number] };
}

/** Milliseconds that `work` takes. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}
