import { postingsOfTransferIn, postingsOfTransferOut } from '../../../core/books/postings.ts';
import { normaliseCode } from '../../../core/engine/voucher-code.ts';
import type { Act } from '../../../platform/data/act.ts';
import { writeAudit } from '../../../platform/data/audit.ts';
import { nextNumbers, yearOf } from '../../accounting/ledger/number-service.ts';
import { insertLinks, type LinkKind } from '../record/voucher-family-store.ts';
import type { VoucherRecord } from '../rows/voucher-row.ts';
import { auditEntry, type LockedVoucher } from '../record/voucher-service.ts';
import { insertVouchers } from '../record/voucher-store.ts';
import { moveValues, unbooked, type ValueMove } from '../record/voucher-value-service.ts';
import { insertManyRules, type StoredRules } from '../rules/rules-service.ts';
import { newCode } from '../life/voucher-create-service.ts';

/** A new voucher that is to get value of others; known without reading it, because who made it holds its lock. */
export interface ChildVoucher {
  readonly voucher: ValueMove['voucher'] & Pick<VoucherRecord, 'type'>;
  readonly rules: StoredRules;
  readonly cents: number;
}

/** A new voucher for a part of one that stays, under a lock the caller holds; by the same rules unless others are given. */
export async function branchOff(
  act: Act,
  source: LockedVoucher,
  branch: { readonly cents: number; readonly rules?: StoredRules; readonly reason: string },
): Promise<string> {
  const { cents, rules = null, reason } = branch;
  const model = rules === null ? source : { record: { ...source.record, type: rules.type, campaignId: null }, rules };
  const children = await insertChildren(act, model, [cents]);
  await transfer(act, [{ ...source, cents }], children, { kind: 'residual', reason });
  return children[0]?.voucher.id ?? '';
}

/** One for each value, in their order. A code of a campaign goes on following it; any other gets rules of its own. */
export async function insertChildren(
  { trx, moment }: Act,
  { record, rules }: LockedVoucher,
  values: readonly number[],
): Promise<ChildVoucher[]> {
  const own = values.map((originalValue) => ({ ...rules, originalValue }));
  const rulesIds = record.campaignId === null ? await insertManyRules(trx, own) : values.map(() => record.rulesId);
  const numbers = await nextNumbers(trx, 'voucher', yearOf(moment.today), values.length, { now: moment.now });
  const ids = await insertVouchers(
    trx,
    values.map((originalValue, index) => {
      const code = newCode();
      return {
        code,
        normalisedCode: normaliseCode(code),
        number: numbers[index] ?? '',
        rulesId: rulesIds[index] ?? '',
        campaignId: record.campaignId,
        type: record.type,
        paidOn: record.paidOn,
        originalValue,
        balance: 0,
        uses: 0,
        acknowledgedOn: moment.today,
        bookingRef: record.bookingRef,
        invoiceRef: record.invoiceRef,
        note: record.note,
        now: moment.now,
      };
    }),
  );
  return values.map((cents, index) => {
    const voucher = { ...unbooked(ids[index] ?? ''), type: record.type, originalValue: cents, bonusValue: 0 };
    return { voucher, rules, cents };
  });
}

/** Takes value off vouchers that are locked and puts it on new ones. */
export async function transfer(
  act: Act,
  sources: readonly (LockedVoucher & { readonly cents: number })[],
  children: readonly ChildVoucher[],
  { kind, reason }: { readonly kind: LinkKind; readonly reason: string },
): Promise<void> {
  const { trx, moment } = act;
  const common = { postedOn: moment.today, reason };
  // A voucher whose rest alone goes over keeps its record and its state.
  const columns = kind === 'residual' ? {} : { replaced_by_id: children[0]?.voucher.id };
  const out = sources.map(({ record, rules, cents }) => {
    const postings = postingsOfTransferOut({ type: record.type, funding: rules.funding }, cents);
    return { ...common, voucher: record, currency: rules.currency, change: -cents, postings, columns };
  });
  const into = children.map(({ voucher, rules, cents }) => {
    const postings = postingsOfTransferIn({ type: voucher.type, funding: rules.funding }, cents);
    return { ...common, voucher, currency: rules.currency, change: cents, postings };
  });
  await moveValues(act, [...out, ...into]);
  const targets = children.map(({ voucher, cents }) => ({ id: voucher.id, cents }));
  const from = sources.map(({ record }) => record.id);
  await writeAudit(trx, [
    ...from.map((id) => auditEntry(act, `voucher.${kind}`, id, { reason, into: targets })),
    ...targets.map(({ id }) => auditEntry(act, 'voucher.create', id, { reason, from, kind })),
  ]);
  await insertLinks(
    trx,
    sources.flatMap(({ record, cents }) =>
      targets.map((target) => ({
        fromId: record.id,
        toId: target.id,
        kind,
        cents: sources.length === 1 ? target.cents : cents,
        at: moment.now,
      })),
    ),
  );
}
