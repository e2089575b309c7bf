// Runs a TypeScript file on the pinned Node: node bin/run.js <file> [arguments]
import { resolve } from 'node:path';
import { giveUp, installPackages } from './install.js';
import { runToEnd } from './run-to-end.js';

const [file, ...rest] = process.argv.slice(2);
if (file === undefined) giveUp('Which file shall be run?');
process.exit(await runToEnd(installPackages(), [resolve(file), ...rest]));
