import type { Request, Response, Router } from 'express';
import { requires } from '../../../platform/http/permissions.ts';
import { VOUCHER_TYPES } from '../../../core/engine/voucher.ts';
import { formView, type FormError } from '../../../platform/html/form-view.ts';
import { dayInput } from '../../../platform/html/format.ts';
import type { Locale, Translate } from '../../../platform/html/i18n.ts';
import { parseDay } from '../../../platform/html/typed-input.ts';
import { renderPage } from '../../../platform/html/views.ts';
import { actorOf, idOf, markInvalid, textOf, textOrNull } from '../../../platform/http/request.ts';
import { LEDGER_EVENTS } from '../../../core/books/ledger-event.ts';
import { listJournal, readJournalEntry, type JournalEntry, type JournalQuestion } from './journal-service.ts';
import { firstDayOf, lastDayOf, monthOf } from '../../../core/month.ts';
import { subjectHref } from '../ledger/ledger-subject-view.ts';
import { wordText, ACCOUNTING_PATH, urlWith } from '../ledger/ledger-request-form.ts';
import { queueWorkbook } from '../reports/workbook-service.ts';
import { entryProof } from '../proof/entry-proof-service.ts';
import { isId } from '../../../platform/data/id.ts';
import type { Shell } from '../../../platform/process/feature.ts';
import { pageRouter } from '../../../platform/http/page-router.ts';

const PATH = `${ACCOUNTING_PATH}/journal`;
const ROWS = 50;
/** Days that one look at the journal spans when nothing narrower is asked for. */
const MAX_DAYS = 366;
const DAY_MS = 86_400_000;

const FIELDS = ['from', 'to', 'event', 'type', 'voucher', 'booking', 'document', 'account', 'run'] as const;
type Typed = Readonly<Record<(typeof FIELDS)[number], string>>;

/** The journal: found by day, event, voucher, booking, account or run, and followed from each row to where it comes from. */
export function journalPages(pages: Shell): Router {
  const { database, clock, namesOfActors } = pages;
  const router = pageRouter();

  router.get(PATH, requires('books.see'), showJournal);

  router.post(`${PATH}/workbook`, requires('books.see'), startWorkbook);

  router.get(`${PATH}/:id`, requires('books.see'), async (req, res) => {
    const { t } = res.locals;
    const { entry, related } = await readJournalEntry(database.knex, idOf(req));
    const names = await namesOfActors([entry.actor, ...related.map(({ actor }) => actor)]);
    renderPage(res, 'accounting/journal/journal-entry', {
      title: t('accounting:journal.entry_title', { id: entry.id }),
      breadcrumbs: [{ href: PATH, text: t('accounting:journal.title') }],
      entry: rowOf(entry, t, names),
      proof: await entryProof(database.knex, entry.id),
      proofHref: `${PATH}/${entry.id}/proof.json`,
      related: related.map((one) => rowOf(one, t, names)),
    });
  });

  router.get(`${PATH}/:id/proof.json`, requires('books.see'), async (req, res) => {
    const id = idOf(req);
    const proof = await entryProof(database.knex, id);
    res.attachment(`nachweis-eintrag-${id}.json`).json(proof);
  });

  return router;

  function rowOf(entry: JournalEntry, t: Translate, names: ReadonlyMap<string, string>) {
    return {
      ...entry,
      href: `${PATH}/${entry.id}`,
      numberText: entry.journalNumber === null ? '–' : String(entry.journalNumber),
      isLate: entry.eventOn !== entry.postedOn,
      eventText: wordText(pages, t, 'event', entry.event),
      typeText:
        entry.type === null
          ? t(`accounting:journal.subject.${entry.subject?.kind ?? 'order'}`)
          : t(`accounting:type.${entry.type}`),
      debitText: entry.debitAccount ?? '–',
      debitName: wordText(pages, t, 'role', entry.debitRole),
      creditText: entry.creditAccount ?? '–',
      creditName: wordText(pages, t, 'role', entry.creditRole),
      voucherHref: ownerHref(entry),
      voucherJournalHref:
        entry.voucherId === null
          ? urlWith(PATH, { document: entry.documentNumber })
          : urlWith(PATH, { voucher: entry.voucherLabel }),
      bookingHref: entry.bookingNumber === null ? '' : urlWith(PATH, { booking: entry.bookingNumber }),
      paymentsHref:
        entry.bookingNumber === null ? '' : urlWith(`${ACCOUNTING_PATH}/payments`, { booking: entry.bookingNumber }),
      documentHref: entry.documentNumber === null ? '' : urlWith(PATH, { document: entry.documentNumber }),
      runHref: entry.runId === null ? '' : `${ACCOUNTING_PATH}/exports/${entry.runId}`,
      reversesHref: entry.reversesId === null ? '' : `${PATH}/${entry.reversesId}`,
      reversesText:
        entry.reversesNumber === null
          ? t('accounting:journal.entry_title', { id: entry.reversesId ?? '' })
          : String(entry.reversesNumber),
      actorText: names.get(entry.actor) ?? entry.actor,
    };
  }

  async function showJournal(req: Request, res: Response): Promise<void> {
    const { t } = res.locals;
    const typed = typedFilter(req.query, clock.today(), res.locals.locale);
    const { question, errors } = readQuestion(typed, t);
    const cursor = textOrNull(req.query['cursor']);
    const page =
      question === null
        ? { entries: [], nextCursor: null, isVoucherUnknown: false }
        : await listJournal(database.knex, question, cursor, ROWS);
    if (page.isVoucherUnknown) errors.push({ path: 'voucher', message: t('accounting:journal.voucher_unknown') });
    const names = await namesOfActors(page.entries.map(({ actor }) => actor));
    markInvalid(res, errors);
    renderPage(res, 'accounting/journal/journal', {
      title: t('accounting:journal.title'),
      form: formView({ ...typed }, errors),
      events: [
        ...['sold', 'redeemed'].map((value) => ({ value, label: t(`accounting:journal.group.${value}`) })),
        ...LEDGER_EVENTS.map((value) => ({ value, label: wordText(pages, t, 'event', value) })),
      ],
      types: VOUCHER_TYPES.map((value) => ({ value, label: t(`accounting:type.${value}`) })),
      rows: page.entries.map((entry) => rowOf(entry, t, names)),
      fields: Object.entries(typed).map(([name, value]) => ({ name, value })),
      first: cursor === null ? '' : urlWith(PATH, typed),
      next: page.nextCursor === null ? '' : urlWith(PATH, { ...typed, cursor: page.nextCursor }),
    });
  }

  async function startWorkbook(req: Request, res: Response): Promise<void> {
    const { t, locale, user } = res.locals;
    const typed = typedFilter(req.body as Readonly<Record<string, unknown>>, clock.today(), locale);
    const { question } = readQuestion(typed, t);
    // What cannot be asked is told where the filter stands.
    if (question === null || (await listJournal(database.knex, question, null, 1)).isVoucherUnknown) {
      res.redirect(303, urlWith(PATH, typed));
      return;
    }
    const filterText = FIELDS.filter((name) => typed[name] !== '')
      .map((name) => `${t(`accounting:workbook.filter.${name}`)}: ${typed[name]}`)
      .join('; ');
    const id = await queueWorkbook(
      database,
      { report: 'journal', question, locale, filterText, userName: user?.name ?? '' },
      actorOf(res),
      clock.now(),
    );
    res.redirect(303, `/admin/jobs/${id}`);
  }
}

