import type { Locals } from 'express';
import type { Database } from '../../../platform/data/db.ts';
import { jurisdictionOf } from '../../../core/books/limitation.ts';
import type { FormError } from '../../../platform/html/form-view.ts';
import type { CampaignView } from '../../campaigns/record/campaign-service.ts';
import { currentSetup } from '../../accounting/ledger/setup-service.ts';
import { listEntries } from '../../catalogue/catalogue-service.ts';
import { offeredMotifs, type Motif } from '../../documents/motifs/motif-service.ts';
import { generalSettings } from '../../settings/general-settings-service.ts';
import { resolveEntries } from './voucher-choices-view.ts';
import { bodyOf } from './voucher-body-form.ts';
import { emptyVoucher, typedFromView, typedVoucher, type TypedVoucher } from './typed-voucher-form.ts';
import { fixedFields, offeredCampaigns } from './voucher-form-view.ts';
import { baseOf } from './voucher-merge-form.ts';
import type { VoucherBody } from '../record/voucher-service.ts';
import { summarise, type VoucherSummary } from './voucher-summary-service.ts';
import type { VoucherView } from '../record/voucher-view-service.ts';
import type { Shell } from '../../../platform/process/feature.ts';

type Reader = Pick<Locals, 't' | 'locale'>;

/** A form with all that can be said of it before it is saved. */
export interface ReadForm {
  readonly typed: TypedVoucher;
  readonly body: VoucherBody;
  readonly errors: readonly FormError[];
  readonly currency: string;
  readonly summary: VoucherSummary;
  readonly campaigns: readonly CampaignView[];
  readonly motifs: readonly Motif[];
  readonly nameOf: (kind: string, id: string) => string;
}

const MAX_NAMES = 500;

export async function readForm(
  pages: Shell,
  sent: TypedVoucher | null,
  voucher: VoucherView | null,
  { t, locale }: Reader,
): Promise<ReadForm> {
  const { database, clock } = pages;
  const currency = voucher?.currency ?? (await generalSettings(database.knex)).currency;
  const today = clock.today();
  const resolved = await resolveEntries(database, sent ?? emptyVoucher('discount', currency, today, locale), t);
  const { typed, entries, errors } = resolved;
  const motifs = await offeredMotifs(database.knex);
  const names = new Map([
    ...motifs.map(({ id, name }): [string, string] => [`motif ${id}`, name]),
    ...resolved.names,
    ...(await namesOf(database, 'partner')),
    ...(await namesOf(database, 'brand')),
  ]);
  const nameOf = (kind: string, id: string): string => names.get(`${kind} ${id}`) ?? id;
  const campaigns = await offeredCampaigns(pages, typed.campaign);
  const read = bodyOf(typed, { t, currency, entries, voucher });
  const rules = campaigns.find(({ id }) => id === typed.campaign) ?? { ...read.body, currency };
  const { setup } = await currentSetup(database.knex);
  const claimOn = read.body.paidAt ?? today;
  const summary = summarise(rules, {
    currency,
    today,
    locale,
    t,
    nameOf,
    jurisdiction: jurisdictionOf(setup.chart),
    claimOn,
  });
  return { motifs, typed, body: read.body, errors: [...read.errors, ...errors], currency, summary, campaigns, nameOf };
}

/** A stored voucher in the form, and beside it the same as the state to which a later save is compared. */
export async function storedForm(
  database: Database,
  voucher: VoucherView,
  { t, locale }: Reader,
): Promise<TypedVoucher> {
  const { typed } = await resolveEntries(database, typedFromView(voucher, locale), t);
  return { ...typed, base: baseOf(typed) };
}

/** What was sent, with the stored value of every field that cannot be changed any more. */
export async function sentForm(
  database: Database,
  body: unknown,
  voucher: VoucherView | null,
  reader: Reader,
): Promise<TypedVoucher> {
  const sent = typedVoucher(body);
  if (voucher === null) return sent;
  const stored = await storedForm(database, voucher, reader);
  return { ...sent, ...Object.fromEntries(fixedFields(voucher).map((name) => [name, stored[name]])) };
}

async function namesOf(database: Database, kind: 'partner' | 'brand'): Promise<[string, string][]> {
  const entries = await listEntries(database.knex, kind, { after: null, limit: MAX_NAMES });
  return entries.map(({ id, name }) => [`${kind} ${id}`, name]);
}
