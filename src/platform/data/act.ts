import type { Moment } from '../process/clock.ts';
import type { Transaction } from './db.ts';

/** Who does it and when, where the transaction is still to come. */
export interface Author {
  /** `user:12`, `key:3`, `system`: as it stands in the audit log. */
  readonly actor: string;
  readonly moment: Moment;
}

/** One use case while it runs: its transaction, who does it, and when. What changes something takes this first. */
export interface Act extends Author {
  readonly trx: Transaction;
}
