/** What the application only ever adds to: its database user needs no right to change or delete there. */
export const APPEND_ONLY_TABLES: readonly string[] = [
  'ledger_entries',
  'ledger_seals',
  'ledger_totals',
  'journal_numbers',
  'number_ranges',
  'accounting_setups',
  'closed_periods',
  'liability_days',
  'liability_day_items',
  'verifications',
  'audit_log',
  'sealed_records',
  'record_seals',
  'procedure_versions',
];

/**
 * The rights of the application's own user on MariaDB or MySQL, one statement a table: read and add everywhere, change
 * and delete only where that is part of the work. The tables themselves belong to another user, who runs the migrations.
 * grantStatements('reisebon', "'app'@'localhost'", ['ledger_entries']) = GRANT SELECT, INSERT ON `reisebon`.`ledger_entries` TO 'app'@'localhost'
 */
export function grantStatements(schema: string, account: string, tables: readonly string[]): string[] {
  return tables.map((table) => {
    const rights = APPEND_ONLY_TABLES.includes(table) ? 'SELECT, INSERT' : 'SELECT, INSERT, UPDATE, DELETE';
    return `GRANT ${rights} ON \`${schema}\`.\`${table}\` TO ${account}`;
  });
}
