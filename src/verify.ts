import { readConfigOrExit } from '../config/env.ts';
import { verifyEverything } from './features/accounting/proof/proof-service.ts';
import { openMigratedDatabase, StartupError } from './platform/process/startup.ts';

/** npm run verify: recomputes the books, says the first thing that is off, and exits with 1 then. */
try {
  const database = await openMigratedDatabase(readConfigOrExit().databaseUrl);
  const { vouchers, entries, seals, problem } = await verifyEverything(database.knex, Date.now());
  await database.close();
  if (problem === null) {
    console.log(`The books agree: ${vouchers} vouchers, ${entries} ledger entries, ${seals} seals.`);
  } else {
    console.error(
      `The books do not agree: ${problem.what} of ${problem.where} is ${problem.actual}, expected ${problem.expected}.`,
    );
    process.exitCode = 1;
  }
} catch (error) {
  console.error(error instanceof StartupError ? error.message : error);
  process.exitCode = 1;
}
