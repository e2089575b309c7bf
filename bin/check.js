// npm run check: types, style, format and unused code, in the time of the slowest of them. What did not change since the
// last time is not looked at again; "npm test" looks at everything.
import { installPackages } from './install.js';
import { runChecks } from './checks.js';

const broken = await runChecks(installPackages(), { isFresh: process.argv.includes('--fresh') });
process.exit(broken.length > 0 ? 1 : 0);
