import type { Router } from 'express';
import { parameterOf } from '../../platform/http/request.ts';
import { requires } from '../../platform/http/permissions.ts';
import { pageRouter } from '../../platform/http/page-router.ts';
import type { Shell } from '../../platform/process/feature.ts';
import { ORDERS_PATH } from '../orders/record/order-list-pages.ts';
import { findByNumber } from '../orders/record/order-service.ts';
import { VOUCHERS_PATH } from '../vouchers/list/voucher-list-pages.ts';
import { findVoucherExactly } from '../vouchers/list/voucher-search-service.ts';

const PATH = '/admin/search';
const ORDER_NUMBER = /^B-\d{4}-\d{6,9}$/;

/** The search of the header: straight to the one order or voucher that is meant, else to the list of vouchers. */
export function searchPages(shell: Shell): Router {
  const router = pageRouter();
  router.get(PATH, requires('vouchers.see'), async (req, res) => {
    const q = parameterOf(req, 'q');
    res.redirect(303, q === '' ? VOUCHERS_PATH : await addressOf(shell, q));
  });
  return router;
}

async function addressOf({ database, clock }: Shell, q: string): Promise<string> {
  const number = q.toUpperCase();
  const order = ORDER_NUMBER.test(number) ? await findByNumber(database.knex, number) : null;
  if (order !== null) return `${ORDERS_PATH}/${order.id}`;
  const id = await findVoucherExactly(database, q, clock.moment());
  return id === null ? `${VOUCHERS_PATH}?q=${encodeURIComponent(q)}` : `${VOUCHERS_PATH}/${id}`;
}
