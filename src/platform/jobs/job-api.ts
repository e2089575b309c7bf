import Joi from 'joi';
import { type ApiRoute, pathId } from '../http/api/api-route.ts';
import { inTransaction } from '../data/db.ts';
import { appError } from '../process/errors.ts';
import { findJob, JOB_STATES, requestCancel, type Job } from './job-store.ts';
import type { Shell } from '../process/feature.ts';

export const jobAnswer = Joi.object({
  id: Joi.string().required(),
  kind: Joi.string().required(),
  state: Joi.string()
    .valid(...JOB_STATES)
    .required(),
  done: Joi.number().integer().required(),
  total: Joi.number().integer().required().allow(null),
  result: Joi.object().unknown(true),
  error: Joi.object().unknown(true),
});

export function jobJson(job: Job): object {
  return {
    id: job.id,
    kind: job.kind,
    state: job.state,
    done: job.done,
    total: job.total,
    ...(job.result === null ? {} : { result: job.result }),
    ...(job.error === null ? {} : { error: job.error }),
  };
}

const params = Joi.object({ id: Joi.string().max(64).required() });

export function jobRoutes({ database, clock }: Shell): ApiRoute[] {
  const read = async (id: string): Promise<Job> => {
    const job = await findJob(database.knex, id);
    if (job === null) throw appError('not_found');
    return job;
  };
  return [
    {
      method: 'get',
      effect: 'reads',
      path: '/jobs/{id}',
      operationId: 'readJob',
      summary: 'How far a job has come.',
      tag: 'Jobs',
      access: 'jobs.see',
      params,
      responses: { 200: { description: 'The job', schema: jobAnswer } },
      handle: async (request) => ({ status: 200, body: jobJson(await read(pathId(request))) }),
    },
    {
      method: 'delete',
      effect: 'writes',
      path: '/jobs/{id}',
      operationId: 'cancelJob',
      summary: 'Cancels a job; what it has done so far stays.',
      tag: 'Jobs',
      access: 'jobs.stop',
      params,
      responses: { 200: { description: 'The job; a running one ends after its present step', schema: jobAnswer } },
      async handle(request) {
        const { id } = await read(pathId(request));
        await inTransaction(database, (trx) => requestCancel(trx, id, clock.now()));
        return { status: 200, body: jobJson(await read(id)) };
      },
    },
  ];
}
