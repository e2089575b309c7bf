import type { Request, Response, Router } from 'express';
import { requires } from '../../../platform/http/permissions.ts';
import { may } from '../../../core/access.ts';
import { CHANNELS, ENTRIES, TRAVELLER_KINDS, type Booking, type CodeEntry } from '../../../core/engine/voucher.ts';
import { parameterOf, markInvalid, actorOf, LENGTHS, fieldOf, textOf } from '../../../platform/http/request.ts';
import { AppError, appError } from '../../../platform/process/errors.ts';
import { addFlash } from '../../../platform/html/flash.ts';
import { formView, type FormError } from '../../../platform/html/form-view.ts';
import type { Locale } from '../../../platform/html/i18n.ts';
import { renderPage } from '../../../platform/html/views.ts';
import { CATALOGUE_KINDS, listByName } from '../../catalogue/catalogue-service.ts';
import { generalSettings } from '../../settings/general-settings-service.ts';
import { findVoucher } from '../../vouchers/record/voucher-service.ts';
import {
  bookingSample,
  bookingSamples,
  MAX_SAMPLE_NAME,
  MAX_SAMPLES,
  removeSample,
  renameSample,
  saveSample,
  type SampleOutcome,
} from './booking-sample-service.ts';
import {
  changeTravellers,
  emptyBooking,
  parseBooking,
  typedBooking,
  typedFromBooking,
  type TypedBooking,
} from './booking-test-form.ts';
import { resultView } from './booking-test-result-view.ts';
import { testBooking } from './booking-test-service.ts';
import { readRedemption } from '../redemptions/redemption-service.ts';
import { momentOfPages } from '../redemptions/redemption-view.ts';
import { isId } from '../../../platform/data/id.ts';
import { pageRouter } from '../../../platform/http/page-router.ts';
import type { Shell } from '../../../platform/process/feature.ts';

/** Trips to begin with: invented ones, and only where nobody earns money. */
export type SampleTrips = (today: string, locale: Locale) => readonly SampleTrip[];

type BookingTestPages = Shell & { readonly sampleTrips: SampleTrips };

export interface SampleTrip {
  readonly id: string;
  readonly title: string;
  readonly booking: Booking;
}

export const BOOKING_TEST_PATH = '/admin/booking-test';
const MAX_OFFERED = 200;

