import type { Connection } from '../../../platform/data/db.ts';
import { listPaymentRecords, type PaymentQuestion, type PaymentRecord } from '../datev/payment-record-service.ts';

const RECORDS_PER_STEP = 500;
const MAX_RECORDS = 1_000_000;

/** All payment records that a question finds, some hundred at a time, so that no list is held in memory. */
export async function* paymentRecords(
  connection: Connection,
  question: PaymentQuestion,
): AsyncGenerator<readonly PaymentRecord[]> {
  for (let cursor: string | null = null, told = 0; told < MAX_RECORDS; told += RECORDS_PER_STEP) {
    const page: Awaited<ReturnType<typeof listPaymentRecords>> = await listPaymentRecords(
      connection,
      question,
      cursor,
      RECORDS_PER_STEP,
    );
    yield page.items;
    if (page.nextCursor === null) return;
    cursor = page.nextCursor;
  }
}
