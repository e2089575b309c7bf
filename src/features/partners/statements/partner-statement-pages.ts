import type { Request, Response, Router } from 'express';
import { may } from '../../../core/access.ts';
import type { StatementColumns } from '../../../core/books/partner-statement.ts';
import type { Author } from '../../../platform/data/act.ts';
import { TableError } from '../../../platform/files/table-file.ts';
import { uploadOf } from '../../../platform/files/uploads.ts';
import { addFlash } from '../../../platform/html/flash.ts';
import { formView, type FormError } from '../../../platform/html/form-view.ts';
import { dayInput } from '../../../platform/html/format.ts';
import { renderPage } from '../../../platform/html/views.ts';
import { refusalSentence } from '../../../platform/http/error-sentence.ts';
import { pageRouter } from '../../../platform/http/page-router.ts';
import { requires } from '../../../platform/http/permissions.ts';
import { idOf, markInvalid, actorOf, fieldOf, idOrNull, parameterOf } from '../../../platform/http/request.ts';
import { appError, rethrowUnexpected } from '../../../platform/process/errors.ts';
import { namesOfEntries } from '../../catalogue/catalogue-service.ts';
import type { PartnerInvoicePages } from '../invoices/partner-invoice-pages.ts';
import { readCommission, readPayout } from '../sales/partner-payout-form.ts';
import { recordCommission, recordSalesPayout, type SalesAnswer } from '../sales/partner-payout-service.ts';
import { refusalOf, salesView } from '../sales/partner-sales-view.ts';
import { compareAgain, compareStatement } from './partner-comparison-service.ts';
import { decide } from './partner-decision-service.ts';
import {
  emptyStatement,
  paidOnProblem,
  parseColumns,
  parseDecision,
  parsePaidOn,
  parseStatement,
  problemsOfFile,
  refusedStatement,
  typedDecision,
  typedStatement,
  type TypedStatement,
} from './partner-statement-form.ts';
import { columnsView } from './partner-statement-columns-view.ts';
import { statementListView } from './partner-statement-list-view.ts';
import {
  discardStatement,
  headOfStatement,
  keepStatement,
  queueStatement,
  readStatement,
  type Statement,
} from './partner-statement-service.ts';
import { askedFinding, comparisonView, headerView, PARTNER_STATEMENTS_PATH } from './partner-statement-view.ts';

const ROWS = 50;

