import type { Locals } from 'express';
import { jurisdictionOf } from '../../../core/books/limitation.ts';
import type { Database } from '../../../platform/data/db.ts';
import { isId } from '../../../platform/data/id.ts';
import { valueAt } from '../../../platform/data/json-path.ts';
import type { FormError } from '../../../platform/html/form-view.ts';
import { AppError } from '../../../platform/process/errors.ts';
import { readCampaign, type CampaignView } from '../../campaigns/record/campaign-service.ts';
import { currentSetup } from '../../accounting/ledger/setup-service.ts';
import { findNamedEntries, type EntryRef } from '../../catalogue/catalogue-service.ts';
import { offeredMotifs, type Motif } from '../../documents/motifs/motif-service.ts';
import { generalSettings } from '../../settings/general-settings-service.ts';
import type { VoucherBody } from '../record/voucher-service.ts';
import type { VoucherView } from '../record/voucher-view-service.ts';
import type { Shell } from '../../../platform/process/feature.ts';
import type { RulesBody } from '../rules/rules-service.ts';
import { ruleFields } from '../rules/known-fields.ts';
import { bodyOf } from './voucher-body-form.ts';
import { resolveEntries } from './voucher-choices-view.ts';
import type { NameOf } from './form-offers-form.ts';
import { fixedFields } from './voucher-fields-view.ts';
import { baseOf, readBase } from './voucher-merge-form.ts';
import { summarise, type VoucherSummary } from './voucher-summary-service.ts';
import { textIn, typedFromView, typedVoucher, type TypedVoucher } from './typed-voucher-form.ts';

type Reader = Pick<Locals, 't' | 'locale'>;

export type FormParts = Pick<Shell, 'database' | 'clock'>;

/** Of what the form is; null: of a voucher that is not made yet. */
export interface FormSubject {
  readonly voucher: VoucherView | null;
  readonly currency: string;
}

/** What was typed, and what it says. */
export interface ReadTyped {
  readonly typed: TypedVoucher;
  readonly body: VoucherBody;
  readonly errors: readonly FormError[];
  readonly nameOf: NameOf;
}

/** A form with all that can be said of it before it is saved. */
export interface ReadForm extends ReadTyped {
  readonly currency: string;
  readonly summary: VoucherSummary;
  /** The chosen one. */
  readonly campaign: CampaignView | null;
  readonly motifs: readonly Motif[];
}

export async function newSubject(database: Database): Promise<FormSubject> {
  return { voucher: null, currency: (await generalSettings(database.knex)).currency };
}

export function storedSubject(voucher: VoucherView): FormSubject {
  return { voucher, currency: voucher.currency };
}

/** What was typed as the body of the service, with the names of all that it and its base name. */
export async function readTyped(
  database: Database,
  sent: TypedVoucher,
  { voucher, currency }: FormSubject,
  { t }: Pick<Reader, 't'>,
): Promise<ReadTyped> {
  const { typed, entries, errors, names } = await resolveEntries(database, sent, t, alsoNamed(sent, voucher));
  const read = bodyOf(typed, { t, currency, entries, voucher });
  return {
    typed,
    body: read.body,
    errors: [...read.errors, ...errors],
    nameOf: (kind, id) => names.get(`${kind} ${id}`) ?? id,
  };
}

export async function readForm(
  { database, clock }: FormParts,
  sent: TypedVoucher,
  subject: FormSubject,
  reader: Reader,
): Promise<ReadForm> {
  const { currency } = subject;
  const read = await readTyped(database, sent, subject, reader);
  const motifs = await offeredMotifs(database.knex);
  const motifNames = new Map(motifs.map(({ id, name }) => [id, name]));
  const campaign = await chosenCampaign(database, textIn(read.typed, 'campaign'));
  const ofCampaign = campaign === null ? read.nameOf : await namesIn(database, campaign);
  const nameOf: NameOf = (kind, id) => {
    if (kind === 'motif') return motifNames.get(id) ?? id;
    const name = read.nameOf(kind, id);
    return name === id ? ofCampaign(kind, id) : name;
  };
  const rules = campaign ?? { ...read.body, currency };
  const summary = await summaryOf(
    { database, clock },
    rules,
    { currency, paidAt: read.body.paidAt ?? null, nameOf },
    reader,
  );
  return { ...read, currency, summary, campaign, motifs, nameOf };
}

/** What rules do, in sentences. */
export async function summaryOf(
  { database, clock }: FormParts,
  rules: RulesBody,
  about: { readonly currency: string; readonly paidAt: string | null; readonly nameOf: NameOf },
  { t, locale }: Reader,
): Promise<VoucherSummary> {
  const { setup } = await currentSetup(database.knex);
  const today = clock.today();
  const { currency, paidAt, nameOf } = about;
  const jurisdiction = jurisdictionOf(setup.chart);
  return summarise(rules, { currency, today, locale, t, nameOf, jurisdiction, claimOn: paidAt ?? today });
}

/** The names of all that rules name. */
export async function namesIn(database: Database, rules: RulesBody): Promise<NameOf> {
  const refs = ruleFields().flatMap(({ path, catalogue }) =>
    catalogue === undefined ? [] : idsIn(valueAt(rules, path)).map((id) => ({ kind: catalogue, id })),
  );
  const found = await findNamedEntries(database.knex, refs);
  const names = new Map(found.map(({ kind, id, name }) => [`${kind} ${id}`, name]));
  return (kind, id) => names.get(`${kind} ${id}`) ?? id;
}

/** A stored voucher in the form, and beside it the state to which a later save is compared. */
export function storedForm(voucher: VoucherView, locale: Reader['locale']): TypedVoucher {
  return { ...typedFromView(voucher, locale), base: baseOf(voucher) };
}

/** What was sent, with the stored value of every field that cannot be changed any more. */
export function sentForm(body: unknown, voucher: VoucherView | null, locale: Reader['locale']): TypedVoucher {
  const sent = typedVoucher(body);
  if (voucher === null) return sent;
  const stored = typedFromView(voucher, locale);
  return { ...sent, ...Object.fromEntries(fixedFields(voucher).map((name) => [name, stored[name]])) };
}

/** A campaign's number that nobody knows chooses none. */
async function chosenCampaign(database: Database, chosen: string): Promise<CampaignView | null> {
  if (!isId(chosen)) return null;
  try {
    return await readCampaign(database.knex, chosen);
  } catch (error) {
    if (error instanceof AppError && error.code === 'not_found') return null;
    throw error;
  }
}

/** Partner and brand, what the voucher names now, and what it named when the page was opened. */
function alsoNamed(sent: TypedVoucher, voucher: VoucherView | null): EntryRef[] {
  const base = readBase(sent.base);
  return ruleFields().flatMap(({ name, kind, path, catalogue }) => {
    if (catalogue === undefined) return [];
    const known = [...idsIn(valueAt(voucher, path)), ...idsIn(base?.[name])];
    return [...(kind === 'entry' ? idsIn(sent[name]) : []), ...known].map((id) => ({ kind: catalogue, id }));
  });
}

/** The ids of one entry, or of those a pair includes and excludes. */
function idsIn(value: unknown): string[] {
  const found: unknown[] = typeof value === 'object' && value !== null ? Object.values(value).flat() : [value];
  return found.filter((id): id is string => typeof id === 'string' && id !== '');
}
