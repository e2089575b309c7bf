import type { Response, Router } from 'express';
import { requires } from '../../../platform/http/permissions.ts';
import { may } from '../../../core/access.ts';
import { VOUCHER_TYPES, type StackingPolicy } from '../../../core/engine/voucher.ts';
import { readAudit } from '../../../platform/data/audit.ts';
import { markInvalid, actorOf } from '../../../platform/http/request.ts';
import { addFlash } from '../../../platform/html/flash.ts';
import { formView, type FormError } from '../../../platform/html/form-view.ts';
import { formatMoney } from '../../../platform/html/format.ts';
import type { Locale, Translate } from '../../../platform/html/i18n.ts';
import { renderFragment, renderPage } from '../../../platform/html/views.ts';
import { SETTINGS_PATH } from '../settings-pages.ts';
import { changeStackingPolicy, stackingPolicy } from './stacking-policy-service.ts';
import { stackingExamples } from './stacking-example-service.ts';
import {
  CHOICE_FIELDS,
  choiceOptions,
  pairKey,
  parsePolicy,
  typedPolicy,
  typedPolicyOf,
  type TypedPolicy,
} from './stacking-form.ts';
import { pageRouter } from '../../../platform/http/page-router.ts';
import type { Shell } from '../../../platform/process/feature.ts';

const MAX_HISTORY = 20;

/** Which codes stand together: every rule explained, a matrix of pairs, what it would do, and who changed it. */
export function stackingPages({ database, clock, namesOfActors }: Shell): Router {
  const router = pageRouter();
  const path = `${SETTINGS_PATH}/stacking`;

  router.get(path, requires('stacking.see'), async (_req, res) => {
    await show(res, typedPolicyOf(await stackingPolicy(database.knex)));
  });

  router.post(`${path}/preview`, requires('settings.change'), (req, res) => {
    renderFragment(res, 'settings/stacking/stacking-examples', { examples: examplesOf(typedPolicy(req.body), res) });
  });

  router.post(path, requires('settings.change'), async (req, res) => {
    const typed = typedPolicy(req.body);
    const { policy, errors } = parsePolicy(typed, res.locals.t);
    // Without scripts the button beside the examples asks for them.
    if (policy === null || (req.body as Record<string, unknown>)['do'] === 'preview') return show(res, typed, errors);
    await changeStackingPolicy(database, policy, actorOf(res), clock.now());
    addFlash(req, { kind: 'success', text: res.locals.t('settings:stacking.saved') });
    res.redirect(303, path);
  });

  return router;

  async function show(res: Response, typed: TypedPolicy, errors: readonly FormError[] = []): Promise<void> {
    const { t } = res.locals;
    const history = await readAudit(database.knex, 'settings', 'stacking', MAX_HISTORY);
    const names = await namesOfActors(history.map(({ actor }) => actor));
    markInvalid(res, errors);
    renderPage(res, 'settings/stacking/stacking', {
      title: t('settings:stacking.title'),
      form: formView(typed, errors),
      types: VOUCHER_TYPES.map((type) => ({ name: `maxPerType[${type}]`, label: t(`common:menu.vouchers_${type}`) })),
      choices: CHOICE_FIELDS.map((name) => ({
        name,
        label: t(`settings:stacking.${name}`),
        options: choiceOptions(name, t),
      })),
      columns: VOUCHER_TYPES.map((type) => t(`common:menu.vouchers_${type}`)),
      matrix: matrixOf(typed, t),
      examples: examplesOf(typed, res),
      history: history.map(({ at, actor, changes }) => ({
        at,
        actor: names.get(actor) ?? actor,
        lines: changeLines(changes, t),
      })),
      mayChange: may(res.locals.user, 'settings.change'),
    });
  }
}

interface Cell {
  readonly pair: string;
  readonly label: string;
  readonly allowed: boolean;
}

/** One row per type; what stands above the diagonal stands below it too. */
function matrixOf(typed: TypedPolicy, t: Translate): { label: string; cells: (Cell | null)[] }[] {
  return VOUCHER_TYPES.map((a, row) => ({
    label: t(`common:menu.vouchers_${a}`),
    cells: VOUCHER_TYPES.map((b, column) => {
      if (column > row) return null;
      const pair = pairKey(a, b);
      return {
        pair,
        label: t('settings:stacking.pair', { a: t(`common:menu.vouchers_${a}`), b: t(`common:menu.vouchers_${b}`) }),
        allowed: typed.pairs.includes(pair),
      };
    }),
  }));
}

interface Example {
  readonly codes: string;
  readonly lines: readonly { readonly text: string; readonly amount: string; readonly isRejected: boolean }[];
  readonly payable: string;
}

function examplesOf(typed: TypedPolicy, res: Response): Example[] | null {
  const { t, locale } = res.locals;
  const { policy } = parsePolicy(typed, t);
  if (policy === null) return null;
  return stackingExamples(policy, (sample) => t(`settings:stacking.sample.${sample}`)).map(({ codes, evaluation }) => ({
    codes: codes.join(' + '),
    lines: [
      ...evaluation.accepted.map(({ title, applied }) => ({
        text: title,
        amount: minus(applied, evaluation.currency, locale),
        isRejected: false,
      })),
      ...evaluation.rejected.map(({ code, reason, conflictsWith }) => ({
        text: `${code}: ${t(`rejections:${reason}`, { conflicts: conflictsWith.join(', ') })}`,
        amount: '',
        isRejected: true,
      })),
    ],
    payable: formatMoney(evaluation.payable, evaluation.currency, locale),
  }));
}

function minus(cents: number, currency: string, locale: Locale): string {
  return formatMoney(-cents, currency, locale);
}

/** `Codes je Buchung: 1 → 3`, one line per field that changed. */
function changeLines(changes: unknown, t: Translate): string[] {
  const { before, after } = changes as { readonly before: StackingPolicy; readonly after: StackingPolicy };
  const fields = [
    'maxVouchers',
    'maxPerCampaign',
    'maxPerType',
    'forbiddenPairs',
    'strategy',
    'discountOrder',
    'percentBase',
  ] as const;
  const lines = fields
    .filter((field) => JSON.stringify(before[field]) !== JSON.stringify(after[field]))
    .map((field) =>
      t('settings:stacking.field_change', {
        field: t(`settings:stacking.${field}`),
        before: shown(before, field, t),
        after: shown(after, field, t),
      }),
    );
  return lines.length === 0 ? [t('settings:stacking.nothing')] : lines;
}

function shown(policy: StackingPolicy, field: keyof StackingPolicy, t: Translate): string {
  const typeName = (type: string): string => t(`common:menu.vouchers_${type}`);
  if (field === 'forbiddenPairs')
    return (
      policy.forbiddenPairs.map(([a, b]) => `${typeName(a)} + ${typeName(b)}`).join(', ') || t('settings:stacking.none')
    );
  if (field === 'maxPerType')
    return (
      VOUCHER_TYPES.filter((type) => policy.maxPerType[type] !== null)
        .map((type) => `${typeName(type)} ${policy.maxPerType[type] ?? ''}`)
        .join(', ') || t('settings:stacking.none')
    );
  if (field === 'maxVouchers' || field === 'maxPerCampaign') return String(policy[field]);
  return t(`settings:stacking.${field}_${policy[field]}`);
}
