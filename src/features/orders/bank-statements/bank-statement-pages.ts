import { requires } from '../../../platform/http/permissions.ts';
import { may } from '../../../core/access.ts';
import type { Moment } from '../../../platform/process/clock.ts';
import type { Request, Response, Router } from 'express';
import { rethrowUnexpected } from '../../../platform/process/errors.ts';
import { refusalSentence } from '../../../platform/http/error-sentence.ts';
import { cursorOf, actorOf, textOf } from '../../../platform/http/request.ts';
import { addFlash } from '../../../platform/html/flash.ts';
import { formView } from '../../../platform/html/form-view.ts';
import { formatMoney } from '../../../platform/html/format.ts';
import { TableError } from '../../../platform/files/table-file.ts';
import { uploadOf } from '../../../platform/files/uploads.ts';
import { renderPage } from '../../../platform/html/views.ts';
import { ORDERS_PATH } from '../record/order-list-pages.ts';
import {
  bookLine,
  ignoreLine,
  importStatement,
  proposedLines,
  type BankLineState,
  type ProposedLine,
} from './bank-statement-service.ts';
import { isId } from '../../../platform/data/id.ts';
import { readPage } from '../../../platform/data/page.ts';
import { pageRouter } from '../../../platform/http/page-router.ts';
import type { Shell } from '../../../platform/process/feature.ts';

export const STATEMENTS_PATH = `${ORDERS_PATH}/statements`;
const STATES = ['open', 'booked', 'ignored'] as const;
const ROWS = 50;
const TONES = { exact: 'ok', part: 'warn', over: 'warn', done: 'bad', unknown: 'quiet', several: 'warn' } as const;

