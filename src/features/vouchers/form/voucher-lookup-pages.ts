import { requires } from '../../../platform/http/permissions.ts';
import type { Moment } from '../../../platform/process/clock.ts';
import express, { type Router } from 'express';
import { parameterOf } from '../../../platform/http/request.ts';
import type { Database } from '../../../platform/data/db.ts';
import { isId } from '../../../platform/data/id.ts';
import { AppError } from '../../../platform/process/errors.ts';
import { suggestCampaigns } from '../../campaigns/record/campaign-lookup-service.ts';
import type { CatalogueKind } from '../../catalogue/catalogue-service.ts';
import { suggestEntries } from './voucher-choices-view.ts';
import { isSoundCode } from './voucher-body-form.ts';
import { momentOf, VOUCHERS_PATH, type VoucherPages } from '../list/voucher-list-pages.ts';
import {
  findVoucher,
  findVoucherByCode,
  isCodeFree,
  voucherOfNumber,
  vouchersOfBooking,
} from '../record/voucher-service.ts';
import type { VoucherView } from '../record/voucher-view-service.ts';

const KINDS: readonly CatalogueKind[] = ['product', 'theme', 'region'];

/** The search of the header, and what the form asks while somebody types. */
export function voucherLookupPages(pages: VoucherPages): Router {
  const { database } = pages;
  const router = express.Router();

  router.get('/admin/search', requires('vouchers.see'), async (req, res) => {
    const q = parameterOf(req, 'q');
    const id = q === '' ? null : await findExactly(database, q, momentOf(pages));
    const list = q === '' ? VOUCHERS_PATH : `${VOUCHERS_PATH}?q=${encodeURIComponent(q)}`;
    res.redirect(303, id === null ? list : `${VOUCHERS_PATH}/${id}`);
  });

  router.get(`${VOUCHERS_PATH}/code-check`, requires('vouchers.change'), async (req, res) => {
    const answer = await codeAnswer(database, parameterOf(req, 'code'));
    res.json({
      isFree: answer !== 'code_taken' && answer !== 'code_malformed',
      text: res.locals.t(`vouchers:${answer}`),
    });
  });

  router.get(`${VOUCHERS_PATH}/entries`, requires('vouchers.change'), async (req, res) => {
    const kind = KINDS.find((one) => one === req.query['kind']);
    res.json({ entries: kind === undefined ? [] : await suggestEntries(database, kind, parameterOf(req, 'q')) });
  });

  router.get('/admin/campaign-suggestions', requires('campaigns.see'), async (req, res) => {
    res.json({ entries: await suggestCampaigns(database.knex, parameterOf(req, 'q')) });
  });

  return router;
}

async function codeAnswer(database: Database, code: string): Promise<string> {
  if (code === '') return 'code_empty';
  if (!isSoundCode(code)) return 'code_malformed';
  return (await isCodeFree(database, code)) ? 'code_free' : 'code_taken';
}

/** By code, by number, or by a booking that used one voucher only. */
async function findExactly(database: Database, q: string, moment: Moment): Promise<string | null> {
  const voucher = (await findVoucherByCode(database, q, moment)) ?? (await findById(database, q, moment));
  if (voucher !== null) return voucher.id;
  const ofNumber = await voucherOfNumber(database, q);
  if (ofNumber !== null) return ofNumber;
  const ofBooking = await vouchersOfBooking(database, q);
  return ofBooking.length === 1 ? (ofBooking[0] ?? null) : null;
}

async function findById(database: Database, id: string, moment: Moment): Promise<VoucherView | null> {
  if (!isId(id)) return null;
  try {
    return await findVoucher(database, id, moment);
  } catch (error) {
    if (error instanceof AppError && error.code === 'not_found') return null;
    throw error;
  }
}
