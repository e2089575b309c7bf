import { HOUSE } from '../src/core/booking-owner.ts';
import { join } from 'node:path';
import { plainBooking } from '../src/core/engine/plain-booking.ts';
import sharp from 'sharp';
import { setDeactivated } from '../src/features/vouchers/life/voucher-lifecycle-service.ts';
import { findVoucherByCode } from '../src/features/vouchers/record/voucher-service.ts';
import { createVoucher } from '../src/features/vouchers/life/voucher-create-service.ts';
import { createCampaign } from '../src/features/campaigns/record/campaign-service.ts';
import { requestCodes } from '../src/features/campaigns/codes/code-service.ts';
import { listEntries, saveEntry, type CatalogueKind } from '../src/features/catalogue/catalogue-service.ts';
import { changePartnerDetails, DEFAULT_PARTNER_DETAILS } from '../src/features/catalogue/partner-service.ts';
import { redeem } from '../src/features/booking/redemptions/redemption-service.ts';
import { changeStackingPolicy } from '../src/features/settings/stacking/stacking-policy-service.ts';
import { DEFAULT_STACKING_POLICY, type Booking } from '../src/core/engine/voucher.ts';
import { createMotif } from '../src/features/documents/motifs/motif-service.ts';
import {
  changeDocumentSettings,
  DEFAULT_DOCUMENT_SETTINGS,
} from '../src/features/settings/document-settings-service.ts';
import type { Clock } from '../src/platform/process/clock.ts';
import { inTransaction, type Database } from '../src/platform/data/db.ts';
import { DEMO_BRANDS, DEMO_REGIONS, DEMO_THEMES, DEMO_TRIPS } from '../src/features/demo/trips/demo-offer-service.ts';
import { seedShop } from './demo-shop.ts';
import { demoCampaigns, demoVouchers } from './demo-vouchers.ts';

const ACTOR = 'system:demo';

const DEMO_PARTNERS = [
  { id: 'citydeal', name: 'CityDeal GmbH' },
  { id: 'reisebuero-hansen', name: 'Reisebüro Hansen' },
  { id: 'alpenverein-sued', name: 'Alpenverein Süd' },
];

/** An invented tour operator through the services themselves, so that its books agree. Safe to run twice. */
export async function seedDemo(database: Database, clock: Clock): Promise<void> {
  if ((await listEntries(database.knex, 'product', { after: null, limit: 1 })).length > 0) return;
  await seedCatalogue(database, clock);
  const moment = clock.moment();
  await changeStackingPolicy(database, { ...DEFAULT_STACKING_POLICY, maxVouchers: 3 }, ACTOR, moment.now);
  await seedDocuments(database, moment.now);
  for (const voucher of demoVouchers(moment.today)) await createVoucher(database, { actor: ACTOR, moment }, voucher);
  const locked = await createVoucher(
    database,
    { actor: ACTOR, moment },
    {
      type: 'discount',
      title: 'Fehldruck Katalog S. 44',
      code: 'FEHLDRUCK',
      value: { tiers: [{ minTripPrice: 0, amount: 3000 }] },
    },
  );
  await setDeactivated(database, { actor: ACTOR, moment }, locked.id, true, 'Falscher Betrag im Katalog');
  for (const { campaign, codes } of demoCampaigns(moment.today)) {
    const { id } = await createCampaign(database, { actor: ACTOR, moment }, campaign);
    await inTransaction(database, (trx) => requestCodes(trx, id, { codes }, ACTOR, moment));
  }
  await seedRedemptions(database, clock);
  await seedShop(database, clock);
}

const DEMO_MOTIFS = [
  { name: 'Strand', picture: 'strand', position: 'left', textColor: '#13202c', panelColor: '#ffffff' },
  { name: 'Bergwandern', picture: 'wandern', position: 'right', textColor: '#ffffff', panelColor: '#1c3b2a' },
  { name: 'Winter und Nordlicht', picture: 'winter', position: 'center', textColor: '#ffffff', panelColor: '#13283a' },
  { name: 'Schiff', picture: 'kreuzfahrt', position: 'left', textColor: '#13202c', panelColor: '#ffffff' },
  { name: 'Stadt', picture: 'stadt', position: 'right', textColor: '#ffffff', panelColor: '#3a2140' },
  { name: 'Familie', picture: 'familie', position: 'left', textColor: '#13202c', panelColor: '#ffffff' },
] as const;

