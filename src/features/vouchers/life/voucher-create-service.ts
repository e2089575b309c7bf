import type { Act, Author } from '../../../platform/data/act.ts';
import { isMalformedCode } from '../../../core/engine/voucher-code.ts';
import { isDuplicateKey, type Database, type Transaction } from '../../../platform/data/db.ts';
import { fingerprintOf, idempotently } from '../../../platform/data/idempotency.ts';
import { addCode } from '../../campaigns/codes/code-service.ts';
import { requireSoundRules, rulesFromBody } from '../rules/rules-service.ts';
import { generalSettings } from '../../settings/general-settings-service.ts';
import type { Approved } from '../record/four-eyes-service.ts';
import { setLock } from '../record/voucher-lock-service.ts';
import {
  audit,
  codeTaken,
  createVoucherIn,
  lockedVoucher,
  malformedCode,
  newCode,
  readVoucher,
  type VoucherBody,
} from '../record/voucher-service.ts';
import type { VoucherView } from '../record/voucher-view-service.ts';

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
  const write =
    'campaign' in wanted
      ? (trx: Transaction) => createCode({ trx, ...author }, wanted, code ?? newCode())
      : await writerOf(database, author, wanted, code);
  const request = { scope: SCOPE, key: `${actor}:${once}`, fingerprint: fingerprintOf(wanted) };
  try {
    const { outcome } = await idempotently(database, request, moment.now, async (trx) => (await write(trx)).id);
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
  code: string | null,
): Promise<(trx: Transaction) => Promise<VoucherView>> {
  const { currency } = await generalSettings(database.knex);
  const rules = rulesFromBody(body, currency);
  await requireSoundRules(database.knex, rules);
  return (trx) => createVoucherIn({ trx, ...author }, body, rules, code ?? newCode());
}

/** The same inside of a larger use case; the new voucher's id. */
export async function createFromBody(act: Act, body: VoucherBody, approved: Approved): Promise<string> {
  const { trx } = act;
  const { currency } = await generalSettings(trx);
  const rules = rulesFromBody(body, currency);
  await requireSoundRules(trx, rules);
  return (await createVoucherIn(act, body, rules, body.code ?? newCode(), approved)).id;
}

async function createCode(act: Act, wanted: CampaignCode, code: string): Promise<VoucherView> {
  const { trx, actor, moment } = act;
  const id = await addCode(trx, wanted.campaign, code, actor, moment);
  await audit(act, 'voucher.create', id, { campaign: wanted.campaign });
  if (!wanted.isActive) await setLock(act, await lockedVoucher(trx, id, moment), true, null);
  return readVoucher(trx, id, moment);
}