/** What partners say they pay: read their file, see what differs from ours, book what agrees and decide about the rest. */
export function partnerStatementPages(pages: PartnerInvoicePages): Router {
  const { database, clock, files } = pages;
  const router = pageRouter();
  const authorOf = (res: Response): Author => ({ actor: actorOf(res), moment: clock.moment() });

  router.get(PARTNER_STATEMENTS_PATH, requires('settlements.see'), async (req, res) => {
    await showList(req, res, emptyStatement(parameterOf(req, 'partner')));
  });

  router.post(PARTNER_STATEMENTS_PATH, requires('settlements.change'), async (req, res) => {
    const typed = typedStatement(bodyOf(req));
    const kept = await keep(req, res, typed);
    if ('errors' in kept) return showList(req, res, typed, kept.errors);
    const { id } = kept;
    const guessed = (await headOfStatement(files, await readStatement(database.knex, id)))?.guessed ?? null;
    if (guessed !== null) return compare(req, res, id, guessed);
    res.redirect(303, `${PARTNER_STATEMENTS_PATH}/${id}`);
  });

  router.get(`${PARTNER_STATEMENTS_PATH}/:id`, requires('settlements.see'), async (req, res) => {
    await show(req, res);
  });

  router.post(`${PARTNER_STATEMENTS_PATH}/:id/columns`, requires('settlements.change'), async (req, res) => {
    const read = parseColumns(bodyOf(req), res.locals.t);
    if ('errors' in read) return show(req, res, read.errors);
    await compare(req, res, idOf(req), read.value);
  });

  router.post(`${PARTNER_STATEMENTS_PATH}/:id/again`, requires('settlements.change'), async (req, res) => {
    await act(req, res, async () => {
      await compareAgain(database, idOf(req));
      return 'compared_again';
    });
  });

  router.post(`${PARTNER_STATEMENTS_PATH}/:id/discard`, requires('settlements.change'), async (req, res) => {
    await act(req, res, async () => {
      await discardStatement(pages, authorOf(res), idOf(req));
      return 'discarded';
    });
  });

  router.post(`${PARTNER_STATEMENTS_PATH}/:id/bookings`, requires('settlements.change'), async (req, res) => {
    const { id: statementId, kind } = await readStatement(database.knex, idOf(req));
    const paidOn = parsePaidOn(fieldOf(req, 'paidOn'), kind, clock.today());
    if (paidOn === null) return show(req, res, [paidOnProblem('paidOn', res.locals.t)]);
    res.redirect(303, `/admin/jobs/${await queueStatement(database, authorOf(res), { statementId, paidOn })}`);
  });

  router.post(`${PARTNER_STATEMENTS_PATH}/:id/commission`, requires('settlements.change'), async (req, res) => {
    const read = readCommission(bodyOf(req), clock.today(), res.locals.t);
    if ('errors' in read) return show(req, res, read.errors);
    const answer = await recordCommission(database, authorOf(res), idOf(req), read.value);
    await started(req, res, 'commissionNet', answer);
  });

  router.post(`${PARTNER_STATEMENTS_PATH}/:id/payout`, requires('settlements.change'), async (req, res) => {
    const read = readPayout(bodyOf(req), clock.today(), res.locals.t);
    if ('errors' in read) return show(req, res, read.errors);
    const answer = await recordSalesPayout(database, authorOf(res), idOf(req), read.value);
    await started(req, res, 'payoutAmount', answer);
  });

  router.post(`${PARTNER_STATEMENTS_PATH}/:id/lines/:line`, requires('settlements.change'), async (req, res) => {
    const line = idOf(req, 'line');
    const { id: statementId, kind } = await readStatement(database.knex, idOf(req));
    const read = parseDecision(bodyOf(req), { kind, line, today: clock.today() }, res.locals.t);
    if ('errors' in read) return show(req, res, read.errors);
    await act(req, res, async () => {
      await decide(pages, authorOf(res), { statementId, lineId: line }, read.value);
      return `done_${read.value.kind}`;
    });
  });

  return router;

  async function keep(
    req: Request,
    res: Response,
    typed: TypedStatement,
  ): Promise<{ readonly id: string } | { readonly errors: readonly FormError[] }> {
    const { t } = res.locals;
    const isPartner = (await namesOfEntries(database.knex, 'partner', [typed.partner])).size > 0;
    const read = parseStatement(typed, { isPartner, file: uploadOf(req, 'file') }, t);
    if ('errors' in read) return read;
    const { path, ...about } = read.value;
    const kept = await keepStatement(pages, authorOf(res), path, about).catch(tableProblem);
    if ('problem' in kept) return { errors: [{ path: 'file', message: t(`common:${kept.problem}`) }] };
    return 'refusal' in kept ? { errors: [refusedStatement(kept.refusal, t)] } : kept;
  }

  async function compare(req: Request, res: Response, id: string, columns: StatementColumns): Promise<void> {
    const { t } = res.locals;
    const file = await compareStatement(pages, authorOf(res), id, columns).catch(tableProblem);
    if ('problem' in file) return show(req, res, [{ path: 'code', message: t(`common:${file.problem}`) }], id);
    const problems = problemsOfFile(file, t);
    if (problems.length > 0) return show(req, res, problems, id);
    addFlash(req, { kind: 'success', text: t('partner_statements:compared', { count: file.rows.length }) });
    res.redirect(303, `${PARTNER_STATEMENTS_PATH}/${id}`);
  }

  async function started(req: Request, res: Response, path: string, answer: SalesAnswer): Promise<void> {
    if ('jobId' in answer) return res.redirect(303, `/admin/jobs/${answer.jobId}`);
    const statement = await readStatement(database.knex, idOf(req));
    await show(req, res, [await refusalOf(database.knex, statement, { path, refusal: answer.refusal }, res.locals)]);
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
        text: error.code === 'conflict' ? t('partner_statements:changed') : refusalSentence(error, t),
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
    typed: TypedStatement,
    errors: readonly FormError[] = [],
  ): Promise<void> {
    markInvalid(res, errors);
    const cursor = parameterOf(req, 'cursor');
    const { values, ...view } = await statementListView(database.knex, typed, { cursor, limit: ROWS }, res.locals.t);
    renderPage(res, 'partners/statements/partner-statements', {
      ...view,
      form: formView(values, errors),
      mayChange: may(res.locals.user, 'settlements.change'),
    });
  }

  async function show(req: Request, res: Response, errors: readonly FormError[] = [], id = idOf(req)): Promise<void> {
    const statement = await readStatement(database.knex, id);
    markInvalid(res, errors);
    if (statement.state === 'columns') return showColumns(req, res, statement, errors);
    const { locale, user, t } = res.locals;
    const asked = {
      finding: askedFinding(parameterOf(req, 'finding'), statement),
      afterId: idOrNull(parameterOf(req, 'cursor')),
      limit: ROWS,
    };
    const path = `${PARTNER_STATEMENTS_PATH}/${id}`;
    const view = await comparisonView({ connection: database.knex, clock }, statement, asked, { res, path });
    const today = clock.today();
    const sales = await salesView(database.knex, statement, bodyOf(req), { today, locale });
    renderPage(res, 'partners/statements/partner-statement', {
      ...(await headerView(database.knex, statement, t)),
      ...view,
      sales: sales.sales,
      form: formView(
        { ...typedDecision(bodyOf(req), String(req.params['line'] ?? ''), dayInput(today, locale)), ...sales.values },
        errors,
      ),
      today: dayInput(today, locale),
      mayChange: may(user, 'settlements.change') && statement.state === 'compared',
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
    const { values, ...view } = columnsView(statement, head, bodyOf(req), res.locals.t);
    renderPage(res, 'partners/statements/partner-statement-columns', {
      ...(await headerView(database.knex, statement, res.locals.t)),
      ...view,
      form: formView(values, errors),
      mayChange: may(res.locals.user, 'settlements.change'),
    });
  }
}

function bodyOf(req: Request): Readonly<Record<string, unknown>> {
  return (req.body ?? {}) as Readonly<Record<string, unknown>>;
}

function tableProblem(error: unknown): { readonly problem: string } {
  if (error instanceof TableError) return { problem: error.problem };
  throw error;
}
