// npm run db:reset: empties the database of "npm run dev", or the one that DATABASE_URL names, and fills it anew.
import { join } from 'node:path';
import { installPackages, root } from './install.js';
import { runToEnd } from './run-to-end.js';

const env = { DATA_DIR: join('var', 'dev'), ...process.env };
process.exit(
  await runToEnd(installPackages(), [join(root, 'src', 'reset-database.ts'), ...process.argv.slice(2)], env),
);
