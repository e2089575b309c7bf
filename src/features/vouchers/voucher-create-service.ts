import { isMalformedCode } from '../../core/voucher-code.ts';
import { isDuplicateKey, type Database, type Transaction } from '../../platform/db.ts';
import { fingerprintOf, idempotently } from '../../platform/idempotency.ts';
import { addCode } from '../campaigns/code-service.ts';
import { requireSoundRules, rulesFromBody } from '../campaigns/rules-service.ts';
import { generalSettings } from '../settings/settings-service.ts';
import type { Approved } from './four-eyes-service.ts';
import { setLock } from './voucher-lock-service.ts';
import {
  audit, codeTaken, createVoucherIn, lockedVoucher, malformedCode, newCode, readVoucher, type VoucherBody,
} from './voucher-service.ts';
import type { Moment, VoucherView } from './voucher-view-service.ts';

export interface CampaignCode {
  readonly campaign: string;
  /** null: a random one. */
  readonly code: string | null;
  readonly isActive: boolean;
}

const SCOPE = 'admin:voucher-new';

/** A new voucher by rules of its own, or one more code of a campaign; a form that is sent twice makes it once. */
export async function createOnce(database: Database, once: string, wanted: VoucherBody | CampaignCode, actor: string, moment: Moment): Promise<VoucherView> {
  const code = wanted.code ?? null;
  if (code !== null && isMalformedCode(code)) throw malformedCode();
  const write = 'campaign' in wanted ? (trx: Transaction) => createCode(trx, wanted, code ?? newCode(), actor, moment) : await writerOf(database, wanted, code, actor, moment);
  const request = { scope: SCOPE, key: `${actor}:${once}`, fingerprint: fingerprintOf(wanted) };
  try {
    const { outcome } = await idempotently(database, request, moment.now, async (trx) => (await write(trx)).id);
    return await readVoucher(database.knex, outcome, moment);
  } catch (error) {
    if (isDuplicateKey(error)) throw codeTaken();
    throw error;
  }
}

async function writerOf(database: Database, body: VoucherBody, code: string | null, actor: string, moment: Moment): Promise<(trx: Transaction) => Promise<VoucherView>> {
  const { currency } = await generalSettings(database.knex);
  const rules = rulesFromBody(body, currency);
  await requireSoundRules(database.knex, rules);
  return (trx) => createVoucherIn(trx, body, rules, code ?? newCode(), actor, moment);
}

/** The same inside of a larger use case; the new voucher's id. */
export async function createFromBody(trx: Transaction, body: VoucherBody, actor: string, moment: Moment, approved: Approved): Promise<string> {
  const { currency } = await generalSettings(trx);
  const rules = rulesFromBody(body, currency);
  await requireSoundRules(trx, rules);
  return (await createVoucherIn(trx, body, rules, body.code ?? newCode(), actor, moment, approved)).id;
}

async function createCode(trx: Transaction, wanted: CampaignCode, code: string, actor: string, moment: Moment): Promise<VoucherView> {
  const id = await addCode(trx, wanted.campaign, code, actor, moment);
  await audit(trx, 'voucher.create', id, { campaign: wanted.campaign }, actor, moment);
  if (!wanted.isActive) await setLock(trx, await lockedVoucher(trx, id, moment), true, null, actor, moment);
  return readVoucher(trx, id, moment);
}
