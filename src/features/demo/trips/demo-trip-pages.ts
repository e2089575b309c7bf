import express, { type Request, type Router } from 'express';
import Joi from 'joi';
import { appError } from '../../../platform/process/errors.ts';
import type { Shell } from '../../../platform/process/feature.ts';
import { formView, type FormError } from '../../../platform/html/form-view.ts';
import type { Locale, Translate } from '../../../platform/html/i18n.ts';
import { renderPage } from '../../../platform/html/views.ts';
import { rawTextOf } from '../../../platform/http/request.ts';
import { newReference, startCheckout } from '../checkout/demo-checkout-service.ts';
import { rememberCheckout } from './demo-session-form.ts';
import {
  bookingOf,
  DEMO_BRANDS,
  DEMO_CURRENCY,
  DEMO_REGIONS,
  DEMO_THEMES,
  demoTrip,
  departuresOf,
  findDemoTrips,
  returnDay,
  usedRegionIds,
  type DemoTrip,
  type TripChoice,
} from './demo-trip-service.ts';

const MAX_HEADS = 9;
const SAVANNA: ReadonlySet<string> = new Set(['NA', 'ZA']);
export const DEMO_FRAME = { brandName: 'Nordlicht Reisen', home: '/demo/trips', hideHeading: true } as const;

/** The trips of the demo operator: choose one, say who travels and when. */
export function demoTripPages({ database, clock }: Shell): Router {
  const router = express.Router();

  router.get('/demo', (_req, res) => {
    res.redirect(303, '/demo/trips');
  });

  router.get('/demo/trips', (req, res) => {
    const { t, locale } = res.locals;
    const filter = {
      theme: rawTextOf(req.query.theme),
      region: rawTextOf(req.query.region),
      brand: rawTextOf(req.query.brand),
    };
    const trips = findDemoTrips(filter);
    renderPage(
      res,
      'demo/trips/trips',
      {
        ...DEMO_FRAME,
        title: t('booking:trips.title'),
        form: formView(filter),
        code: rawTextOf(req.query.code),
        isFiltered: Object.values(filter).some((value) => value !== ''),
        count: trips.length,
        trips: trips.map((trip) => ({
          ...tripView(trip, locale, t),
          next: departuresOf(trip, clock.today())[0] ?? null,
        })),
        themes: DEMO_THEMES.map(({ id }) => ({ value: id, label: t(`booking:themes.${id}`) })),
        brands: DEMO_BRANDS.map(({ id, name }) => ({ value: id, label: name })),
        regions: regionOptions(locale),
        currency: DEMO_CURRENCY,
      },
      'public',
    );
  });

  router.get('/demo/trips/:id', (req, res) => {
    const trip = wantedTrip(req);
    const [departure = ''] = departuresOf(trip, clock.today());
    const values = { departure, adults: '2', children: '0', infants: '0', email: '' };
    renderPage(
      res,
      'demo/trips/trip',
      tripPage(trip, clock.today(), res.locals, rawTextOf(req.query.code), values),
      'public',
    );
  });

  router.post('/demo/trips/:id', async (req, res) => {
    const trip = wantedTrip(req);
    const { t } = res.locals;
    const typed = typedChoice(req);
    const today = clock.today();
    const { choice, errors } = parseChoice(trip, typed, departuresOf(trip, today), t);
    if (choice === null) {
      res.status(422);
      renderPage(res, 'demo/trips/trip', tripPage(trip, today, res.locals, typed.code, { ...typed }, errors), 'public');
      return;
    }
    const booking = bookingOf(trip, choice, req.session.demo?.reference ?? newReference());
    const started = await startCheckout(database, booking, [], { now: clock.now(), today });
    rememberCheckout(req, { ...started, choice, codes: [], setAside: [] });
    res.redirect(303, typed.code === '' ? '/demo/checkout' : `/demo/checkout?code=${encodeURIComponent(typed.code)}`);
  });
  return router;
}

/** A trip in the words of the reader. */
export function tripView(trip: DemoTrip, locale: Locale, t: Translate) {
  return {
    id: trip.id,
    title: trip.title[locale],
    teaser: trip.teaser[locale],
    picture: `img/trips/${pictureOf(trip)}.svg`,
    tone: `tone-${(trip.id.length + trip.nights) % 3}`,
    place: regionName(trip.regions[0] ?? '', locale),
    brand: DEMO_BRANDS.find(({ id }) => id === trip.brand)?.name ?? trip.brand,
    themes: trip.themes.map((id) => t(`booking:themes.${id}`)),
    nights: t('booking:nights', { count: trip.nights }),
    adultPrice: trip.adultPrice,
    childPrice: trip.childPrice,
    infantPrice: trip.infantPrice,
    nonDiscountable: trip.nonDiscountable,
  };
}

