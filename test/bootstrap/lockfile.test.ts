import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

interface LockedPackage {
  readonly version?: string;
  readonly integrity?: string;
  readonly resolved?: string;
  readonly hasInstallScript?: boolean;
}

const ROOT = join(import.meta.dirname, '..', '..');

describe('the lockfile', () => {
  const { packages } = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, LockedPackage>;
  };
  const locked = Object.entries(packages).filter(([path]) => path !== '');

  it('names version and hash of every package, so that "npm ci" takes it', () => {
    expect(locked.filter(([, { version, integrity }]) => !version || !integrity).map(([path]) => path)).to.deep.equal(
      [],
    );
  });

  it('says nothing about where packages come from', () => {
    expect(locked.filter(([, { resolved }]) => resolved !== undefined).map(([path]) => path)).to.deep.equal([]);
  });

  it('pins the runtime for every platform by one version', () => {
    const versions = locked
      .filter(([path]) => /^node_modules\/node-(linux|darwin)-/.test(path))
      .map(([, { version }]) => version);
    expect(versions).to.have.length.greaterThan(1);
    expect(new Set(versions).size).to.equal(1);
    expect(versions[0]).to.match(/^24\./);
  });
});
