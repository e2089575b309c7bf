import { readConfigOrExit } from '../config/env.ts';
import { grantStatements } from './features/accounting/proof/grants-service.ts';
import { openMigratedDatabase, StartupError } from './platform/process/startup.ts';

/**
 * npm run grants -- app localhost: prints the rights of the application's own database user, for every table there is.
 * To be run with the DATABASE_URL of the owner of the tables, again after every update of the product.
 */
const [user = '', host = '%'] = process.argv.slice(2);
try {
  const url = readConfigOrExit().databaseUrl;
  if (!url.startsWith('mysql:'))
    throw new StartupError('Only MariaDB and MySQL know users; on SQLite triggers keep the journal.');
  if (!/^[\w.-]{1,80}$/.test(user) || !/^[\w.%:-]{1,255}$/.test(host))
    throw new StartupError('Please name the user: npm run grants -- app localhost');
  const database = await openMigratedDatabase(url);
  const rows = (await database.knex.raw(
    'select database() as name, table_name as tableName from information_schema.tables where table_schema = database() order by table_name',
  )) as [{ name: string; tableName: string }[]];
  const tables = rows[0];
  await database.close();
  for (const statement of grantStatements(
    tables[0]?.name ?? '',
    `'${user}'@'${host}'`,
    tables.map(({ tableName }) => tableName),
  ))
    console.log(`${statement};`);
} catch (error) {
  console.error(error instanceof StartupError ? error.message : error);
  process.exitCode = 1;
}