/** "Why not?": any booking, any codes, and every check in words. */
export function bookingTestPages(pages: BookingTestPages): Router {
  const { database, clock } = pages;
  const router = pageRouter();

  router.get(BOOKING_TEST_PATH, requires('trials.see'), async (req, res) => {
    await show(res, await prefilled(req, res));
  });

  router.post(BOOKING_TEST_PATH, requires('trials.see'), async (req, res) => {
    const typed = typedBooking(req.body);
    const rearranged = changeTravellers(typed, fieldOf(req, 'do'));
    if (rearranged !== null) return show(res, rearranged);
    const { booking, codes, bookOn, errors, unknown } = await parseBooking(database, typed, res.locals.t);
    if (booking === null) return show(res, typed, errors);
    const moment = { now: clock.now(), today: bookOn ?? clock.today() };
    const test = await testBooking(database, booking, await withCodesOf(codes), moment);
    await show(res, typed, [], {
      ...(await resultView(pages, res, test, codes, moment.today)),
      unknown: unknown.join(', '),
    });
  });

  router.post(`${BOOKING_TEST_PATH}/samples`, requires('trials.keep'), async (req, res) => {
    const { t } = res.locals;
    const typed = typedBooking(req.body);
    const name = fieldOf(req, 'sampleName', MAX_SAMPLE_NAME);
    const { booking, errors } = await parseBooking(database, typed, t);
    const problems =
      name === '' ? [...errors, { path: 'sampleName', message: t('booking-test:sample.name_missing') }] : [...errors];
    if (booking === null || problems.length > 0) return show(res, typed, problems, null, name);
    const outcome = await saveSample(database, name, booking, actorOf(res), clock.now());
    if (outcome.kind === 'refused')
      return show(res, typed, [{ path: 'sampleName', message: sampleProblem(outcome, res) }], null, name);
    addFlash(req, { kind: 'success', text: t('booking-test:sample.saved', { name }) });
    res.redirect(303, `${BOOKING_TEST_PATH}?sample=${outcome.id}`);
  });

  router.get(`${BOOKING_TEST_PATH}/samples`, requires('trials.see'), async (_req, res) => {
    await showSamples(res, []);
  });

  router.post(`${BOOKING_TEST_PATH}/samples/:id`, requires('trials.keep'), changeSample);

  return router;

  async function prefilled(req: Request, res: Response): Promise<TypedBooking> {
    const { locale } = res.locals;
    const { currency } = await generalSettings(database.knex);
    const [sample, redemption, voucher, demo] = ['sample', 'redemption', 'voucher', 'demo'].map((name) =>
      textOf(req.query[name], LENGTHS.key),
    );
    const code = parameterOf(req, 'code');
    let typed = emptyBooking(currency);
    if (isId(sample)) {
      const found = await bookingSample(database, sample);
      if (found !== null) typed = typedFromBooking(found.booking, locale);
    } else if (isId(redemption)) {
      const { booking, evaluation } = await readRedemption(database, redemption);
      typed = {
        ...typedFromBooking(booking, locale),
        codes: evaluation.accepted.map(({ voucherId }) => `#${voucherId}`).join('\n'),
      };
    } else if (demo !== undefined && demo !== '') {
      const trip = pages.sampleTrips(clock.today(), locale).find(({ id }) => id === demo);
      if (trip !== undefined) typed = typedFromBooking(trip.booking, locale);
    }
    if (isId(voucher)) return { ...typed, codes: `#${voucher}` };
    return code === '' ? typed : { ...typed, codes: code };
  }

  /** `#12` names the voucher 12: whoever may not see a code can test it all the same. */
  async function withCodesOf(codes: readonly CodeEntry[]): Promise<CodeEntry[]> {
    return Promise.all(
      codes.map(async (entry) => {
        const id = /^#\s*(\d{1,18})$/.exec(entry.code)?.[1];
        if (id === undefined) return entry;
        try {
          return { ...entry, code: (await findVoucher(database, id, momentOfPages(pages))).code };
        } catch (error) {
          if (error instanceof AppError && error.code === 'not_found') return entry;
          throw error;
        }
      }),
    );
  }

  async function show(
    res: Response,
    typed: TypedBooking,
    errors: readonly FormError[] = [],
    result: object | null = null,
    sampleName = '',
  ): Promise<void> {
    const { t, locale } = res.locals;
    markInvalid(res, errors);
    const offered = await Promise.all(
      CATALOGUE_KINDS.map(async (kind) => ({
        id: `offered-${kind}`,
        entries: (
          await listByName(database.knex, kind, { q: '', archived: false, after: null, limit: MAX_OFFERED })
        ).map(({ id, name }) => `${name} (${id})`),
      })),
    );
    renderPage(res, 'booking/trials/booking-test', {
      title: t('booking-test:title'),
      path: BOOKING_TEST_PATH,
      form: formView({ ...typed, sampleName }, errors),
      typed,
      rows: typed.travellers.map((row, index) => ({
        ...row,
        kindName: `travellers[${index}][kind]`,
        priceName: `travellers[${index}][price]`,
        number: index + 1,
        remove: `remove:${index}`,
      })),
      kinds: TRAVELLER_KINDS.map((value) => ({ value, label: t(`redemptions:kind.${value}`) })),
      channels: CHANNELS.map((value) => ({ value, label: t(`redemptions:channel.${value}`) })),
      entries: ENTRIES.map((value) => ({ value, label: t(`booking-test:words.entry.${value}`) })),
      offered,
      samples: (await bookingSamples(database)).map(({ id, name }) => ({
        name,
        href: `${BOOKING_TEST_PATH}?sample=${id}`,
      })),
      demos: pages.sampleTrips(clock.today(), locale).map(({ id, title }) => ({
        name: title,
        href: `${BOOKING_TEST_PATH}?demo=${id}`,
      })),
      mayKeep: may(res.locals.user, 'trials.keep'),
      result,
    });
  }

  async function showSamples(
    res: Response,
    errors: readonly FormError[],
    values: Readonly<Record<string, string>> = {},
  ): Promise<void> {
    const { t } = res.locals;
    markInvalid(res, errors);
    const samples = await bookingSamples(database);
    renderPage(res, 'booking/trials/booking-samples', {
      title: t('booking-test:sample.title'),
      breadcrumbs: [{ href: BOOKING_TEST_PATH, text: t('booking-test:title') }],
      path: BOOKING_TEST_PATH,
      form: formView({ ...Object.fromEntries(samples.map(({ id, name }) => [`name_${id}`, name])), ...values }, errors),
      samples: samples.map((sample) => ({
        ...sample,
        field: `name_${sample.id}`,
        action: `${BOOKING_TEST_PATH}/samples/${sample.id}`,
        href: `${BOOKING_TEST_PATH}?sample=${sample.id}`,
      })),
      mayKeep: may(res.locals.user, 'trials.keep'),
    });
  }

  function sampleProblem(outcome: Extract<SampleOutcome, { kind: 'refused' }>, res: Response): string {
    return res.locals.t(`booking-test:sample.${outcome.reason}`, { max: MAX_SAMPLES });
  }

  async function changeSample(req: Request, res: Response): Promise<void> {
    const { t } = res.locals;
    const id = sampleId(String(req.params['id']));
    const body = req.body as Record<string, unknown>;
    const sample = await bookingSample(database, id);
    if (sample === null) throw appError('not_found');
    if (textOf(body['do']) === 'delete') {
      await removeSample(database, id, actorOf(res), clock.now());
      addFlash(req, { kind: 'success', text: t('booking-test:sample.deleted', { name: sample.name }) });
      return res.redirect(303, `${BOOKING_TEST_PATH}/samples`);
    }
    const name = textOf(body['name'], MAX_SAMPLE_NAME);
    if (name === '')
      return showSamples(res, [{ path: `name_${id}`, message: t('booking-test:sample.name_missing') }], {
        [`name_${id}`]: name,
      });
    const outcome = await renameSample(database, id, name, actorOf(res), clock.now());
    if (outcome.kind === 'refused')
      return showSamples(res, [{ path: `name_${id}`, message: sampleProblem(outcome, res) }], { [`name_${id}`]: name });
    addFlash(req, { kind: 'success', text: t('booking-test:sample.renamed', { name }) });
    res.redirect(303, `${BOOKING_TEST_PATH}/samples`);
  }
}

function sampleId(text: string): string {
  if (!isId(text)) throw appError('not_found');
  return text;
}
