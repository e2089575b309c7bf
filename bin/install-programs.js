import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { giveUp } from './install.js';
import { CHROMIUM, LIBREOFFICE, MARIADB } from './test-needs.js';

/** What the tests run besides Node: any one of the names will do. */
const PROGRAMS = [
  { need: MARIADB, names: ['mariadbd'], packages: ['mariadb-server-core', 'mariadb-client-core'] },
  { need: MARIADB, names: ['mariadb-install-db'], packages: ['mariadb-server-core', 'mariadb-client-core'] },
  {
    need: CHROMIUM,
    names: ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'],
    packages: ['chromium'],
  },
  { need: LIBREOFFICE, names: ['soffice', 'libreoffice', 'localc'], packages: ['libreoffice-calc-nogui'] },
];

/** Installs by apt what of `needs` is missing. Only the programs: no service is started. */
export function installPrograms(needs) {
  const missing = PROGRAMS.filter(({ need, names }) => needs.includes(need) && !names.some(isOnPath));
  if (missing.length === 0) return;
  const packages = [...new Set(missing.flatMap((program) => program.packages))];
  const wish = `The tests need ${missing.map(({ names }) => names[0]).join(', ')}`;
  if (!isOnPath('apt-get')) giveUp(`${wish}. Please install them and run the tests again.`);
  if (process.getuid?.() !== 0) giveUp(`${wish}. Please run as root: apt-get install ${packages.join(' ')}`);
  console.log(`Installing ${packages.join(', ')} ...`);
  const isDone = apt('update') && apt('install', '--yes', '--no-install-recommends', ...packages);
  if (!isDone) giveUp(`${wish}, but apt-get could not install ${packages.join(' ')}.`);
}

function apt(...args) {
  const { status, stdout, stderr } = spawnSync('apt-get', ['-q', ...args], {
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  });
  if (status !== 0) console.error(`${stdout}${stderr}`);
  return status === 0;
}

function isOnPath(name) {
  return [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin'].some((folder) =>
    existsSync(join(folder, name)),
  );
}