/** Without anything narrower the days are those of this month. */
function typedFilter(fields: Readonly<Record<string, unknown>>, today: string, locale: Locale): Typed {
  const typed = Object.fromEntries(FIELDS.map((name) => [name, textOf(fields[name])])) as Typed;
  if (isNarrow(typed) || typed.from !== '' || typed.to !== '') return typed;
  return {
    ...typed,
    from: dayInput(firstDayOf(monthOf(today)), locale),
    to: dayInput(lastDayOf(monthOf(today)), locale),
  };
}

function isNarrow({ voucher, booking, document, run }: Typed): boolean {
  return voucher !== '' || booking !== '' || document !== '' || run !== '';
}

function readQuestion(typed: Typed, t: Translate): { question: JournalQuestion | null; errors: FormError[] } {
  const errors: FormError[] = [];
  const day = (name: 'from' | 'to'): string | null => {
    if (typed[name] === '') return null;
    const parsed = parseDay(typed[name]);
    if (!parsed.ok) errors.push({ path: name, message: t(`common:${parsed.error}`) });
    return parsed.ok ? parsed.value : null;
  };
  const [from, to] = [day('from'), day('to')];
  if (from !== null && to !== null && from > to)
    errors.push({ path: 'to', message: t('accounting:journal.days_reversed') });
  else if (!isNarrow(typed) && errors.length === 0 && isTooLong(from, to))
    errors.push({ path: 'from', message: t('accounting:journal.too_long') });
  if (typed.run !== '' && !isId(typed.run)) errors.push({ path: 'run', message: t('accounting:journal.run_wrong') });
  if (errors.length > 0) return { question: null, errors };
  return {
    errors,
    question: {
      from,
      to,
      event: textOrNull(typed.event),
      type: VOUCHER_TYPES.find((one) => one === typed.type) ?? null,
      voucher: textOrNull(typed.voucher),
      booking: textOrNull(typed.booking),
      document: textOrNull(typed.document),
      account: textOrNull(typed.account),
      runId: textOrNull(typed.run),
    },
  };
}

function isTooLong(from: string | null, to: string | null): boolean {
  return from === null || to === null || (Date.parse(to) - Date.parse(from)) / DAY_MS > MAX_DAYS;
}

/** The page of what an entry belongs to. */
function ownerHref({ voucherId, subject, subjectId }: JournalEntry): string {
  if (voucherId !== null) return `/admin/vouchers/${voucherId}`;
  return subject === null ? '' : subjectHref(subject.kind, subjectId ?? '', subject.name);
}
