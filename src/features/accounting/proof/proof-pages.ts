import type { Locals, Request, Response, Router } from 'express';
import { requires } from '../../../platform/http/permissions.ts';
import { may } from '../../../core/access.ts';
import { addFlash } from '../../../platform/html/flash.ts';
import { renderPage } from '../../../platform/html/views.ts';
import { parseDay } from '../../../platform/html/typed-input.ts';
import { formatMoney, formatNumber, moneyInput } from '../../../platform/html/format.ts';
import { cursorOf, actorOf, parameterOf, textOf } from '../../../platform/http/request.ts';
import { errorSentence } from '../../../platform/http/error-sentence.ts';
import { AUDIT_DATA_JOB } from '../audit-data/audit-data-service.ts';
import { type StoredVerification, listVerifications } from './proof-service.ts';
import { act, urlWith, ACCOUNTING_PATH } from '../ledger/ledger-request-form.ts';
import { PROOF_JOB, queueLedgerJob } from '../ledger/ledger-job-service.ts';
import { jobPath, answerWithJob } from '../../../platform/jobs/job-answer.ts';
import { differenceAdvice, differenceHref, differenceText, type DifferenceWords } from './difference-view.ts';
import { acceptRecord, lastRecordSeal, sealRecords } from '../records/record-seal-service.ts';
import { listSeals, sealLedger, unsealedEntries } from './seal-service.ts';
import type { Shell } from '../../../platform/process/feature.ts';
import { pageRouter } from '../../../platform/http/page-router.ts';
import { isId } from '../../../platform/data/id.ts';
import { readPage } from '../../../platform/data/page.ts';

const PATH = `${ACCOUNTING_PATH}/proof`;
const SEALS = 25;
const CHECKS = 10;
const MAX_REASON = 500;

