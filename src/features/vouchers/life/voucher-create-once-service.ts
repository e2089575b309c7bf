import { requireStrongOwnCode } from '../rows/own-code-service.ts';
import { isMalformedCode } from '../../../core/engine/voucher-code.ts';
import type { Act, Author } from '../../../platform/data/act.ts';
import { isDuplicateKey, type Database, type Transaction } from '../../../platform/data/db.ts';
import { fingerprintOf, idempotently } from '../../../platform/data/idempotency.ts';
import { addCode } from '../../campaigns/codes/code-service.ts';
import { setLock } from '../record/voucher-lock-service.ts';
import { audit, lockedVoucher, readVoucher, type VoucherBody } from '../record/voucher-service.ts';
import type { VoucherView } from '../record/voucher-view-service.ts';
import { codeTaken, createVoucherIn, malformedCode, newCode, soundRulesOf } from './voucher-create-service.ts';

export interface CampaignCode {
  readonly campaign: string;
  /** null: a random one. */
  readonly code: string | null;
  readonly isActive: boolean;
}

const SCOPE = 'admin:voucher-new';

/** A new voucher by rules of its own, or one more code of a campaign; a form that is sent twice makes it once. */
export async function createOnce(
  database: Database,
  author: Author,
  once: string,
  wanted: VoucherBody | CampaignCode,
): Promise<VoucherView> {
  const { actor, moment } = author;
  const code = wanted.code ?? null;
  if (code !== null && isMalformedCode(code)) throw malformedCode();
  if (code !== null && !('campaign' in wanted)) requireStrongOwnCode(actor, wanted.type, code);
  const write =
    'campaign' in wanted
      ? (trx: Transaction) => createCode({ trx, ...author }, wanted, code ?? newCode())
      : await writerOf(database, author, wanted, code ?? newCode());
  const request = { scope: SCOPE, key: `${actor}:${once}`, fingerprint: fingerprintOf(wanted) };
  try {
    const { outcome } = await idempotently(database, request, moment.now, write);
    return await readVoucher(database.knex, outcome, moment);
  } catch (error) {
    if (isDuplicateKey(error)) throw codeTaken();
    throw error;
  }
}

async function writerOf(
  database: Database,
  author: Author,
  body: VoucherBody,
  code: string,
): Promise<(trx: Transaction) => Promise<string>> {
  const rules = await soundRulesOf(database.knex, body);
  return async (trx) => (await createVoucherIn({ trx, ...author }, { body, rules, code })).id;
}

async function createCode(act: Act, wanted: CampaignCode, code: string): Promise<string> {
  const { trx, actor, moment } = act;
  const id = await addCode(trx, wanted.campaign, code, actor, moment);
  await audit(act, 'voucher.create', id, { campaign: wanted.campaign });
  if (!wanted.isActive) await setLock(act, await lockedVoucher(trx, id, moment), true, null);
  return id;
}
