import { requires } from '../../../platform/http/permissions.ts';
import { may } from '../../../core/access.ts';
import type { Moment } from '../../../platform/process/clock.ts';
import type { Request, Response, Router } from 'express';
import type { StatementColumns } from '../../../core/books/partner-statement.ts';
import { appError, rethrowUnexpected } from '../../../platform/process/errors.ts';
import { errorSentence } from '../../../platform/http/error-sentence.ts';
import {
  idOf,
  markInvalid,
  actorOf,
  LENGTHS,
  fieldOf,
  idOrNull,
  parameterOf,
  textOf,
} from '../../../platform/http/request.ts';
import { addFlash } from '../../../platform/html/flash.ts';
import { formView, type FormError } from '../../../platform/html/form-view.ts';
import { dayInput } from '../../../platform/html/format.ts';
import { TableError } from '../../../platform/files/table-file.ts';
import { parseDay } from '../../../platform/html/typed-input.ts';
import { uploadOf } from '../../../platform/files/uploads.ts';
import { renderPage } from '../../../platform/html/views.ts';
import { listByName, namesOfEntries } from '../../catalogue/catalogue-service.ts';
import { generalSettings } from '../../settings/general-settings-service.ts';
import type { PartnerInvoicePages } from '../invoices/partner-invoice-pages.ts';
import { MAX_REPORT_DAYS } from '../settlement/partner-report-service.ts';
import { readCommission, readPayout, refusalOf, salesView } from '../sales/partner-sales-view.ts';
import { recordCommission, recordSalesPayout, type SalesRefusal } from '../sales/partner-sales-service.ts';
import { comparisonView, findingsOf } from './partner-statement-view.ts';
import {
  compareAgain,
  compareStatement,
  decide,
  discardStatement,
  headOfStatement,
  keepStatement,
  queueStatement,
  readStatement,
  statementPage,
  type Decision,
  type Statement,
} from './partner-statement-service.ts';
import { pageRouter } from '../../../platform/http/page-router.ts';

export const PARTNER_STATEMENTS_PATH = '/admin/partner-settlements/statements';
const ROWS = 50;
const MAX_PARTNERS = 200;
const DAY_MS = 86_400_000;

