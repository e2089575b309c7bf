import { expect } from 'chai';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

/**
 * One feature writes a table. What another wants written it asks the owner for; what it reads stands below, so that
 * whoever changes a column sees who is there.
 */

const SOURCE = join(import.meta.dirname, '..', 'src');
const WRITES = new Set(['insert', 'update', 'delete', 'del', 'increment', 'decrement', 'truncate']);
const STARTS = new Set(['knex', 'trx', 'connection']);
const JOINS = new Set(['from', 'into', 'join', 'leftJoin', 'innerJoin', 'rightJoin', 'crossJoin']);
const RAW_WRITE =
  /\b(?:insert\s+into|update|delete\s+from|replace\s+into)\s+[`"]?([a-z_]+)[`"]?(?=\s*(?:\(|\bset\b|\bwhere\b))/gi;
const RAW_READ = /\b(?:from|join)\s+[`"]?([a-z_]+)[`"]?/gi;

/** Who reads a table of another feature. */
const READERS: Readonly<Record<string, string>> = {
  accounting_setups: 'booking',
  api_keys: 'accounting',
  approvals: 'tidying',
  audit_log: 'accounting campaigns exchange staff',
  bookings: 'accounting',
  campaigns: 'accounting booking tidying vouchers',
  catalogue_entries: 'accounting booking exchange',
  clients: 'accounting',
  code_shapes: 'booking',
  deal_sale_uses: 'accounting partners',
  deal_sales: 'accounting exchange partners tidying',
  derecognition_runs: 'accounting',
  export_entries: 'exchange',
  export_runs: 'exchange',
  hold_lines: 'accounting campaigns tidying vouchers',
  holds: 'tidying',
  jobs: 'campaigns exchange tidying vouchers',
  ledger_entries: 'exchange partners vouchers',
  ledger_subjects: 'orders',
  mails: 'campaigns exchange tidying',
  order_payments: 'accounting',
  order_people: 'accounting tidying',
  order_vouchers: 'accounting exchange',
  orders: 'accounting tidying vouchers',
  outbox: 'documents',
  partner_clearings: 'accounting',
  partner_file_parts: 'accounting',
  partner_files: 'accounting',
  partner_invoices: 'accounting',
  redemption_lines: 'accounting campaigns exchange partners vouchers',
  redemptions: 'accounting campaigns exchange partners tidying vouchers',
  refunds: 'orders partners tidying',
  reversal_lines: 'accounting campaigns',
  reversals: 'accounting campaigns',
  rule_restrictions: 'catalogue',
  settings: 'booking',
  till_entries: 'accounting',
  till_shifts: 'accounting',
  user_tokens: 'tidying',
  users: 'accounting tidying',
  voucher_links: 'accounting exchange',
  voucher_recipients: 'accounting tidying',
  voucher_rules: 'accounting booking campaigns catalogue documents partners tidying',
  vouchers: 'accounting booking campaigns exchange partners tidying',
};

describe('a table', () => {
  const paths = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' });
  const { writers, readers } = tablesOf(paths.filter((path) => path.endsWith('.ts')));

  it('is written by one feature, its owner', () => {
    const several = [...writers].filter(([, features]) => features.size > 1);
    expect(several.map(([table, features]) => `${table}: ${listed(features)}`)).to.deep.equal([]);
    // What is found at all: a new way of writing must not slip through.
    expect([...writers.keys()]).to.include.members(['vouchers', 'campaigns', 'ledger_entries', 'jobs', 'rate_limits']);
  });

  it('is read by other features where that is written down', () => {
    const others = [...readers].flatMap(([table, features]): [string, string][] => {
      const owners = writers.get(table);
      const foreign = owners === undefined ? [] : [...features].filter((feature) => !owners.has(feature));
      return foreign.length === 0 ? [] : [[table, listed(foreign)]];
    });
    expect(Object.fromEntries(others)).to.deep.equal(READERS);
  });
});

function listed(features: Iterable<string>): string {
  return [...features].sort().join(' ');
}

interface Found {
  readonly writers: Map<string, Set<string>>;
  readonly readers: Map<string, Set<string>>;
}

function tablesOf(paths: readonly string[]): Found {
  const found: Found = { writers: new Map(), readers: new Map() };
  const note = (kind: Map<string, Set<string>>, table: string, path: string): void => {
    kind.set(table, (kind.get(table) ?? new Set()).add(featureOf(path)));
  };
  for (const path of paths) {
    const file = ts.createSourceFile(path, readFileSync(join(SOURCE, path), 'utf8'), ts.ScriptTarget.Latest, true);
    const visit = (node: ts.Node): void => {
      const { table, isWrite } = usedTable(node);
      if (table !== null) note(isWrite ? found.writers : found.readers, table, path);
      if (isText(node)) {
        for (const [, name = ''] of node.getText().matchAll(RAW_WRITE)) note(found.writers, name, path);
        for (const [, name = ''] of node.getText().matchAll(RAW_READ)) note(found.readers, name, path);
      }
      ts.forEachChild(node, visit);
    };
    visit(file);
  }
  return found;
}

/** `trx('vouchers').where(…).update(…)` writes, `knex('vouchers as v')` and `.join('vouchers as v', …)` read. */
function usedTable(node: ts.Node): { readonly table: string | null; readonly isWrite: boolean } {
  if (!ts.isCallExpression(node)) return { table: null, isWrite: false };
  if (ts.isIdentifier(node.expression))
    return { table: STARTS.has(node.expression.text) ? tableOf(node) : null, isWrite: false };
  if (!ts.isPropertyAccessExpression(node.expression)) return { table: null, isWrite: false };
  const { text } = node.expression.name;
  if (JOINS.has(text)) return { table: tableOf(node), isWrite: false };
  if (!WRITES.has(text)) return { table: null, isWrite: false };
  const start = startOf(node.expression.expression);
  return { table: start === null ? null : tableOf(start), isWrite: true };
}

/** Where a chain of knex calls begins. */
function startOf(node: ts.Expression): ts.CallExpression | null {
  if (ts.isPropertyAccessExpression(node)) return startOf(node.expression);
  if (!ts.isCallExpression(node)) return null;
  if (!ts.isIdentifier(node.expression)) return startOf(node.expression);
  return STARTS.has(node.expression.text) ? node : null;
}

function tableOf({ arguments: [first] }: ts.CallExpression): string | null {
  if (first === undefined) return null;
  const name = ts.isStringLiteral(first) ? first.text : constantOf(first);
  return /^[a-z_]+/.exec(name)?.[0] ?? null;
}

/** What a constant of the same file says, such as `TABLE`. */
function constantOf(node: ts.Expression): string {
  if (!ts.isIdentifier(node)) return '';
  const declared = new RegExp(`^const ${node.text} = '([a-z_]+)';`, 'm');
  return declared.exec(node.getSourceFile().text)?.[1] ?? '';
}

function isText(node: ts.Node): boolean {
  return ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node) || ts.isTemplateExpression(node);
}

function featureOf(path: string): string {
  return /^features[/\\]([^/\\]+)/.exec(path)?.[1] ?? 'platform';
}
