import type { RequestListener } from 'node:http';
import type { Connector } from 'sallyport';

/** Where the statements run. */
export interface Warehouse {
  readonly connector: Connector;
  /** The keys by which Snowflake checks the tokens that the gateway signs for it. */
  readonly keys?: RequestListener;
  /** What the account still has of the sessions that were: names of things, and how many. */
  readonly left?: () => readonly (readonly [string, number])[];
  close?(): Promise<void>;
}
