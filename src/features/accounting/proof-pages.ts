import express, { type Router } from 'express';
import { addFlash } from '../../platform/flash.ts';
import { renderPage } from '../../platform/views.ts';
import { areBooksLarge, PROOF_JOB, queueWork } from './large-work-service.ts';
import { listVerifications, verifyAndRecord } from './proof-service.ts';
import { ACCOUNTING_PATH, act, actorOf, canWrite, mayRead, mayWrite, textOrNull, urlWith, type AccountingPages } from './request-pages.ts';
import { listSeals, sealLedger, unsealedEntries } from './seal-service.ts';

const PATH = `${ACCOUNTING_PATH}/proof`;
const SEALS = 25;
const CHECKS = 5;

/** What proves that nothing was changed afterwards: seals over the journal, and checks that recompute everything. */
export function proofPages({ database, clock, namesOfActors }: AccountingPages): Router {
  const router = express.Router();

  router.get(PATH, mayRead, async (req, res) => {
    const { t } = res.locals;
    const cursor = textOrNull(req.query['cursor']);
    const beforeId = cursor !== null && /^\d{1,15}$/.test(cursor) ? Number(cursor) : null;
    const seals = await listSeals(database.knex, beforeId, SEALS + 1);
    const shown = seals.slice(0, SEALS);
    const checks = await listVerifications(database.knex, CHECKS);
    const names = await namesOfActors([...shown.map(({ sealedBy }) => sealedBy), ...checks.map(({ actor }) => actor)]);
    const name = (actor: string): string => names.get(actor) ?? (actor === 'system' ? t('accounting:proof.system') : actor);
    renderPage(res, 'accounting/proof', {
      title: t('accounting:proof.title'),
      mayChange: canWrite(res),
      unsealed: await unsealedEntries(database.knex),
      checks: checks.map((check) => ({ ...check, by: name(check.actor), isSound: check.problem === null, problem: check.problem })),
      latest: checks[0] === undefined ? null : { ...checks[0], isSound: checks[0].problem === null },
      seals: shown.map((seal) => ({ ...seal, by: name(seal.sealedBy) })),
      head: shown[0]?.hash ?? '',
      first: beforeId === null ? '' : PATH,
      next: seals.length > SEALS ? urlWith(PATH, { cursor: String(shown.at(-1)?.id ?? '') }) : '',
    });
  });

  router.post(`${PATH}/seals`, mayWrite, async (req, res) => {
    await act(req, res, PATH, async () => {
      const seal = await sealLedger(database, actorOf(res), clock.now());
      return seal === null ? res.locals.t('accounting:proof.nothing_to_seal') : res.locals.t('accounting:proof.sealed', { number: seal.id, count: seal.entries });
    });
  });

  router.post(`${PATH}/checks`, mayWrite, async (req, res) => {
    const { t } = res.locals;
    if (await areBooksLarge(database.knex)) {
      res.redirect(303, `/admin/jobs/${await queueWork(database, PROOF_JOB, {}, actorOf(res), clock.now())}`);
      return;
    }
    const { problem, entries } = await verifyAndRecord(database, actorOf(res), clock.now());
    addFlash(req, problem === null ? { kind: 'success', text: t('accounting:proof.sound', { count: entries }) } : { kind: 'danger', text: t('accounting:proof.unsound', { what: problem.what, where: problem.where }) });
    res.redirect(303, PATH);
  });

  return router;
}
