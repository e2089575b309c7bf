import { expect } from 'chai';
import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, relative, sep } from 'node:path';

/** The rules of ARCHITECTURE.md about who may import whom and what a file may be called. */

const ROOT = join(import.meta.dirname, '..');

/**
 * Lower rooms first: a room may use the services of those before it. A room is a feature, or a folder of one that stands
 * apart from it: what a voucher says is read by campaigns, a campaign's form is a voucher's form, and the log knows what all
 * the others write into it.
 */
const ROOMS = [
  'settings',
  'catalogue',
  'accounting',
  'documents',
  'staff',
  'accounting/refunds',
  'vouchers/fields',
  'vouchers/rules',
  'vouchers/rows',
  'campaigns',
  'vouchers',
  'campaigns/pages',
  'booking',
  'orders',
  'partners',
  'counter',
  'exchange',
  'staff/audit',
  'tidying',
  'dashboard',
  'demo',
];
const ADAPTERS = ['mail', 'pdf', 'xlsx', 'csv', 'table', 'datev', 'xml'];
const SHELL_ROLES = ['api', 'body', 'pages', 'form', 'view'];
/** Plain data and its reading, without a database or a page: everybody may ask them. */
const DATA_ROLES = ['field', 'fields'];
const ROLES = ['row', 'store', 'service', 'job', ...DATA_ROLES, ...ADAPTERS, ...SHELL_ROLES];
const FORBIDDEN_NAMES = /^(index|utils?|helpers?|common|shared|types|misc)\.|-utils?\./;

interface Source {
  readonly path: string;
  readonly text: string;
  readonly imports: readonly Import[];
}

interface Import {
  readonly isType: boolean;
  /** A path of the project for a file, the bare name for a package. */
  readonly target: string;
  readonly isPackage: boolean;
}

const sources = ['src', 'config', 'locales', 'migrations', 'seeds']
  .flatMap(filesUnder)
  .filter((path) => /(?<!\.d)\.ts$/.test(path))
  .map(readSource);