/** What proves that nothing was changed afterwards: seals over the journal, and checks that recompute everything. */
export function proofPages({ database, clock, namesOfActors }: Shell): Router {
  const router = pageRouter();

  router.get(PATH, requires('books.see'), showProof);

  router.post(`${PATH}/seals`, requires('books.change'), async (req, res) => {
    await act(req, res, PATH, async () => {
      const seal = await sealLedger(database, actorOf(res), clock.now());
      await sealRecords(database, actorOf(res), clock.now());
      return seal === null
        ? res.locals.t('accounting:proof.nothing_to_seal')
        : res.locals.t('accounting:proof.sealed', { number: seal.id, count: seal.entries });
    });
  });

  router.post(`${PATH}/checks`, requires('books.change'), startCheck);

  router.post(`${PATH}/acceptances`, requires('books.close'), accept);

  router.post(`${PATH}/audit-data`, requires('books.see'), async (req, res) => {
    const { t } = res.locals;
    const sent = req.body as Record<string, unknown>;
    const [from, to] = [parseDay(textOf(sent['from'])), parseDay(textOf(sent['to']))];
    if (!from.ok || !to.ok || from.value > to.value) {
      addFlash(req, { kind: 'danger', text: t('accounting:proof.days_wrong') });
      res.redirect(303, PATH);
      return;
    }
    const days = { from: from.value, to: to.value };
    res.redirect(303, jobPath(await queueLedgerJob(database, AUDIT_DATA_JOB, days, actorOf(res), clock.now())));
  });

  return router;

  async function showProof(req: Request, res: Response): Promise<void> {
    const { t } = res.locals;
    const cursor = cursorOf(req);
    const beforeId = cursor === null ? null : Number(cursor);
    const { items: shown, nextCursor } = await readPage(SEALS, (limit) => listSeals(database.knex, beforeId, limit));
    const checkCursor = parameterOf(req, 'checks');
    const beforeCheck = isId(checkCursor) ? checkCursor : null;
    const { items: checks, nextCursor: nextCheck } = await readPage(CHECKS, (limit) =>
      listVerifications(database.knex, beforeCheck, limit),
    );
    const [latest] = await listVerifications(database.knex, null, 1);
    const names = await namesOfActors([...shown.map(({ sealedBy }) => sealedBy), ...checks.map(({ actor }) => actor)]);
    const name = (actor: string): string =>
      names.get(actor) ?? (actor === 'system' ? t('accounting:proof.system') : actor);
    renderPage(res, 'accounting/proof/proof', {
      title: t('accounting:proof.title'),
      mayChange: may(res.locals.user, 'books.change'),
      yearFrom: `${clock.today().slice(0, 4)}-01-01`,
      yearTo: clock.today(),
      unsealed: await unsealedEntries(database.knex),
      checks: checks.map((check) => ({
        ...check,
        by: name(check.actor),
        isSound: check.problem === null,
        problem: shownProblem(check.problem, res.locals),
      })),
      latest: latest === undefined ? null : { ...latest, isSound: latest.problem === null },
      firstCheck: beforeCheck === null ? '' : PATH,
      nextCheck: nextCheck === null ? '' : urlWith(PATH, { checks: nextCheck }),
      record: may(res.locals.user, 'books.close') ? recordOf(latest?.problem ?? null) : null,
      recordSeal: await lastRecordSeal(database.knex),
      seals: shown.map((seal) => ({ ...seal, by: name(seal.sealedBy) })),
      head: shown[0]?.hash ?? '',
      first: beforeId === null ? '' : PATH,
      next: nextCursor === null ? '' : urlWith(PATH, { cursor: nextCursor }),
    });
  }

  /** Only what the last check named, and only with a reason. */
  async function accept(req: Request, res: Response): Promise<void> {
    const { t } = res.locals;
    const sent = req.body as Record<string, unknown>;
    const reason = textOf(sent['reason']).slice(0, MAX_REASON);
    const record = recordOf((await listVerifications(database.knex, null, 1))[0]?.problem ?? null);
    const isNamed = record !== null && record.table === textOf(sent['table']) && record.name === textOf(sent['key']);
    if (isNamed && reason !== '') {
      const { table, name: key } = record;
      await acceptRecord(database, { table, key }, reason, { actor: actorOf(res), moment: clock.moment() });
    }
    const text = isNamed ? (reason === '' ? 'accept_reason' : 'accepted') : 'accept_gone';
    addFlash(req, { kind: text === 'accepted' ? 'success' : 'danger', text: t(`accounting:proof.${text}`) });
    res.redirect(303, PATH);
  }

  async function startCheck(req: Request, res: Response): Promise<void> {
    const { t } = res.locals;
    const id = await queueLedgerJob(database, PROOF_JOB, {}, actorOf(res), clock.now());
    await answerWithJob({ req, res }, database, id, {
      refusedAt: PATH,
      done(result) {
        const { rows: count } = result as { readonly rows: number };
        return { href: PATH, flashes: [{ kind: 'success', text: t('accounting:proof.sound', { count }) }] };
      },
      async refused(code) {
        const problem = (await listVerifications(database.knex, null, 1))[0]?.problem ?? null;
        if (problem === null || problem === 'unknown') return { kind: 'danger', text: errorSentence(code, t) };
        const words = { difference: differenceText(problem, wordsOf(res.locals)) };
        return { kind: 'danger', text: t('accounting:proof.unsound', words) };
      },
    });
  }
}

/** What can be accepted: a record that a check named. */
function recordOf(problem: StoredVerification['problem']) {
  return problem !== null && problem !== 'unknown' && problem.place.kind === 'record' && problem.place.name !== ''
    ? problem.place
    : null;
}

function shownProblem(problem: StoredVerification['problem'], locals: Pick<Locals, 't' | 'locale'>) {
  const { t } = locals;
  if (problem === null) return null;
  if (problem === 'unknown') return { text: t('accounting:proof.older'), advice: '', href: '' };
  return {
    text: differenceText(problem, wordsOf(locals)),
    advice: differenceAdvice(problem, t),
    href: differenceHref(problem) ?? '',
  };
}

function wordsOf({ t, locale }: Pick<Locals, 't' | 'locale'>): DifferenceWords {
  return {
    t,
    money: (cents, currency) => formatMoney(cents, currency, locale),
    amount: (cents) => moneyInput(cents, 'EUR', locale),
    count: (count) => formatNumber(count, locale),
  };
}
