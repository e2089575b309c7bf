import type { Clock } from '../../../platform/process/clock.ts';
import type { Connection } from '../../../platform/data/db.ts';
import { readPage } from '../../../platform/data/page.ts';
import { namesOfEntries } from '../../catalogue/catalogue-service.ts';
import { creditsOfLines, NO_CREDITS, type LineCredits } from './partner-credit-store.ts';
import { listPartnerLines, type PartnerLine } from './partner-report-line-store.ts';
import {
  ledgerByLine,
  ledgerByPartner,
  sumByPartner,
  type LedgerSums,
  type PartnerSums,
  type ReportPartner,
  type ReportSpan,
} from './partner-report-store.ts';

export type { ReportPartner };

/** Deals redeemed on these days, both included. */
export interface ReportDays {
  readonly from: string;
  readonly to: string;
}

/** A report, a run and a statement are about so many days at most. */
export const MAX_REPORT_DAYS = 366;

export interface PartnerTotals extends PartnerSums {
  /** Empty: redeemed without a partner. */
  readonly partnerName: string;
  readonly paid: number;
  /** By sales the partner reported: it pays them out with its report, whoever travels when. */
  readonly covered: number;
  /** What is owed less what was paid or is covered; below zero: the partner's credit. */
  readonly open: number;
  /** The clearing account of these deals in the books. */
  readonly clearing: number;
  /** The documents say something else than the books: never. */
  readonly isWrong: boolean;
}

export interface SettlementLine extends PartnerLine {
  /** What still counts of what was redeemed. */
  readonly counts: number;
  readonly paid: number;
  readonly covered: number;
  readonly open: number;
  readonly clearing: number;
  readonly state:
    | 'unsettled'
    | 'outdated'
    | 'open'
    | 'paid'
    | 'credit'
    | 'rejected'
    | 'written_off'
    | 'nothing_owed'
    | 'sold'
    | 'given_back';
}

export interface SettlementPage {
  readonly lines: readonly SettlementLine[];
  readonly nextCursor: string | null;
}

/** Every partner with redeemed deals in these days: what counts, what is owed and paid, and what the clearing account says. */
export async function settlementTotals(
  connection: Connection,
  days: ReportDays,
  clock: Clock,
  partner?: ReportPartner,
): Promise<PartnerTotals[]> {
  const span = spanOf(days, clock);
  const sums = await sumByPartner(connection, span, partner);
  const ledger = await ledgerByPartner(connection, span, partner);
  const names = await namesOfEntries(
    connection,
    'partner',
    sums.flatMap(({ partnerId }) => (partnerId === null ? [] : [partnerId])),
  );
  return sums
    .map((sum) => {
      const booked = ledger.get(`${sum.partnerId ?? ''} ${sum.currency}`) ?? NOTHING;
      const { covered, clearing } = booked;
      const paid = booked.paid + sum.setOff;
      const partnerName = sum.partnerId === null ? '' : (names.get(sum.partnerId) ?? sum.partnerId);
      const open = sum.owed - paid - covered;
      return { ...sum, partnerName, paid, covered, open, clearing, isWrong: clearing !== sum.unsettled };
    })
    .toSorted((a, b) => a.partnerName.localeCompare(b.partnerName, 'de') || a.currency.localeCompare(b.currency));
}

/** The deals of a partner, oldest first, each with its document and what the books say of it. */
export async function settlementPage(
  { connection, clock }: { readonly connection: Connection; readonly clock: Clock },
  days: ReportDays,
  partner: ReportPartner,
  { cursor, limit }: { readonly cursor: string | null; readonly limit: number },
): Promise<SettlementPage> {
  const [span, after] = [spanOf(days, clock), readCursor(cursor)];
  const { items: shown, nextCursor } = await readPage(
    limit,
    (most) => listPartnerLines(connection, span, partner, { after, limit: most }),
    ({ redeemedAt, lineId }) => `${redeemedAt}_${lineId}`,
  );
  const ids = shown.map(({ lineId }) => lineId);
  const [ledger, credits] = [await ledgerByLine(connection, ids), await creditsOfLines(connection, ids)];
  return {
    lines: shown.map((line) => withLedger(line, ledger.get(line.lineId) ?? NOTHING, credits.get(line.lineId))),
    nextCursor,
  };
}

export function spanOf({ from, to }: ReportDays, clock: Clock): ReportSpan {
  return { from: clock.startOfDay(from), before: clock.endOfDay(to) };
}

const NOTHING: LedgerSums = { paid: 0, covered: 0, clearing: 0 };

function withLedger(
  line: PartnerLine,
  { paid: posted, covered, clearing }: LedgerSums,
  { given, received }: LineCredits = NO_CREDITS,
): SettlementLine {
  const paid = posted + received - given;
  const counts = line.applied - line.reversed;
  const open = line.owed - paid - covered;
  return { ...line, counts, paid, covered, open, clearing, state: stateOf(line, counts, paid) };
}

function stateOf(
  { settled, source, owed, documentNumber }: PartnerLine,
  counts: number,
  paid: number,
): SettlementLine['state'] {
  if (settled !== counts) return documentNumber === null ? 'unsettled' : 'outdated';
  if (source === 'rejected' || source === 'written_off' || source === 'nothing_owed' || source === 'sold')
    return source;
  if (paid > owed) return 'credit';
  if (counts === 0) return 'given_back';
  return paid === owed ? 'paid' : 'open';
}

function readCursor(cursor: string | null): readonly [number, string] | null {
  const match = /^(\d{1,15})_(\d{1,18})$/.exec(cursor ?? '');
  return match === null ? null : [Number(match[1]), match[2] ?? ''];
}
