/**
 * The currencies of ISO 4217 (list one, 2026) by the digits behind their decimal point. Left out is what nobody pays
 * with: precious metals, funds, units of account, and the codes for tests and for no currency.
 */
const BY_DIGITS = {
  0: 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF',
  2:
    'AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY COP CRC CUP CVE ' +
    'CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR ' +
    'KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB ' +
    'PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY ' +
    'TTD TWD TZS UAH USD UYU UZS VES WST XCD XCG YER ZAR ZMW ZWG',
  3: 'BHD IQD JOD KWD LYD OMR TND',
} as const;

const DIGITS: ReadonlyMap<string, number> = new Map(
  Object.entries(BY_DIGITS).flatMap(([digits, codes]) =>
    codes.split(' ').map((code) => [code, Number(digits)] as const),
  ),
);

/** Digits behind the decimal point of most currencies, and of one that the list no longer has. */
const USUAL_DIGITS = 2;

/** Whether ISO 4217 lists the code: isCurrency('EUR') = true, isCurrency('QQQ') = false, isCurrency('eur') = false. */
export function isCurrency(code: string): boolean {
  return DIGITS.has(code);
}

/** How many digits stand behind the decimal point: currencyDigits('EUR') = 2, of 'JPY' 0, of 'KWD' 3. */
export function currencyDigits(code: string): number {
  return DIGITS.get(code) ?? USUAL_DIGITS;
}

/**
 * Whether value can be kept in it. What accountants get (DATEV, lists, workbooks) has two decimals, and so has what they
 * send, so a voucher, an order and the settings are in a currency of two. A booking may be in any.
 * keepsValue('CHF') = true, keepsValue('JPY') = false.
 */
export function keepsValue(code: string): boolean {
  return isCurrency(code) && currencyDigits(code) === USUAL_DIGITS;
}
