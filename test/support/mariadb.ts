import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import mysql from 'mysql2/promise';
import { freePort } from './ports.ts';

export interface MariadbServer {
  /** `mysql://root@127.0.0.1:port`, to be followed by `/database`. */
  readonly url: string;
  stop(): Promise<void>;
}

const START_TIMEOUT_MS = 60_000;
const SETPRIV = '/usr/bin/setpriv';

export interface MariadbOptions {
  /** A folder that stays for the next start; otherwise the server has one of its own that goes with it. */
  readonly keptIn?: string;
  readonly bufferPoolMb?: number;
  /** Nothing of it is wanted after a crash of the machine, so it need not wait for the disk. */
  readonly isThrowaway?: boolean;
}

/** A MariaDB of this test run alone: own folder, free port, nothing of the machine's configuration. */
export async function startMariadb(options: MariadbOptions = {}): Promise<MariadbServer> {
  const { keptIn } = options;
  const directory = keptIn ?? mkdtempSync(join(tmpdir(), 'reisebon-mariadb-'));
  mkdirSync(directory, { recursive: true });
  chmodSync(directory, 0o755);
  const account = serverAccount();
  const dataDirectory = join(directory, 'data');
  if (!existsSync(dataDirectory)) {
    for (const folder of [dataDirectory, join(directory, 'tmp')]) mkdirSync(folder);
    if (account !== null) spawnSync('chown', ['-R', account, directory]);
    install(dataDirectory, account);
  }
  const port = await freePort();
  const logFile = join(directory, 'server.log');
  const log = openSync(logFile, 'a');
  const [command = '', ...args] = serverCommand({ ...options, directory, port, account });
  const server = spawn(command, args, { stdio: ['ignore', log, log] });
  try {
    await untilReachable(server, port);
  } catch (error) {
    server.kill('SIGKILL');
    throw new Error(`MariaDB did not start:\n${readFileSync(logFile, 'utf8').slice(-2000)}`, { cause: error });
  }
  return {
    url: `mysql://root@127.0.0.1:${port}`,
    stop: async () => {
      await ended(server);
      if (keptIn === undefined) rmSync(directory, { recursive: true, force: true });
    },
  };
}

// MariaDB refuses to run as root.
function serverAccount(): string | null {
  if (userInfo().uid !== 0) return null;
  return spawnSync('id', ['-u', 'mysql']).status === 0 ? 'mysql' : 'nobody';
}

function install(dataDirectory: string, account: string | null): void {
  const [command = '', ...args]: string[] = [
    ...asAccount(account),
    program('mariadb-install-db'),
    '--no-defaults',
    `--datadir=${dataDirectory}`,
    '--auth-root-authentication-method=normal',
    '--skip-test-db',
    '--skip-name-resolve',
  ];
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8', cwd: dataDirectory });
  if (status !== 0) throw new Error(`mariadb-install-db failed:\n${stdout}${stderr}`);
}

interface ServerPlace extends MariadbOptions {
  readonly directory: string;
  readonly port: number;
  readonly account: string | null;
}

function serverCommand({ directory, port, account, bufferPoolMb = 256, isThrowaway = false }: ServerPlace): string[] {
  return [
    ...asAccount(account),
    program('mariadbd'),
    '--no-defaults',
    `--datadir=${join(directory, 'data')}`,
    `--socket=${join(directory, 'socket')}`,
    `--pid-file=${join(directory, 'pid')}`,
    // A server that starts clears its folder of temporary tables, so no two may share one.
    `--tmpdir=${join(directory, 'tmp')}`,
    '--bind-address=127.0.0.1',
    `--port=${port}`,
    '--skip-name-resolve',
    '--max-connections=400',
    `--innodb-buffer-pool-size=${bufferPoolMb}M`,
    '--character-set-server=utf8mb4',
    '--innodb-log-file-size=48M',
    // What is committed outlives a process that is killed either way.
    ...(isThrowaway ? ['--innodb-flush-log-at-trx-commit=0', '--skip-innodb-doublewrite'] : []),
  ];
}

/** The server must not run as root, and must not outlive a test run that was killed. */
function asAccount(account: string | null): string[] {
  if (!existsSync(SETPRIV)) return [];
  const identity = account === null ? [] : [`--reuid=${account}`, `--regid=${groupOf(account)}`, '--clear-groups'];
  return [SETPRIV, ...identity, '--pdeathsig=TERM'];
}

function groupOf(account: string): string {
  return spawnSync('id', ['-gn', account], { encoding: 'utf8' }).stdout.trim();
}

function program(name: string): string {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin'];
  const found = folders.map((folder) => join(folder, name)).find((file) => existsSync(file));
  if (found === undefined) throw new Error(`${name} is not installed; "npm test" installs it where it may`);
  return found;
}

async function untilReachable(server: ChildProcess, port: number): Promise<void> {
  for (const deadline = Date.now() + START_TIMEOUT_MS; ; await sleep(100)) {
    try {
      const connection = await mysql.createConnection({ host: '127.0.0.1', port, user: 'root' });
      await connection.end();
      return;
    } catch (error) {
      if (Date.now() > deadline || server.exitCode !== null || server.signalCode !== null) throw error;
    }
  }
}

async function ended(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  await new Promise((resolve) => {
    server.once('exit', resolve);
    server.kill('SIGTERM');
  });
}
