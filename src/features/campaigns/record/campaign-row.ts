import type { Knex } from 'knex';

export interface BudgetMove {
  readonly campaignId: string;
  readonly budgetUsed: number;
}

export function budgetUpdate(trx: Knex.Transaction, move: BudgetMove): Knex.QueryBuilder {
  return trx('campaigns').where({ id: move.campaignId }).update({ budget_used: move.budgetUsed });
}
