import { readConfigOrExit } from '../config/env.ts';
import { differenceAdvice, differenceText, type DifferenceWords } from './features/accounting/proof/difference-view.ts';
import { verifyAndRecord } from './features/accounting/proof/proof-service.ts';
import { join } from 'node:path';
import { formatNumber, moneyInput } from './platform/html/format.ts';
import { createI18n } from './platform/html/i18n.ts';
import { openMigratedDatabase, StartupError } from './platform/process/startup.ts';

const amount = (cents: number, currency = 'EUR'): string => moneyInput(cents, currency, 'en');
/** Whoever looks after the server reads English; `90.00 EUR` is plain on any terminal. */
const WORDS: DifferenceWords = {
  t: createI18n({ directory: join(import.meta.dirname, '..', 'locales'), strict: false }).translator('en'),
  money: (cents, currency) => `${amount(cents, currency)} ${currency}`,
  amount: (cents) => amount(cents),
  count: (count) => formatNumber(count, 'en'),
};

/** npm run verify: recomputes the books, says the first thing that is off, and exits with 1 then. The check is kept, and what is right is sealed. */
try {
  const database = await openMigratedDatabase(readConfigOrExit().databaseUrl);
  const { vouchers, entries, seals, problem } = await verifyAndRecord(database, 'system', Date.now());
  await database.close();
  if (problem === null) {
    console.log(`The books agree: ${vouchers} vouchers, ${entries} ledger entries, ${seals} seals.`);
  } else {
    console.error(`The books do not agree. ${differenceText(problem, WORDS)} ${differenceAdvice(problem, WORDS.t)}`);
    process.exitCode = 1;
  }
} catch (error) {
  console.error(error instanceof StartupError ? error.message : error);
  process.exitCode = 1;
}
