import { documentField } from '../../../core/books/document-field.ts';
import { takesFittingNumbersOnly } from '../../../platform/process/number-rule.ts';

/** Whether the operator wants this number of a booking refused, because no accountant's file holds it as it is. */
export function isRefusedNumber(number: string): boolean {
  return takesFittingNumbersOnly() && documentField(number).isReplaced;
}
