import type { Request, Response, Router } from 'express';
import { requires } from '../../../platform/http/permissions.ts';
import { may } from '../../../core/access.ts';
import { actorOf, fieldOf } from '../../../platform/http/request.ts';
import { addFlash } from '../../../platform/html/flash.ts';
import { formatDay, formatNumber } from '../../../platform/html/format.ts';
import { formView, type FormError } from '../../../platform/html/form-view.ts';
import { parseCount } from '../../../platform/html/typed-input.ts';
import { renderPage } from '../../../platform/html/views.ts';
import {
  changeTidyingSettings,
  tidyingSettings,
  type TidyingSettings,
} from '../../settings/tidying-settings-service.ts';
import { namesOfActors } from '../../staff/people/user-service.ts';
import { previewTidying, queueTidying, tidyingLog, type Tidying } from './tidying-service.ts';
import { pageRouter } from '../../../platform/http/page-router.ts';

const PATH = '/admin/tidying';
/** Ten years: longer than anybody waits, and every day of it is one the calendar knows. */
const MAX_DAYS = 3650;
const DAY_FIELDS = ['archiveDays', 'deletionDays', 'linkDays', 'jobDays'] as const;

/** What goes by itself, what the next run would take, what the last ones took, and after how many days. */
export function tidyingPages(tidying: Tidying): Router {
  const { database, clock } = tidying;
  const router = pageRouter();

  router.get(PATH, requires('tidying.see'), async (_req, res) => {
    await show(res, typedFrom(await tidyingSettings(database.knex)));
  });

  router.post(PATH, requires('tidying.change'), async (_req, res) => {
    const job = await queueTidying(database, actorOf(res), clock.now());
    res.redirect(303, `/admin/jobs/${job ?? ''}`);
  });

  router.post(`${PATH}/settings`, requires('tidying.change'), async (req, res) => {
    const { typed, settings, errors } = readForm(req, res);
    if (settings === null) {
      res.status(422);
      await show(res, typed, errors);
      return;
    }
    await changeTidyingSettings(database, settings, actorOf(res), clock.now());
    addFlash(req, { kind: 'success', text: res.locals.t('settings:saved') });
    res.redirect(303, PATH);
  });

  return router;

  async function show(
    res: Response,
    typed: Readonly<Record<string, string>>,
    errors: readonly FormError[] = [],
  ): Promise<void> {
    const { t, locale, user } = res.locals;
    const log = await tidyingLog(database);
    const names = await namesOfActors(
      database,
      log.map(({ actor }) => actor),
    );
    renderPage(res, 'tidying/rules/tidying', {
      title: t('tidying:title'),
      mayRun: may(user, 'tidying.change'),
      mayChange: may(user, 'tidying.change'),
      form: formView(typed, errors),
      rules: (await previewTidying(tidying)).map(({ rule, days, before, count, isMore, isOff, samples }) => ({
        name: t(`tidying:rule.${rule}.name`),
        says: isOff ? t('tidying:off') : t(`tidying:rule.${rule}.says`, { days, day: formatDay(before, locale) }),
        countText: isMore ? t('tidying:more', { count: formatNumber(count, locale) }) : formatNumber(count, locale),
        samples: samples.join(', '),
      })),
      log: log.map(({ at, actor, rule, count }) => ({
        at,
        name: t(`tidying:rule.${rule}.name`),
        who: names.get(actor) ?? t('tidying:system'),
        countText: formatNumber(count, locale),
      })),
    });
  }
}

function typedFrom({ deletesCodes, ...days }: TidyingSettings): Record<string, string> {
  return {
    ...Object.fromEntries(Object.entries(days).map(([name, value]) => [name, String(value)])),
    deletesCodes: deletesCodes ? 'true' : '',
  };
}

function readForm(
  req: Request,
  res: Response,
): {
  readonly typed: Record<string, string>;
  readonly settings: TidyingSettings | null;
  readonly errors: readonly FormError[];
} {
  const text = (name: string): string => fieldOf(req, name);
  const typed = {
    ...Object.fromEntries(DAY_FIELDS.map((name) => [name, text(name)])),
    deletesCodes: text('deletesCodes') === 'true' ? 'true' : '',
  };
  const errors: FormError[] = [];
  const days = Object.fromEntries(
    DAY_FIELDS.map((name) => {
      const count = parseCount(text(name));
      if (!count.ok || count.value < 1 || count.value > MAX_DAYS)
        errors.push({
          path: name,
          message: res.locals.t('tidying:days_wrong', { name: res.locals.t(`tidying:setting.${name}`) }),
        });
      return [name, count.ok ? count.value : 0];
    }),
  ) as Record<(typeof DAY_FIELDS)[number], number>;
  return {
    typed,
    settings: errors.length > 0 ? null : { ...days, deletesCodes: typed.deletesCodes === 'true' },
    errors,
  };
}
