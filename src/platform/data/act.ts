import type { Moment } from '../process/clock.ts';
import type { Transaction } from './db.ts';

/** One use case while it runs: its transaction, who does it, and when. What changes something takes this first. */
export interface Act {
  readonly trx: Transaction;
  /** `user:12`, `key:3`, `system`: as it stands in the audit log. */
  readonly actor: string;
  readonly moment: Moment;
}