describe('the architecture', () => {
  it('lets nothing import what its place may not import', () => {
    expect(sources.flatMap(wrongImports)).to.deep.equal([]);
  });

  it('composes features by their feature.ts alone', () => {
    const outside = sources.filter(({ path }) => /^src\/(main|composition|app)\.ts$/.test(path));
    const inner = outside
      .flatMap(({ imports }) => imports.map(({ target }) => target))
      .filter((target) => target.startsWith('src/features/') && !isFeature(target));
    expect(inner).to.deep.equal([]);
    expect(outside.find(({ path }) => path === 'src/composition.ts')?.text.split('\n').length).to.be.at.most(91);
  });

  it('has nobody know the demo but the composition', () => {
    const knowing = sources.filter(
      ({ path, imports }) =>
        path.startsWith('src/') &&
        !path.startsWith('src/features/demo/') &&
        imports.some(({ target }) => target.startsWith('src/features/demo/')),
    );
    expect(paths(knowing)).to.deep.equal(['src/composition.ts']);
  });

  it('gives every file of a feature a role', () => {
    const without = featureFiles().filter(({ path }) => !isFeature(path) && !ROLES.includes(roleOf(path)));
    expect(paths(without)).to.deep.equal([]);
  });

  it('knows the order of every feature', () => {
    const unknown = featureFiles().filter(({ path }) => !ROOMS.includes(roomOf(path) ?? ''));
    expect(paths(unknown)).to.deep.equal([]);
  });

  it('has no circle of imports, not even of types', () => {
    expect(firstCircle()).to.equal(null);
  });

  it('has no default exports', () => {
    expect(paths(sources.filter(({ text }) => /^export default /m.test(text)))).to.deep.equal([]);
  });

  it('names files in kebab-case and for what is in them', () => {
    const wrong = sources.filter(
      ({ path }) => !/^[a-z0-9]+(-[a-z0-9]+)*\.ts$/.test(basename(path)) || FORBIDDEN_NAMES.test(basename(path)),
    );
    expect(paths(wrong)).to.deep.equal([]);
  });

  it('reads the environment in one file', () => {
    expect(paths(sources.filter(({ text }) => /\bprocess\.env\b/.test(text)))).to.deep.equal(['config/env.ts']);
  });

  it('keeps clock, chance and waiting out of the core', () => {
    const impure =
      /\bDate\.now\(|\bnew Date\(\)|\bMath\.random\b|\bcrypto\b|\basync\b|\bawait\b|\bPromise\b|\bprocess\.|\bconsole\./;
    const core = sources.filter(({ path }) => path.startsWith('src/core/'));
    expect(paths(core.filter(({ text }) => impure.test(withoutComments(text))))).to.deep.equal([]);
  });

  it('knows roles in the table of permissions alone', () => {
    const role = /'(agent|accountant|auditor)'|\brole\w*\b[^;\n]*'admin'|'admin'[^;\n]*\brole/;
    const knowing = sources.filter(({ path, text }) => path.startsWith('src/') && role.test(withoutComments(text)));
    expect(paths(knowing)).to.deep.equal(['src/core/access.ts']);
    const views = filesUnder('views').filter((path) =>
      /[("' ]role\s+["'](admin|agent|accountant|auditor)/.test(readFileSync(join(ROOT, path), 'utf8')),
    );
    expect(views).to.deep.equal([]);
  });

  it('has no script or style inside of a view', () => {
    const inline = /<script(?![^>]*\bsrc=)[^>]*>|<style\b|\sstyle=|\son[a-z]+=|\bhx-on|javascript:/i;
    const views = filesUnder('views').filter((path) => path.endsWith('.hbs') && !/^views\/(mail|pdf)\//.test(path));
    expect(views.filter((path) => inline.test(readFileSync(join(ROOT, path), 'utf8')))).to.deep.equal([]);
  });
});

function wrongImports(source: Source): string[] {
  return source.imports
    .filter(
      (imported) => !(imported.isPackage ? mayUsePackage(source.path, imported) : mayImport(source.path, imported)),
    )
    .map(({ target }) => `${source.path} -> ${target}`);
}

function mayImport(from: string, { target: to, isType }: Import): boolean {
  if (from.startsWith('src/core/')) return to.startsWith('src/core/');
  if (from.startsWith('locales/')) return false;
  if (from.startsWith('config/')) return to.startsWith('config/') || to.startsWith('locales/');
  // What a migration did it must do for ever, so nothing may change under it.
  if (from.startsWith('migrations/')) return to.startsWith('migrations/');
  if (from.startsWith('src/platform/')) return isBelowFeatures(to) || /^(config|locales)\//.test(to);
  if (!from.startsWith('src/features/')) return true;
  return isBelowFeatures(to) || to.startsWith('locales/') || mayFeatureImport(from, to, isType);
}

function mayFeatureImport(from: string, to: string, isType: boolean): boolean {
  if (!to.startsWith('src/features/') || isFeature(to)) return false;
  const isOwn = roomOf(from) === roomOf(to);
  const isLower = ROOMS.indexOf(roomOf(to) ?? '') < ROOMS.indexOf(roomOf(from) ?? '');
  const [role, target] = [roleOf(from), roleOf(to)];
  if (isFeature(from)) return featureOf(from) === featureOf(to) || (isLower && ['service', 'job'].includes(target));
  if (DATA_ROLES.includes(target)) return isOwn || isLower || isType;
  if (DATA_ROLES.includes(role)) return false;
  if (target === 'service') return (isOwn || isLower) && (isType || !['store', ...ADAPTERS].includes(role));
  // How a row is read and written is said once, by the owner of its table; whoever stands above does it the same way.
  if (target === 'row') return (isOwn || isLower) && ['row', 'store', 'service', 'job'].includes(role);
  if (!isOwn) return SHELL_ROLES.includes(role) && SHELL_ROLES.includes(target) && isLower;
  if (role === 'service' || role === 'job') return ['store', 'job', ...ADAPTERS].includes(target);
  return role === target || (SHELL_ROLES.includes(role) && SHELL_ROLES.includes(target));
}

function mayUsePackage(from: string, { target, isType }: Import): boolean {
  if (from.startsWith('src/core/')) return false;
  if (from.startsWith('migrations/')) return target === 'knex' && isType;
  if (!from.startsWith('src/features/')) return true;
  const role = roleOf(from);
  if (isFeature(from)) return target === 'express' && isType;
  if (role === 'store' || role === 'row') return target === 'knex' && isType;
  if (SHELL_ROLES.includes(role)) return ['express', 'joi'].includes(target);
  if (ADAPTERS.includes(role)) return true;
  return target.startsWith('node:');
}

function isBelowFeatures(path: string): boolean {
  return path.startsWith('src/core/') || path.startsWith('src/platform/');
}

function firstCircle(): string | null {
  const importsOf = new Map(
    sources.map(({ path, imports }) => [path, imports.filter((one) => !one.isPackage).map(({ target }) => target)]),
  );
  const done = new Set<string>();
  const visit = (path: string, trail: readonly string[]): string | null => {
    if (trail.includes(path)) return [...trail.slice(trail.indexOf(path)), path].join(' -> ');
    if (done.has(path)) return null;
    for (const next of importsOf.get(path) ?? []) {
      const circle = visit(next, [...trail, path]);
      if (circle !== null) return circle;
    }
    done.add(path);
    return null;
  };
  for (const path of importsOf.keys()) {
    const circle = visit(path, []);
    if (circle !== null) return circle;
  }
  return null;
}

function readSource(path: string): Source {
  const text = readFileSync(join(ROOT, path), 'utf8');
  const statements = withoutComments(text).matchAll(
    /^\s*(?:import|export)\s+(type\s)?(?:[^'";]*?\sfrom\s+)?'([^']+)'/gm,
  );
  const imports = [...statements].map(([, type, target = '']): Import => {
    const isPackage = !target.startsWith('.');
    return {
      isType: type !== undefined,
      target: isPackage
        ? target
        : relative(ROOT, join(ROOT, dirname(path), target))
            .split(sep)
            .join('/'),
      isPackage,
    };
  });
  return { path, text, imports };
}

function filesUnder(directory: string): string[] {
  return readdirSync(join(ROOT, directory), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .sort();
}

function withoutComments(text: string): string {
  return text.replaceAll(/\/\*[\s\S]*?\*\/|(?<=^|\s)\/\/.*$/gm, '');
}

function featureFiles(): readonly Source[] {
  return sources.filter(({ path }) => path.startsWith('src/features/'));
}

function roomOf(path: string): string | null {
  const [, feature = '', folder = ''] = /^src\/features\/([^/]+)\/(?:([^/]+?)(?:\.ts|\/))?/.exec(path) ?? [];
  return ROOMS.find((room) => room === `${feature}/${folder}`) ?? ROOMS.find((room) => room === feature) ?? null;
}

function isFeature(path: string): boolean {
  return /^src\/features\/[^/]+\/feature\.ts$/.test(path);
}

function featureOf(path: string): string {
  return path.split('/')[2] ?? '';
}

function roleOf(path: string): string {
  return /[-/]([a-z]+)\.ts$/.exec(path)?.[1] ?? '';
}

function paths(found: readonly Source[]): string[] {
  return found.map(({ path }) => path);
}
