import { EventEmitter } from 'node:events';
import type { Knex } from 'knex';

/** What parts of one process tell each other about rows. Other processes find out by looking at the rows. */
export type Signal = 'job_queued' | 'mail_queued' | `job_ended:${string}`;

/** Hears a signal also while nobody waits, so that what comes between a look at the rows and the wait is not missed. */
export interface Listener {
  /** Until the signal was heard since the last call, or the time is over, or `close`. */
  next(milliseconds: number): Promise<void>;
  /** Ends a wait at once, as the signal would. */
  wake(): void;
  close(): void;
}

/** Tells who listens on this database that rows have changed; in a transaction as soon as it is committed. */
export function emitSignal(knex: Knex | Knex.Transaction, signal: Signal): void {
  const emitter = emitterOf(knex);
  const emit = (): void => {
    emitter.emit(signal);
  };
  if (!isTransaction(knex)) emit();
  else outermost(knex).executionPromise.then(emit, () => undefined);
}

export function listenTo(knex: Knex, signal: Signal): Listener {
  const emitter = emitterOf(knex);
  let isHeard = false;
  let isClosed = false;
  let endWait: (() => void) | null = null;
  const wake = (): void => {
    isHeard = true;
    endWait?.();
  };
  emitter.on(signal, wake);
  return {
    wake,
    async next(milliseconds) {
      if (!isHeard && !isClosed)
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, milliseconds);
          endWait = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      endWait = null;
      isHeard = false;
    },
    close() {
      isClosed = true;
      emitter.off(signal, wake);
      endWait?.();
    },
  };
}

/** To be called once when a database is opened: all its transactions inherit it. */
export function enableSignals(knex: Knex): void {
  knex.userParams = { ...knex.userParams, signals: new EventEmitter().setMaxListeners(0) };
}

function emitterOf(knex: Knex): EventEmitter {
  const { signals } = knex.userParams as { readonly signals?: EventEmitter };
  if (signals === undefined) throw new Error('a database without signals; it is opened by openDatabase');
  return signals;
}

function isTransaction(knex: Knex | Knex.Transaction): knex is Knex.Transaction {
  return knex.isTransaction === true;
}

function outermost(trx: Knex.Transaction): Knex.Transaction {
  return trx.parentTransaction === undefined ? trx : outermost(trx.parentTransaction);
}
