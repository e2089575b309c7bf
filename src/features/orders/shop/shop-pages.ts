import type { Request, Response, Router } from 'express';
import { createRateLimiter, RATE_LIMITS } from '../../../platform/data/rate-limit.ts';
import type { Moment } from '../../../platform/process/clock.ts';
import { appError } from '../../../platform/process/errors.ts';
import { formView, type FormError } from '../../../platform/html/form-view.ts';
import { generateToken } from '../../../platform/secrets/tokens.ts';
import { renderPage } from '../../../platform/html/views.ts';
import { listByName, readEntry } from '../../catalogue/catalogue-service.ts';
import { generalSettings } from '../../settings/general-settings-service.ts';
import { shopSettings, type ShopSettings } from '../../settings/shop-settings-service.ts';
import { shopMotifs } from './motif-choice-service.ts';
import { endOfValidity } from '../payments/order-fulfilment-service.ts';
import { placeOrder } from '../record/order-service.ts';
import {
  emptyOrder,
  MAX_MESSAGE_LENGTH,
  parseOrder,
  previewOf,
  typedOrder,
  type ShopRules,
  type TypedOrder,
} from './shop-form.ts';
import type { Shell } from '../../../platform/process/feature.ts';
import { pageRouter } from '../../../platform/http/page-router.ts';

export const SHOP_PATH = '/shop';
const TERMS_PATH = `${SHOP_PATH}/-/terms`;
const MAX_BRANDS = 20;
/** A form without a key of ours is an order of its own. */
const MIN_SUBMIT_KEY = 32;

/** The public voucher shop, one per brand: a form, a page to check everything, and then the order itself. */
export function shopPages(shell: Shell): Router {
  const { database, clock } = shell;
  const router = pageRouter();
  const limiter = createRateLimiter(database, RATE_LIMITS.shopOrders);
  const moment = (): Moment => clock.moment();

  router.get(TERMS_PATH, async (_req, res) => {
    const shop = await shopSettings(database.knex);
    renderPage(
      res,
      'orders/shop/terms',
      {
        ...frameOf(shop, null),
        title: res.locals.t('shop:terms.title'),
        paragraphs: shop.terms.split(/\n\s*\n/).filter((one) => one.trim() !== ''),
      },
      'public',
    );
  });

  router.get([SHOP_PATH, `${SHOP_PATH}/:brand`], async (req, res) => {
    const visit = await visitOf(req, res);
    if (!visit.shop.isOpen) return showClosed(res, visit);
    showForm(res, visit, emptyOrder(visit, generateToken('')), []);
  });

  router.post([SHOP_PATH, `${SHOP_PATH}/:brand`], async (req, res) => {
    const visit = await visitOf(req, res);
    if (!visit.shop.isOpen) return showClosed(res, visit);
    const typed = typedOrder(req.body);
    const step = (req.body as Record<string, unknown>)['step'];
    if (step === 'edit') return showForm(res, visit, typed, []);
    const { order, errors } = parseOrder(typed, visit);
    if (order === null) return showForm(res, visit, typed, errors);
    if (step !== 'order') return showReview(res, visit, typed);
    if (!(await limiter.consume(req.ip ?? '')).allowed) {
      return showForm(res, visit, typed, [{ path: '', message: res.locals.t('shop:error.too_many') }], 429);
    }
    await place(res, visit, typed, order);
  });

  return router;

  /** A key that comes with other details is told so, and gets a new one: what is sent again is a further order. */
  async function place(
    res: Response,
    visit: Visit,
    typed: TypedOrder,
    order: NonNullable<ReturnType<typeof parseOrder>['order']>,
  ): Promise<void> {
    const submitKey = typed.submitKey.length >= MIN_SUBMIT_KEY ? typed.submitKey : generateToken('');
    const input = {
      ...order,
      submitKey,
      origin: 'shop',
      locale: res.locals.locale,
      brand: visit.brand?.id ?? null,
    } as const;
    const { order: placed, token, isSame } = await placeOrder(shell, { actor: 'shop', moment: moment() }, input);
    if (!isSame) {
      const message = res.locals.t('shop:error.sent_before', { number: placed.number });
      return showForm(res, visit, { ...typed, submitKey: generateToken('') }, [{ path: '', message }], 409);
    }
    res.redirect(303, `/order/${token}`);
  }

  async function visitOf(req: Request, res: Response): Promise<Visit> {
    const [shop, { currency }] = [await shopSettings(database.knex), await generalSettings(database.knex)];
    const wanted = req.params['brand'];
    const brands = await listByName(database.knex, 'brand', { after: null, limit: MAX_BRANDS, q: '', archived: false });
    const brand = typeof wanted === 'string' ? await readEntry(database.knex, 'brand', wanted) : null;
    if (brand !== null && brand.isArchived) throw appError('not_found');
    return {
      shop,
      currency,
      today: clock.today(),
      locale: res.locals.locale,
      t: res.locals.t,
      brand,
      brands,
      motifs: await shopMotifs(database.knex, brand?.id ?? null),
    };
  }
}

