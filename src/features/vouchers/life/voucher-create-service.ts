import type { Moment } from '../../../platform/process/clock.ts';
import { isMalformedCode } from '../../../core/engine/voucher-code.ts';
import { isDuplicateKey, type Database, type Transaction } from '../../../platform/data/db.ts';
import { fingerprintOf, idempotently } from '../../../platform/data/idempotency.ts';
import { addCode } from '../../campaigns/codes/code-service.ts';
import { requireSoundRules, rulesFromBody } from '../rules/rules-service.ts';
import { generalSettings } from '../../settings/settings-service.ts';
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
  once: string,
  wanted: VoucherBody | CampaignCode,
  actor: string,
  moment: Moment,
): Promise<VoucherView> {
  const code = wanted.code ?? null;
  if (code !== null && isMalformedCode(code)) throw malformedCode();
  const write =
    'campaign' in wanted
      ? (trx: Transaction) => createCode(trx, wanted, code ?? newCode(), actor, moment)
      : await writerOf(database, wanted, code, actor, moment);
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
  body: VoucherBody,
  code: string | null,
  actor: string,
  moment: Moment,
): Promise<(trx: Transaction) => Promise<VoucherView>> {
  const { currency } = await generalSettings(database.knex);
  const rules = rulesFromBody(body, currency);
  await requireSoundRules(database.knex, rules);
  return (trx) => createVoucherIn(trx, body, rules, code ?? newCode(), actor, moment);
}

/** The same inside of a larger use case; the new voucher's id. */
export async function createFromBody(
  trx: Transaction,
  body: VoucherBody,
  actor: string,
  moment: Moment,
  approved: Approved,
): Promise<string> {
  const { currency } = await generalSettings(trx);
  const rules = rulesFromBody(body, currency);
  await requireSoundRules(trx, rules);
  return (await createVoucherIn(trx, body, rules, body.code ?? newCode(), actor, moment, approved)).id;
}

async function createCode(
  trx: Transaction,
  wanted: CampaignCode,
  code: string,
  actor: string,
  moment: Moment,
): Promise<VoucherView> {
  const id = await addCode(trx, wanted.campaign, code, actor, moment);
  await audit(trx, 'voucher.create', id, { campaign: wanted.campaign }, actor, moment);
  if (!wanted.isActive) await setLock(trx, await lockedVoucher(trx, id, moment), true, null, actor, moment);
  return readVoucher(trx, id, moment);
}