/** Credits of the bank account: read a file, look at what it proposes, book with one click. */
export function statementPages(shell: Shell): Router {
  const { database, clock } = shell;
  const router = pageRouter();
  const moment = (): Moment => clock.moment();

  router.get(STATEMENTS_PATH, requires('orders.see'), async (req, res) => {
    await show(req, res);
  });

  router.post(STATEMENTS_PATH, requires('orders.change'), async (req, res) => {
    const { t } = res.locals;
    const file = uploadOf(req, 'file');
    if (file === null) return show(req, res, t('orders:statement.no_file'));
    const statement = { ...file, paysRefunds: may(res.locals.user, 'refunds.pay') };
    const author = { actor: actorOf(res), moment: moment() };
    const found = await importStatement(database, author, statement).catch((error: unknown) => {
      if (error instanceof TableError) return null;
      throw error;
    });
    if (found === null) return show(req, res, t('orders:statement.unreadable', { name: file.name }));
    addFlash(req, {
      kind: found.imported > 0 ? 'success' : 'info',
      text: t('orders:statement.imported', { count: found.imported, known: found.known, skipped: found.skipped }),
    });
    if (found.refunds > 0)
      addFlash(req, { kind: 'success', text: t('orders:statement.refunds_paid', { count: found.refunds }) });
    res.redirect(303, STATEMENTS_PATH);
  });

  // One form with a row per line: either all that are ticked, or the one whose button was pressed.
  router.post(`${STATEMENTS_PATH}/bookings`, requires('orders.change'), async (req, res) => {
    const sent = req.body as Record<string, unknown>;
    const numbers = (typeof sent['number'] === 'object' && sent['number'] !== null ? sent['number'] : {}) as Record<
      string,
      unknown
    >;
    const reasons = (typeof sent['reason'] === 'object' && sent['reason'] !== null ? sent['reason'] : {}) as Record<
      string,
      unknown
    >;
    const [action = '', only = ''] = textOf(sent['do']).split(':', 2);
    const ids = only === '' ? [sent['ids']].flat().filter((id): id is string => typeof id === 'string') : [only];
    const done = { booked: 0, failed: [] as string[] };
    for (const id of ids.filter(isId).slice(0, ROWS)) {
      try {
        if (action === 'ignore') await ignoreLine(database, { actor: actorOf(res), moment: moment() }, id);
        else
          await bookLine(shell, { actor: actorOf(res), moment: moment() }, id, {
            orderNumber: textOf(numbers[`n${id}`]).toUpperCase(),
            reason: textOf(reasons[`r${id}`]),
          });
        done.booked += 1;
      } catch (error) {
        rethrowUnexpected(error);
        done.failed.push(
          error.code === 'not_found'
            ? res.locals.t('orders:statement.no_order', { number: textOf(numbers[`n${id}`]) || '–' })
            : refusalSentence(error, res.locals.t),
        );
      }
    }
    const { t } = res.locals;
    if (ids.length === 0) addFlash(req, { kind: 'warning', text: t('orders:statement.none_chosen') });
    if (done.booked > 0)
      addFlash(req, {
        kind: 'success',
        text: t(action === 'ignore' ? 'orders:statement.ignored_done' : 'orders:statement.booked_done', {
          count: done.booked,
        }),
      });
    for (const text of new Set(done.failed)) addFlash(req, { kind: 'danger', text });
    res.redirect(303, STATEMENTS_PATH);
  });

  return router;

  async function show(req: Request, res: Response, problem: string | null = null): Promise<void> {
    const { t } = res.locals;
    const state: BankLineState = STATES.find((one) => one === req.query['state']) ?? 'open';
    const afterId = cursorOf(req);
    const { items: rows, nextCursor } = await readPage(
      ROWS,
      (limit) => proposedLines(database.knex, state, afterId, limit),
      ({ line }) => line.id,
    );
    if (problem !== null) res.status(422);
    renderPage(res, 'orders/bank-statements/statements', {
      title: t('orders:statement.title'),
      breadcrumbs: [{ href: ORDERS_PATH, text: t('orders:title') }],
      form: formView({}, problem === null ? [] : [{ path: 'file', message: problem }]),
      states: STATES.map((one) => ({
        href: one === 'open' ? STATEMENTS_PATH : `${STATEMENTS_PATH}?state=${one}`,
        label: t(`orders:statement.state_${one}`),
        current: one === state,
      })),
      isOpenList: state === 'open',
      rows: rows.map((one) => rowOf(one, res)),
      mayChange: may(res.locals.user, 'orders.change'),
      exactCount: rows.filter(isReady).length,
      first: afterId === null ? '' : `${STATEMENTS_PATH}?state=${state}`,
      next: nextCursor === null ? '' : `${STATEMENTS_PATH}?state=${state}&cursor=${nextCursor}`,
    });
  }
}

/** What may be booked without a second look. */
function isReady({ proposal, twin }: ProposedLine): boolean {
  return proposal === 'exact' && twin === null;
}

function rowOf(one: ProposedLine, res: Response) {
  const { line, proposal, order, twin } = one;
  const { t, locale } = res.locals;
  const missing = order === null ? 0 : order.total - order.paid;
  const params =
    order === null
      ? {}
      : {
          number: order.number,
          missing: formatMoney(missing, order.currency, locale),
          difference: formatMoney(Math.abs(line.cents - missing), order.currency, locale),
          state: t(`orders:state.${order.state}`),
        };
  return {
    ...line,
    field: `number[n${line.id}]`,
    reasonField: `reason[r${line.id}]`,
    isExact: isReady(one),
    orderNumber: order?.number ?? '',
    orderHref:
      order === null ? (line.orderId === null ? '' : `${ORDERS_PATH}/${line.orderId}`) : `${ORDERS_PATH}/${order.id}`,
    buyer: order?.buyerName ?? '',
    twin:
      twin === null
        ? ''
        : t(`orders:statement.twin_${twin.state}`, { file: twin.fileName ?? t('orders:statement.earlier_file') }),
    twinHref: twin?.orderId ? `${ORDERS_PATH}/${twin.orderId}` : '',
    tone: twin === null ? TONES[proposal] : 'warn',
    text: t(twin === null ? `orders:proposal.${proposal}` : 'orders:statement.twin'),
    detail: order === null ? t(`orders:proposal.${proposal}_detail`) : t(`orders:proposal.${proposal}_detail`, params),
  };
}
