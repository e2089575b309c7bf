/**
 * Whether the operator wants only such booking numbers as Belegfeld 1 takes as they are. Known once in a process, as the
 * highest amount is: every redemption asks, and none may wait for it.
 */
let isStrict = false;

export function takesFittingNumbersOnly(): boolean {
  return isStrict;
}

export function setFittingNumbersOnly(isOn: boolean): void {
  isStrict = isOn;
}
