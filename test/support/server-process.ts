import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { testEnvironment } from './http.ts';
import { freePort } from './ports.ts';

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface ServerProcess {
  readonly url: string;
  readonly pid: number;
  /** Everything printed so far, on both outputs. */
  output(): string;
  /** Sends the signal and waits for the end. */
  kill(signal?: NodeJS.Signals): Promise<Ended>;
}

export interface FailedStart extends Ended {
  readonly output: string;
}

const ROOT = join(import.meta.dirname, '..', '..');
const READY_TIMEOUT_MS = 120_000;
const running = new Set<ChildProcess>();

process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** The real server in a process of its own, as soon as it is ready. Without a DATABASE_URL it has a folder for itself. */
export async function startServerProcess(env: Readonly<Record<string, string>> = {}): Promise<ServerProcess> {
  const port = Number(env['PORT'] ?? (await freePort()));
  const { child, output, ended } = spawnServer({ ...env, PORT: String(port) });
  const url = `http://127.0.0.1:${port}`;
  for (const deadline = Date.now() + READY_TIMEOUT_MS; !(await isReady(url)); await sleep(50)) {
    if (child.exitCode !== null || Date.now() > deadline) {
      child.kill('SIGKILL');
      throw new Error(`the server did not become ready:\n${output()}`);
    }
  }
  return {
    url,
    pid: child.pid as number,
    output,
    kill: (signal = 'SIGTERM') => {
      child.kill(signal);
      return ended;
    },
  };
}

/** Starts a server that is expected not to start, and answers how it ended. */
export async function failToStart(env: Readonly<Record<string, string>>): Promise<FailedStart> {
  const { child, output, ended } = spawnServer(env);
  const timer = setTimeout(() => child.kill('SIGKILL'), READY_TIMEOUT_MS);
  const end = await ended;
  clearTimeout(timer);
  return { ...end, output: output() };
}

function spawnServer(env: Readonly<Record<string, string>>): {
  child: ChildProcess;
  output: () => string;
  ended: Promise<Ended>;
} {
  const dataDir = mkdtempSync(join(tmpdir(), 'reisebon-data-'));
  // Nothing of the surrounding environment decides over a test, except where programs are found.
  const fullEnv = { PATH: process.env['PATH'], DATA_DIR: dataDir, ...testEnvironment(env) };
  const child = spawn(process.execPath, [join(ROOT, 'src', 'main.ts')], {
    cwd: ROOT,
    env: fullEnv,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  running.add(child);
  let output = '';
  child.stdout?.on('data', (text: Buffer) => (output += text.toString()));
  child.stderr?.on('data', (text: Buffer) => (output += text.toString()));
  const ended = new Promise<Ended>((resolve) => {
    child.on('close', (code, signal) => {
      running.delete(child);
      rmSync(dataDir, { recursive: true, force: true });
      resolve({ code, signal });
    });
  });
  return { child, output: () => output, ended };
}

async function isReady(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/readyz`)).ok;
  } catch {
    return false;
  }
}