/** What partners say they pay: read their file, see what differs from ours, book what agrees and decide about the rest. */
export function partnerStatementPages(pages: PartnerInvoicePages): Router {
  const { database, clock, files } = pages;
  const router = pageRouter();
  const moment = (): Moment => clock.moment();

  router.get(PARTNER_STATEMENTS_PATH, requires('settlements.see'), async (req, res) => {
    await showList(req, res, {
      partner: parameterOf(req, 'partner'),
      documentNumber: '',
      from: '',
      to: '',
      currency: '',
    });
  });

  router.post(PARTNER_STATEMENTS_PATH, requires('settlements.change'), async (req, res) => {
    const { t } = res.locals;
    const body = req.body as Readonly<Record<string, unknown>>;
    const typed = {
      partner: textOf(body['partner']),
      documentNumber: textOf(body['documentNumber'], 36),
      from: textOf(body['from']),
      to: textOf(body['to']),
      currency: textOf(body['currency']).toUpperCase(),
    };
    const file = uploadOf(req, 'file');
    const [from, to] = [parseDay(typed.from), parseDay(typed.to)];
    const problem = (path: string, key: string): FormError => ({ path, message: t(`partner_statements:${key}`) });
    const errors = [
      ...((await namesOfEntries(database.knex, 'partner', [typed.partner])).size === 0
        ? [problem('partner', 'partner_required')]
        : []),
      ...(typed.documentNumber === '' ? [problem('documentNumber', 'number_required')] : []),
      ...(from.ok ? [] : [problem('from', 'day_wrong')]),
      ...(to.ok &&
      (!from.ok ||
        (to.value >= from.value && (Date.parse(to.value) - Date.parse(from.value)) / DAY_MS < MAX_REPORT_DAYS))
        ? []
        : [problem('to', 'to_wrong')]),
      ...(/^[A-Z]{3}$/.test(typed.currency) ? [] : [problem('currency', 'currency_wrong')]),
      ...(file === null ? [problem('file', 'no_file')] : []),
    ];
    if (errors.length > 0 || file === null || !from.ok || !to.ok) return showList(req, res, typed, errors);
    const about = {
      partnerId: typed.partner,
      documentNumber: typed.documentNumber,
      from: from.value,
      to: to.value,
      currency: typed.currency,
      fileName: file.name,
      actor: actorOf(res),
    };
    const kept = await keepStatement(database, files, file.path, about, clock.now()).catch(tableProblem);
    if ('problem' in kept) return showList(req, res, typed, [{ path: 'file', message: t(`common:${kept.problem}`) }]);
    if ('refusal' in kept)
      return showList(req, res, typed, [
        kept.refusal === 'empty' ? problem('file', 'empty') : problem('documentNumber', 'number_known'),
      ]);
    const { id } = kept;
    const guessed = (await headOfStatement(files, await readStatement(database.knex, id)))?.guessed ?? null;
    if (guessed !== null) return compare(req, res, id, guessed);
    res.redirect(303, `${PARTNER_STATEMENTS_PATH}/${id}`);
  });

  router.get(`${PARTNER_STATEMENTS_PATH}/:id`, requires('settlements.see'), async (req, res) => {
    await show(req, res);
  });

  router.post(`${PARTNER_STATEMENTS_PATH}/:id/columns`, requires('settlements.change'), async (req, res) => {
    const body = req.body as Readonly<Record<string, unknown>>;
    const at = (name: string): number | null => (/^\d{1,3}$/.test(textOf(body[name])) ? Number(body[name]) : null);
    const [headingRow, code, amount] = [at('headingRow'), at('code'), at('amount')];
    const errors = [...(code === null ? ['code'] : []), ...(amount === null || amount === code ? ['amount'] : [])].map(
      (path) => ({ path, message: res.locals.t('partner_statements:column_required') }),
    );
    if (headingRow === null || code === null || amount === null || errors.length > 0) return show(req, res, errors);
    await compare(req, res, idOf(req), { headingRow, code, amount, status: at('status') });
  });

  router.post(`${PARTNER_STATEMENTS_PATH}/:id/again`, requires('settlements.change'), async (req, res) => {
    await act(req, res, async () => {
      await compareAgain(database, idOf(req));
      return 'compared_again';
    });
  });

  router.post(`${PARTNER_STATEMENTS_PATH}/:id/discard`, requires('settlements.change'), async (req, res) => {
    await act(req, res, async () => {
      await discardStatement(database, files, idOf(req), actorOf(res), clock.now());
      return 'discarded';
    });
  });

  router.post(`${PARTNER_STATEMENTS_PATH}/:id/bookings`, requires('settlements.change'), async (req, res) => {
    const { id, kind } = await readStatement(database.knex, idOf(req));
    const paidOn = kind === 'sales' ? ({ ok: true, value: clock.today() } as const) : parseDay(fieldOf(req, 'paidOn'));
    if (!paidOn.ok || paidOn.value > clock.today())
      return show(req, res, [{ path: 'paidOn', message: res.locals.t('partner_invoices:paid_on_wrong') }]);
    res.redirect(
      303,
      `/admin/jobs/${await queueStatement(database, { statementId: id, paidOn: paidOn.value, actor: actorOf(res) }, clock.now())}`,
    );
  });

  router.post(`${PARTNER_STATEMENTS_PATH}/:id/commission`, requires('settlements.change'), async (req, res) => {
    const read = readCommission(req.body as Readonly<Record<string, unknown>>, clock.today(), res.locals.t);
    if ('errors' in read) return show(req, res, read.errors);
    await started(
      req,
      res,
      'commissionNet',
      await recordCommission(database, idOf(req), read.value, actorOf(res), clock.now()),
    );
  });

  router.post(`${PARTNER_STATEMENTS_PATH}/:id/payout`, requires('settlements.change'), async (req, res) => {
    const read = readPayout(req.body as Readonly<Record<string, unknown>>, clock.today(), res.locals.t);
    if ('errors' in read) return show(req, res, read.errors);
    await started(
      req,
      res,
      'payoutAmount',
      await recordSalesPayout(database, idOf(req), read.value, actorOf(res), clock.now()),
    );
  });

  router.post(`${PARTNER_STATEMENTS_PATH}/:id/lines/:line`, requires('settlements.change'), async (req, res) => {
    const body = req.body as Readonly<Record<string, unknown>>;
    const line = idOf(req, 'line');
    const [kind, note, paidOn] = [
      textOf(body['do']),
      textOf(body['note'], LENGTHS.reason),
      parseDay(textOf(body['paidOn'])),
    ];
    const errors: FormError[] = [];
    const { kind: about } = await readStatement(database.knex, idOf(req));
    if (kind === 'accepted' && about === 'settlement' && (!paidOn.ok || paidOn.value > clock.today()))
      errors.push({ path: `paidOn-${line}`, message: res.locals.t('partner_invoices:paid_on_wrong') });
    if (['rejected', 'noted'].includes(kind) && note === '')
      errors.push({ path: `note-${line}`, message: res.locals.t('partner_statements:note_required') });
    if (errors.length > 0) return show(req, res, errors);
    const decision: Decision | null =
      kind === 'accepted'
        ? { kind, paidOn: paidOn.ok ? paidOn.value : clock.today() }
        : kind === 'rejected' || kind === 'noted'
          ? { kind, note }
          : null;
    if (decision === null) throw appError('invalid_request');
    await act(req, res, async () => {
      await decide(pages, idOf(req), line, decision, actorOf(res), moment());
      return `done_${decision.kind}`;
    });
  });

  return router;

  async function compare(req: Request, res: Response, id: string, columns: StatementColumns): Promise<void> {
    const { t } = res.locals;
    const file = await compareStatement(database, files, id, columns).catch(tableProblem);
    if ('problem' in file) return show(req, res, [{ path: 'code', message: t(`common:${file.problem}`) }], id);
    if (file.problems.length > 0)
      return show(
        req,
        res,
        file.problems.map(({ rowNumber, text }) => ({
          path: 'amount',
          message: t('partner_statements:row_unreadable', { row: rowNumber, text }),
        })),
        id,
      );
    if (file.isTooLong || file.rows.length === 0)
      return show(
        req,
        res,
        [{ path: 'code', message: t(`partner_statements:${file.isTooLong ? 'too_long' : 'no_rows'}`) }],
        id,
      );
    addFlash(req, { kind: 'success', text: t('partner_statements:compared', { count: file.rows.length }) });
    res.redirect(303, `${PARTNER_STATEMENTS_PATH}/${id}`);
  }

  async function started(
    req: Request,
    res: Response,
    path: string,
    answer: { readonly jobId: string } | { readonly refusal: SalesRefusal },
  ): Promise<void> {
    if ('jobId' in answer) return res.redirect(303, `/admin/jobs/${answer.jobId}`);
    const { locale, t } = res.locals;
    await show(req, res, [
      await refusalOf(database.knex, await readStatement(database.knex, idOf(req)), path, answer.refusal, locale, t),
    ]);
  }

  async function act(req: Request, res: Response, work: () => Promise<string>): Promise<void> {
    const { t } = res.locals;
    const { finding } = req.query;
    try {
      addFlash(req, { kind: 'success', text: t(`partner_statements:${await work()}`) });
    } catch (error) {
      rethrowUnexpected(error, 'not_found');
      addFlash(req, {
        kind: 'danger',
        text: error.code === 'conflict' ? t('partner_statements:changed') : errorSentence(error.code, t),
      });
    }
    res.redirect(
      303,
      `${PARTNER_STATEMENTS_PATH}/${idOf(req)}${typeof finding === 'string' && finding !== '' ? `?finding=${encodeURIComponent(finding)}` : ''}`,
    );
  }

  async function showList(
    req: Request,
    res: Response,
    typed: Readonly<Record<'partner' | 'documentNumber' | 'from' | 'to' | 'currency', string>>,
    errors: readonly FormError[] = [],
  ): Promise<void> {
    const { t } = res.locals;
    const cursor = parameterOf(req, 'cursor');
    const { items, nextCursor } = await statementPage(
      database.knex,
      typed.partner === '' ? null : typed.partner,
      idOrNull(cursor),
      ROWS,
    );
    const partners = await listByName(database.knex, 'partner', {
      q: '',
      archived: false,
      after: null,
      limit: MAX_PARTNERS,
    });
    const names = await namesOfEntries(
      database.knex,
      'partner',
      items.map(({ partnerId }) => partnerId),
    );
    const { currency } = await generalSettings(database.knex);
    markInvalid(res, errors);
    const path = (before: string): string =>
      `${PARTNER_STATEMENTS_PATH}?${new URLSearchParams({ ...(typed.partner === '' ? {} : { partner: typed.partner }), ...(before === '' ? {} : { cursor: before }) }).toString()}`;
    renderPage(res, 'partners/statements/partner-statements', {
      title: t('partner_statements:title'),
      breadcrumbs: [{ href: '/admin/partner-settlements', text: t('partner_settlements:title') }],
      path: PARTNER_STATEMENTS_PATH,
      form: formView({ ...typed, currency: typed.currency === '' ? currency : typed.currency }, errors),
      partners: partners.map(({ id, name }) => ({ value: id, label: name })),
      mayChange: may(res.locals.user, 'settlements.change'),
      rows: items.map((one) => ({
        ...one,
        href: `${PARTNER_STATEMENTS_PATH}/${one.id}`,
        partnerName: names.get(one.partnerId) ?? one.partnerId,
        stateText: t(`partner_statements:state.${one.state}`),
        kindText: t(`partner_statements:kind.${one.kind}`),
      })),
      first: cursor === '' ? '' : path(''),
      next: nextCursor === null ? '' : path(nextCursor),
    });
  }

  async function show(req: Request, res: Response, errors: readonly FormError[] = [], id = idOf(req)): Promise<void> {
    const statement = await readStatement(database.knex, id);
    markInvalid(res, errors);
    if (statement.state === 'columns') return showColumns(req, res, statement, errors);
    const asked = parameterOf(req, 'finding');
    const finding = asked === 'not_paid' ? asked : (findingsOf(statement).find((one) => one === asked) ?? null);
    const cursor = parameterOf(req, 'cursor');
    const view = await comparisonView(
      database.knex,
      clock,
      statement,
      { finding, afterId: idOrNull(cursor), limit: ROWS },
      {
        res,
        path: `${PARTNER_STATEMENTS_PATH}/${id}`,
      },
    );
    const body = (req.body ?? {}) as Readonly<Record<string, unknown>>;
    const line = String(req.params['line'] ?? '');
    const today = dayInput(clock.today(), res.locals.locale);
    const values = {
      paidOn: line === '' ? textOf(body['paidOn']) || today : today,
      [`paidOn-${line}`]: textOf(body['paidOn']),
      [`note-${line}`]: textOf(body['note'], LENGTHS.reason),
    };
    const sales = await salesView(database.knex, statement, body, clock.today(), res.locals.locale);
    renderPage(res, 'partners/statements/partner-statement', {
      ...(await headerOf(res, statement)),
      ...view,
      sales: sales.sales,
      form: formView({ ...values, ...sales.values }, errors),
      today,
      mayChange: may(res.locals.user, 'settlements.change') && statement.state === 'compared',
    });
  }

  async function showColumns(
    req: Request,
    res: Response,
    statement: Statement,
    errors: readonly FormError[],
  ): Promise<void> {
    const head = await headOfStatement(files, statement);
    if (head === null) throw appError('not_found');
    const body = (req.body ?? {}) as Readonly<Record<string, unknown>>;
    const { guessed } = head;
    const value = (name: 'code' | 'amount' | 'status'): string => textOf(body[name]) || String(guessed?.[name] ?? '');
    renderPage(res, 'partners/statements/partner-statement-columns', {
      ...(await headerOf(res, statement)),
      form: formView({ code: value('code'), amount: value('amount'), status: value('status') }, errors),
      statusHint: res.locals.t(
        `partner_statements:${statement.kind === 'sales' ? 'sales_status_hint' : 'status_hint'}`,
      ),
      headingRow: head.headingRow,
      columns: head.headings.map((text, index) => ({
        value: String(index),
        label: text === '' ? res.locals.t('partner_statements:column_number', { number: index + 1 }) : text,
      })),
      headings: head.headings,
      samples: head.samples,
      mayChange: may(res.locals.user, 'settlements.change'),
    });
  }

  async function headerOf(res: Response, statement: Statement) {
    const { t } = res.locals;
    const name =
      (await namesOfEntries(database.knex, 'partner', [statement.partnerId])).get(statement.partnerId) ??
      statement.partnerId;
    return {
      title: t(`partner_statements:${statement.kind === 'sales' ? 'one_report' : 'one'}`, {
        number: statement.documentNumber,
      }),
      breadcrumbs: [
        { href: '/admin/partner-settlements', text: t('partner_settlements:title') },
        {
          href: `${PARTNER_STATEMENTS_PATH}?partner=${encodeURIComponent(statement.partnerId)}`,
          text: t('partner_statements:title'),
        },
      ],
      path: `${PARTNER_STATEMENTS_PATH}/${statement.id}`,
      statement,
      partnerName: name,
      stateText: t(`partner_statements:state.${statement.state}`),
    };
  }
}

function tableProblem(error: unknown): { readonly problem: string } {
  if (error instanceof TableError) return { problem: error.problem };
  throw error;
}
