import { addDays } from '../src/core/calendar.ts';
import type { CampaignBody } from '../src/features/campaigns/record/campaign-service.ts';
import type { VoucherBody } from '../src/features/vouchers/record/voucher-service.ts';

/** Vouchers of all four types as an agency has them on an ordinary day; every date counts from today. */
export function demoVouchers(today: string): VoucherBody[] {
  const inDays = (count: number): string => addDays(today, count);
  return [
    {
      type: 'discount',
      title: 'Frühbucher Sommer',
      code: 'SOMMER10',
      value: { tiers: [{ minTripPrice: 0, percent: 10 }], maxAmount: 30_000 },
      validity: { bookFrom: inDays(-60), bookUntil: inDays(220) },
      usage: { maxUses: null },
    },
    {
      type: 'discount',
      title: 'Treuerabatt nach Reisepreis',
      code: 'TREUE',
      value: {
        tiers: [
          { minTripPrice: 50_000, amount: 2500 },
          { minTripPrice: 150_000, amount: 10_000 },
          { minTripPrice: 300_000, percent: 5 },
        ],
      },
      usage: { maxUses: null, maxUsesPerCustomer: 1 },
    },
    {
      type: 'discount',
      title: 'Kinderfest: 50 € je Kind',
      code: 'KINDERFEST',
      value: { multiplier: 'child', tiers: [{ minTripPrice: 80_000, amount: 5000 }] },
      restrictions: { themes: { include: ['familie'] } },
      usage: { maxUses: 500 },
    },
    {
      type: 'discount',
      title: 'Messe Stuttgart, nicht kombinierbar',
      code: 'CMT25',
      value: { tiers: [{ minTripPrice: 60_000, percent: 25 }], maxAmount: 15_000 },
      validity: { bookUntil: inDays(45) },
      usage: { maxUses: 200 },
      stacking: { exclusive: true },
    },
    {
      type: 'discount',
      title: 'Wandern in Österreich',
      code: 'GIPFEL',
      value: { multiplier: 'pax', tiers: [{ minTripPrice: 0, amount: 4000 }] },
      restrictions: {
        themes: { include: ['wandern'] },
        regions: { include: ['AT'], exclude: ['AT-9'] },
        minTravellers: 2,
      },
      usage: { maxUses: null },
    },
    {
      type: 'discount',
      title: 'Wintersonne (abgelaufen)',
      code: 'WINTER20',
      value: { tiers: [{ minTripPrice: 0, percent: 20 }] },
      validity: { bookUntil: inDays(-20) },
    },
    {
      type: 'deal',
      title: 'Deal: Wochenende für zwei',
      code: 'DEAL-WOCHENENDE',
      paidAt: inDays(-10),
      deal: { paysInFull: true, entry: 'both', invoicePartner: true, partnerPrice: 19_900 },
      restrictions: { partner: 'citydeal', themes: { include: ['stadt', 'wellness'] } },
      validity: { bookUntil: inDays(120) },
    },
    {
      type: 'deal',
      title: 'Deal: Städtereise',
      code: 'DEAL-STADT',
      paidAt: inDays(-10),
      deal: { paysInFull: true, entry: 'both', invoicePartner: true, partnerPrice: null },
      restrictions: { partner: 'citydeal', themes: { include: ['stadt'] } },
      validity: { bookUntil: inDays(120) },
      usage: { maxUses: 50 },
    },
    {
      type: 'purchase',
      title: 'Geschenkgutschein 500 €',
      code: 'KAUF-500',
      paidAt: inDays(-30),
      value: { originalValue: 50_000 },
      recipient: { name: 'Miriam Özdemir', email: 'miriam@example.org' },
    },
    {
      type: 'purchase',
      title: 'Geschenkgutschein 100 €',
      code: 'KAUF-100',
      paidAt: inDays(-200),
      value: { originalValue: 10_000 },
      validity: { bookUntil: inDays(14) },
    },
    {
      type: 'purchase',
      title: 'Geschenkgutschein, noch nicht bezahlt',
      code: 'KAUF-OFFEN',
      value: { originalValue: 25_000 },
    },
    {
      type: 'settlement',
      title: 'Erstattung Buchung 2026-10411',
      code: 'VERR-10411',
      paidAt: inDays(-15),
      funding: 'refund_conversion',
      // Agreed with the customer when the trip was cancelled.
      refundOnExpiry: true,
      value: { originalValue: 34_850 },
      restrictions: { customer: { email: 'jonas.krueger@example.org' } },
    },
    {
      type: 'settlement',
      title: 'Kulanz: verspäteter Transfer',
      code: 'KULANZ-80',
      paidAt: inDays(-3),
      funding: 'goodwill',
      value: { originalValue: 8000 },
    },
  ];
}

export interface DemoCampaign {
  readonly campaign: CampaignBody;
  readonly codes: readonly string[];
}

export function demoCampaigns(today: string): DemoCampaign[] {
  return [
    {
      campaign: {
        type: 'discount',
        title: 'Newsletter Advent',
        budget: 500_000,
        value: { tiers: [{ minTripPrice: 40_000, amount: 3000 }] },
        validity: { bookUntil: addDays(today, 60) },
      },
      codes: Array.from({ length: 40 }, (_unused, index) => `ADVENT-${String(1000 + index * 37)}`),
    },
    {
      campaign: {
        type: 'purchase',
        title: 'Gutscheinkarten Filiale Lübeck',
        paidAt: addDays(today, -5),
        value: { originalValue: 5000 },
      },
      codes: Array.from({ length: 20 }, (_unused, index) => `KARTE-HL-${String(501 + index * 13)}`),
    },
  ];
}