function pictureOf({ themes, regions }: DemoTrip): string {
  const [theme = 'natur'] = themes;
  return theme === 'natur' && regions.some((region) => SAVANNA.has(region)) ? 'safari' : theme;
}

export interface TypedChoice {
  readonly departure: string;
  readonly adults: string;
  readonly children: string;
  readonly infants: string;
  readonly email: string;
  readonly code: string;
}

const TYPED_CHOICE = Joi.object<TypedChoice>({
  departure: Joi.string().allow('').default(''),
  adults: Joi.string().trim().allow('').default(''),
  children: Joi.string().trim().allow('').default('0'),
  infants: Joi.string().trim().allow('').default('0'),
  email: Joi.string().trim().allow('').default(''),
  code: Joi.string().allow('').max(1000).default(''),
});

/** The form of a trip as it was typed. */
export function typedChoice(req: Request): TypedChoice {
  const result = TYPED_CHOICE.validate(req.body ?? {}, { stripUnknown: true });
  if (result.error) throw appError('invalid_request');
  return result.value;
}

export function parseChoice(
  trip: DemoTrip,
  typed: TypedChoice,
  departures: readonly string[],
  t: Translate,
): { choice: TripChoice | null; errors: FormError[] } {
  const errors: FormError[] = [];
  if (!departures.includes(typed.departure))
    errors.push({ path: 'departure', message: t('booking:trip.departure_required') });
  const head = (path: 'adults' | 'children' | 'infants', min: number): number => {
    const value = typed[path] === '' ? 0 : Number(typed[path]);
    const isRight = /^\d{0,2}$/.test(typed[path]) && value >= min && value <= MAX_HEADS;
    if (!isRight)
      errors.push({
        path,
        message: t(`booking:trip.${min === 0 ? 'count_wrong' : 'adults_wrong'}`, { max: MAX_HEADS }),
      });
    return value;
  };
  const heads = { adults: head('adults', 1), children: head('children', 0), infants: head('infants', 0) };
  if (errors.length === 0 && heads.adults + heads.children + heads.infants > MAX_HEADS) {
    errors.push({ path: 'adults', message: t('booking:trip.too_many', { max: MAX_HEADS }) });
  }
  if (typed.email !== '' && (!/^[^@\s]+@[^@\s]+\.[^@\s]+$/.test(typed.email) || typed.email.length > 254)) {
    errors.push({ path: 'email', message: t('booking:trip.email_wrong') });
  }
  if (errors.length > 0) return { choice: null, errors };
  return {
    choice: { tripId: trip.id, departure: typed.departure, ...heads, email: typed.email === '' ? null : typed.email },
    errors,
  };
}

function tripPage(
  trip: DemoTrip,
  today: string,
  { t, locale }: { readonly t: Translate; readonly locale: Locale },
  code: string,
  values: Record<string, unknown>,
  errors: readonly FormError[] = [],
) {
  const view = tripView(trip, locale, t);
  return {
    ...DEMO_FRAME,
    title: view.title,
    trip: view,
    code,
    currency: DEMO_CURRENCY,
    form: formView(values, errors),
    departures: departuresOf(trip, today).map((day) => ({ day, back: returnDay(trip, day) })),
  };
}

function wantedTrip(req: Request): DemoTrip {
  const trip = demoTrip(rawTextOf(req.params.id));
  if (trip === null) throw appError('not_found');
  return trip;
}

function regionOptions(locale: Locale): { value: string; label: string }[] {
  const used = usedRegionIds();
  const collator = new Intl.Collator(locale);
  const named = (parent: string | null, depth: number): { value: string; label: string }[] =>
    DEMO_REGIONS.filter((region) => region.parent === parent && used.has(region.id))
      .map(({ id }) => ({ id, name: regionName(id, locale) }))
      .sort((a, b) => collator.compare(a.name, b.name))
      .flatMap(({ id, name }) => [{ value: id, label: `${'– '.repeat(depth)}${name}` }, ...named(id, depth + 1)]);
  return named(null, 0);
}

/** Countries in the reader's language, their parts by the name they have in the catalogue. */
function regionName(id: string, locale: Locale): string {
  if (/^[A-Z]{2}$/.test(id)) return new Intl.DisplayNames(locale, { type: 'region' }).of(id) ?? id;
  return DEMO_REGIONS.find((region) => region.id === id)?.name ?? id;
}