/** What stands on vouchers and in mails, with motifs drawn from the pictures of the trips. */
async function seedDocuments(database: Database, now: number): Promise<void> {
  await changeDocumentSettings(
    database,
    {
      ...DEFAULT_DOCUMENT_SETTINGS,
      companyName: 'Nordlicht Reisen',
      companyAddress: 'Nordlicht Reisen GmbH\nHafenstraße 12 · 23552 Lübeck\nwww.nordlicht.example',
      senderName: 'Nordlicht Reisen',
      senderEmail: 'gutscheine@nordlicht.example',
      voucherTerms:
        'Der Gutschein gilt für alle Reisen von Nordlicht Reisen. Ein Restwert bleibt erhalten. Eine Barauszahlung ist nicht vorgesehen.',
    },
    ACTOR,
    now,
  );
  for (const { picture, ...design } of DEMO_MOTIFS) {
    const drawing = join(import.meta.dirname, '..', 'public', 'img', 'trips', `${picture}.svg`);
    await createMotif(
      database,
      { ...design, brand: null },
      await sharp(drawing, { density: 200 }).resize({ width: 1600, height: 1000, fit: 'cover' }).png().toBuffer(),
      ACTOR,
      now,
    );
  }
}

async function seedCatalogue(database: Database, clock: Clock): Promise<void> {
  const kinds: readonly [CatalogueKind, readonly { id: string; name: string; parent?: string | null }[]][] = [
    ['region', DEMO_REGIONS],
    ['theme', DEMO_THEMES],
    ['brand', DEMO_BRANDS],
    ['partner', DEMO_PARTNERS],
    ['product', DEMO_TRIPS.map((trip) => ({ id: trip.product, name: trip.title.de }))],
  ];
  for (const [kind, entries] of kinds) {
    for (const entry of entries) await saveEntry(database, kind, { parent: null, ...entry }, ACTOR, clock.now());
  }
  const contract = {
    ...DEFAULT_PARTNER_DETAILS,
    commissionBasisPoints: 1500,
    invoiceAddress: 'Buchhaltung\nMarktplatz 7\n20095 Hamburg',
    invoiceText: 'Rahmenvertrag 2026-117',
  };
  await inTransaction(database, (trx) => changePartnerDetails(trx, 'citydeal', contract, ACTOR, clock.now()));
}

/** A few bookings, so that lists and histories have something to tell. */
async function seedRedemptions(database: Database, clock: Clock): Promise<void> {
  const moment = clock.moment();
  const bookings = [
    { bookingNumber: '2026-88123', codes: ['SOMMER10'], tripPrice: 189_800 },
    { bookingNumber: '2026-88140', codes: ['SOMMER10', 'KAUF-500'], tripPrice: 32_000 },
    { bookingNumber: '2026-88152', codes: ['KAUF-100'], tripPrice: 6500 },
    { bookingNumber: '2026-88177', codes: ['KULANZ-80'], tripPrice: 74_900 },
    { bookingNumber: '2026-88190', codes: ['DEAL-STADT'], tripPrice: 64_000, partner: 'citydeal', themes: ['stadt'] },
  ];
  for (const { bookingNumber, codes, tripPrice, ...more } of bookings) {
    const known = await Promise.all(codes.map((code) => findVoucherByCode(database, code, moment)));
    if (known.includes(null)) continue;
    await redeem(
      database,
      {
        source: {
          booking: { ...demoBooking(tripPrice), ...more },
          codes: codes.map((code) => ({ code, atMost: null })),
        },
        owner: HOUSE,
        bookingNumber,
        expectedPayable: null,
        isAdditional: false,
      },
      { scope: ACTOR, key: bookingNumber, fingerprint: bookingNumber },
      ACTOR,
      moment,
    );
  }
}

function demoBooking(tripPrice: number): Booking {
  return plainBooking('EUR', tripPrice, ['adult', 'adult']);
}
