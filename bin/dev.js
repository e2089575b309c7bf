// npm run dev: the server with demo data in var/dev and a log for people, begun anew at every change.
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { installPackages, root } from './install.js';
import { readableLog } from './readable-log.js';

const WATCHED = ['src', 'config', 'migrations', 'seeds', 'locales'];
/** What the environment does not say otherwise. */
const DEFAULTS = {
  DATA_DIR: join('var', 'dev'),
  BOOTSTRAP_ADMIN_EMAIL: 'dev@example.org',
  BOOTSTRAP_ADMIN_PASSWORD: 'dev-password',
};

const env = { ...DEFAULTS, ...process.env, NODE_ENV: 'development' };
const watch = ['--watch', '--watch-preserve-output', ...WATCHED.map((folder) => `--watch-path=${join(root, folder)}`)];
const server = spawn(
  installPackages(),
  ['--disable-warning=ExperimentalWarning', ...watch, join(root, 'src', 'main.ts')],
  { cwd: root, env, stdio: ['inherit', 'pipe', 'inherit'] },
);
console.log(`Login: ${env.BOOTSTRAP_ADMIN_EMAIL} with password ${env.BOOTSTRAP_ADMIN_PASSWORD}`);
createInterface({ input: server.stdout }).on('line', (line) => console.log(readableLog(line)));
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, () => server.kill(signal));
server.on('exit', (code, signal) => process.exit(code ?? 128 + constants.signals[signal]));
