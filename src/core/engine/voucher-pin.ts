/** A voucher's PIN has so many digits. */
const PIN_LENGTH = 6;
/** How many PINs there are. */
export const PIN_COUNT = 10 ** PIN_LENGTH;

/** The PIN of a random number below `PIN_COUNT`: 42 is `000042`. */
export function pinOf(random: number): string {
  return String(random).padStart(PIN_LENGTH, '0');
}
