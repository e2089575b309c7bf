import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { root } from './install.js';

/**
 * Runs a program in the project's folder, hands on what ends it, and answers its exit code. The channel between the
 * two lets the program notice when this process is gone without a word.
 */
export function runToEnd(program, args, env = process.env) {
  return new Promise((done) => {
    const child = spawn(program, args, { cwd: root, env, stdio: ['inherit', 'inherit', 'inherit', 'ipc'] });
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, () => child.kill(signal));
    child.on('error', (error) => {
      console.error(`${program} could not be started: ${error.message}`);
      done(1);
    });
    child.on('exit', (code, signal) => done(code ?? 128 + constants.signals[signal]));
  });
}