/** What every page of the shop has around it. */
export function frameOf(shop: ShopSettings, brand: { readonly name: string } | null) {
  return {
    shop,
    termsHref: TERMS_PATH,
    brandName: brand?.name ?? (shop.companyName === '' ? 'Reisebon' : shop.companyName),
    home: SHOP_PATH,
    hideHeading: true,
  };
}

/** The voucher as a picture of what will come. */
export function cardOf(card: {
  readonly amount: number;
  readonly picture: string;
  readonly recipientName: string | null;
  readonly message: string | null;
}) {
  return {
    amount: card.amount,
    picture: card.picture,
    recipientName: card.recipientName ?? '',
    message: card.message ?? '',
  };
}

interface Visit extends ShopRules {
  readonly brand: { readonly id: string; readonly name: string } | null;
  readonly brands: readonly { readonly id: string; readonly name: string }[];
}

function showForm(res: Response, visit: Visit, typed: TypedOrder, errors: readonly FormError[], status = 422): void {
  const { shop, currency, brand, brands, t, today } = visit;
  if (errors.length > 0) res.status(status);
  const preview = previewOf(typed, visit);
  renderPage(
    res,
    'orders/shop/form',
    {
      ...frameOf(shop, brand),
      title: t('shop:title'),
      path: pathOf(visit),
      form: formView(typed, errors),
      currency,
      brand,
      shops:
        brands.length === 0
          ? []
          : [
              { href: SHOP_PATH, name: t('shop:all_brands'), isCurrent: brand === null },
              ...brands.map(({ id, name }) => ({ href: `${SHOP_PATH}/${id}`, name, isCurrent: brand?.id === id })),
            ],
      preview,
      card: cardOf(preview),
      motifs: visit.motifs,
      maxMessage: MAX_MESSAGE_LENGTH,
      validUntil: endOfValidity(shop, today),
      isOneOffered: shop.amounts.length === 0,
    },
    'public',
  );
}

function showReview(res: Response, visit: Visit, typed: TypedOrder): void {
  const preview = previewOf(typed, visit);
  renderPage(
    res,
    'orders/shop/review',
    {
      ...frameOf(visit.shop, visit.brand),
      title: visit.t('shop:review.title'),
      path: pathOf(visit),
      typed,
      currency: visit.currency,
      preview,
      card: cardOf(preview),
      address: [typed.buyerStreet, [typed.buyerPostcode, typed.buyerCity].filter((one) => one !== '').join(' ')]
        .filter((one) => one !== '')
        .join(', '),
      validUntil: endOfValidity(visit.shop, visit.today),
    },
    'public',
  );
}

function showClosed(res: Response, visit: Visit): void {
  res.status(503);
  renderPage(
    res,
    'orders/shop/closed',
    { ...frameOf(visit.shop, visit.brand), title: visit.t('shop:closed.title') },
    'public',
  );
}

function pathOf({ brand }: Visit): string {
  return brand === null ? SHOP_PATH : `${SHOP_PATH}/${brand.id}`;
}
