import { readConfigOrExit } from '../config/env.ts';
import { openDatabase } from './platform/data/db.ts';
import { unlockMigrations } from './platform/data/migrations.ts';

/** `npm run migrate:unlock`: after a migration was cut off and the schema has been looked at. */
const database = openDatabase(readConfigOrExit().databaseUrl);
await unlockMigrations(database);
await database.close();
console.log('The migration lock is free; the next start migrates.');
