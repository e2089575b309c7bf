// Plain JavaScript for Node >= 20: this runs before anything is installed.
import { spawnSync } from 'node:child_process';
import { existsSync, lstatSync, mkdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Installs the packages when they are missing or differ from the lockfile, and answers the path of the pinned Node. */
export function installPackages() {
  refuseOldNode();
  if (!isInstalled()) {
    if (isLink(join(root, 'node_modules')))
      giveUp(
        'The packages differ from package-lock.json, and node_modules is a link: please run "npm ci" where it leads.',
      );
    console.log('Installing packages ...');
    const { status } = spawnSync('npm', ['ci', '--include=dev', '--include=optional', '--loglevel=error'], {
      cwd: root,
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    if (status !== 0)
      giveUp('The packages could not be installed: "npm ci" failed. Is the package registry reachable?');
  }
  return pinnedNode();
}

/** Ends the process with one sentence. */
export function giveUp(sentence) {
  console.error(sentence);
  process.exit(1);
}

function refuseOldNode() {
  if (Number(process.versions.node.split('.')[0]) < 20)
    giveUp(`Node 20 or newer is needed to begin with; this is ${process.versions.node}.`);
}

// npm writes the inner lockfile last, so an installation that was cut off does not count as one.
function isInstalled() {
  const installed = readLock('node_modules/.package-lock.json');
  const wanted = readLock('package-lock.json');
  return Object.entries(wanted).every(
    ([path, { version, optional }]) => path === '' || optional || installed[path]?.version === version,
  );
}

// "npm ci" would empty a folder that others use as well.
function isLink(path) {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ?? false;
}

function readLock(file) {
  const path = join(root, file);
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')).packages : {};
}

function pinnedNode() {
  const pinned = join(root, 'node_modules', `node-${process.platform}-${process.arch}`, 'bin', 'node');
  if (existsSync(pinned)) {
    linkForScripts(pinned);
    return pinned;
  }
  if (Number(process.versions.node.split('.')[0]) >= 24) return process.execPath;
  return giveUp(
    `There is no packaged Node 24 for ${process.platform}-${process.arch}. Please install Node 24 and try again.`,
  );
}

// Package scripts find this Node first. npm 10 leaves the link out for packages bound to a platform.
function linkForScripts(pinned) {
  const link = join(root, 'node_modules', '.bin', 'node');
  if (existsSync(link)) return;
  mkdirSync(dirname(link), { recursive: true });
  rmSync(link, { force: true });
  symlinkSync(pinned, link);
}
