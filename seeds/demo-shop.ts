import { join } from 'node:path';
import { addDays } from '../src/core/calendar.ts';
import { cancelOrder, placeOrder, type OrderInput } from '../src/features/orders/record/order-service.ts';
import { payOrder, settleOrder } from '../src/features/orders/payments/order-payment-service.ts';
import { offeredMotifs } from '../src/features/documents/motifs/motif-service.ts';
import { changeShopSettings, DEFAULT_SHOP_SETTINGS } from '../src/features/settings/shop-settings-service.ts';
import { createI18n } from '../src/platform/html/i18n.ts';
import type { Clock } from '../src/platform/process/clock.ts';
import type { Database } from '../src/platform/data/db.ts';

const ACTOR = 'system:demo';
const LINKS = {
  baseUrl: 'http://localhost:3000',
  i18n: createI18n({ directory: join(import.meta.dirname, '..', 'locales'), strict: true }),
};
const NOBODY = {
  buyerPhone: null,
  buyerStreet: null,
  buyerPostcode: null,
  buyerCity: null,
  recipientName: null,
  recipientEmail: null,
  message: null,
};

const TERMS = `Der Gutschein zahlt Ihre Reise ganz oder zum Teil. Er gilt für alle Reisen unseres Hauses, bei einem Gutschein einer Marke für die Reisen dieser Marke.

Ein Rest bleibt auf dem Gutschein und kann für weitere Buchungen verwendet werden. Eine Auszahlung des Guthabens ist nicht möglich, solange der Gutschein eingelöst werden kann.

Der Gutschein gilt bis zum Ende des dritten Jahres nach dem Kauf. Er ist übertragbar; wer den Code kennt, kann ihn einlösen. Bitte bewahren Sie ihn deshalb auf wie Bargeld.

Mit einem Gutschein kann kein anderer Gutschein bezahlt werden. Beim Kauf fällt keine Umsatzsteuer an; sie wird mit der Reise berechnet.`;

/** A shop that works at once, and a few orders in every state. */
export async function seedShop(database: Database, clock: Clock): Promise<void> {
  const moment = clock.moment();
  await changeShopSettings(
    database,
    {
      ...DEFAULT_SHOP_SETTINGS,
      isOpen: true,
      accountHolder: 'Nordlicht Reisen GmbH',
      iban: 'DE89370400440532013000',
      bic: 'COBADEFFXXX',
      bankName: 'Musterbank',
      companyName: 'Nordlicht Reisen GmbH',
      companyAddress: 'Hafenstraße 12, 23552 Lübeck',
      contactEmail: 'gutscheine@nordlicht.example',
      contactPhone: '0451 5550100',
      notifyEmail: 'agentur@nordlicht.example',
      terms: TERMS,
    },
    ACTOR,
    moment.now,
  );
  const desk = { database, ...LINKS };
  const motifs = (await offeredMotifs(database.knex)).map(({ id }) => id);
  const place = (input: Partial<OrderInput> & Pick<OrderInput, 'buyerName' | 'buyerEmail' | 'amount'>) =>
    placeOrder(
      desk,
      { actor: ACTOR, moment },
      {
        ...NOBODY,
        origin: 'shop',
        locale: 'de',
        brand: null,
        quantity: 1,
        motif: motifs[0] ?? null,
        delivery: 'buyer',
        deliverOn: null,
        submitKey: `demo-${input.buyerEmail ?? ''}`,
        ...input,
      },
    );
  const transfer = { method: 'bank_transfer', paidOn: moment.today } as const;

  await place({
    buyerName: 'Sabine Krüger',
    buyerEmail: 'sabine.krueger@kunde.example',
    amount: 15_000,
    motif: motifs[1] ?? null,
    recipientName: 'Jonas',
    message: 'Alles Gute zum Geburtstag – die Berge warten!',
  });
  await place({
    buyerName: 'Mehmet Yildiz',
    buyerEmail: 'mehmet.yildiz@kunde.example',
    amount: 10_000,
    quantity: 3,
    motif: motifs[2] ?? null,
    buyerStreet: 'Lindenweg 8',
    buyerPostcode: '22301',
    buyerCity: 'Hamburg',
  });
  const part = await place({
    buyerName: 'Anna Hofer',
    buyerEmail: 'anna.hofer@kunde.example',
    amount: 25_000,
    motif: motifs[0] ?? null,
  });
  await payOrder(desk, { actor: ACTOR, moment }, part.order.id, {
    ...transfer,
    cents: 20_000,
    sourceKey: 'demo:part',
    reference: part.order.number,
  });
  const gift = await place({
    buyerName: 'Peter Brandt',
    buyerEmail: 'peter.brandt@kunde.example',
    amount: 20_000,
    motif: motifs[1] ?? null,
    delivery: 'recipient',
    deliverOn: addDays(moment.today, 20),
    recipientName: 'Oma Inge',
    recipientEmail: 'inge.brandt@kunde.example',
    message: 'Für unsere gemeinsame Schiffsreise.',
  });
  await settleOrder(desk, { actor: ACTOR, moment }, gift.order.id, transfer);
  const done = await place({
    buyerName: 'Lea Sommer',
    buyerEmail: 'lea.sommer@kunde.example',
    amount: 5000,
    quantity: 2,
    motif: motifs[2] ?? null,
  });
  await settleOrder(desk, { actor: ACTOR, moment }, done.order.id, transfer);
  const over = await place({
    buyerName: 'Tom Berger',
    buyerEmail: 'tom.berger@kunde.example',
    amount: 7500,
    motif: motifs[0] ?? null,
  });
  await cancelOrder(database, { actor: ACTOR, moment }, over.order.id, false);
}
