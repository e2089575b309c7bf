import { compactIban, isIban } from './epc-payment.ts';

/** Whose account pays. */
export interface OrderingAccount {
  readonly holder: string;
  readonly iban: string;
  /** Empty inside of the SEPA area. */
  readonly bic: string;
}

/** One transfer of the file. */
export interface OrderedPayment {
  /** What stands in the statements of both sides: the number of the refund. */
  readonly endToEndId: string;
  /** Euro cents. */
  readonly cents: number;
  readonly payee: string;
  readonly iban: string;
  readonly purpose: string;
}

export interface PaymentOrder {
  /** The number of the file. */
  readonly messageId: string;
  /** UTC, `2026-11-30T16:00:00`. */
  readonly createdAt: string;
  /** The day on which the bank is to pay. */
  readonly executionOn: string;
  readonly account: OrderingAccount;
  readonly payments: readonly OrderedPayment[];
}

/** An element of the file: text, its attributes (`@Ccy`), or its children in their order. */
export type OrderNode = string | { readonly [name: string]: OrderNode } | readonly OrderNode[];

export const MAX_PAYMENTS = 5000;
const MAX_CENTS = 99_999_999_999;

/**
 * A credit transfer initiation of SEPA, pain.001.001.09, with one block of payments: how many and their sum stand in the
 * header and in the block. 25,00 to Petra Müller: InstdAmt `25.00`, Nm `Petra Mueller`. Throws RangeError for no payment,
 * more than 5000, an amount that is none or an IBAN whose check digits are wrong. Source: ISO 20022 pain.001.001.09, DFÜ
 * Abkommen Anlage 3 of the Deutsche Kreditwirtschaft.
 */
export function paymentOrderDocument(order: PaymentOrder): { readonly Document: OrderNode } {
  const { account, payments } = order;
  if (payments.length === 0 || payments.length > MAX_PAYMENTS) throw new RangeError('a file has 1 to 5000 payments');
  if (!isIban(account.iban)) throw new RangeError('the account that pays has no IBAN');
  const count = String(payments.length);
  const sum = amountText(payments.reduce((total, { cents }) => total + cents, 0));
  const holder = sepaText(account.holder, 70);
  return {
    Document: {
      '@xmlns': 'urn:iso:std:iso:20022:tech:xsd:pain.001.001.09',
      CstmrCdtTrfInitn: {
        GrpHdr: {
          MsgId: order.messageId,
          CreDtTm: order.createdAt,
          NbOfTxs: count,
          CtrlSum: sum,
          InitgPty: { Nm: holder },
        },
        PmtInf: {
          PmtInfId: order.messageId,
          PmtMtd: 'TRF',
          BtchBookg: 'false',
          NbOfTxs: count,
          CtrlSum: sum,
          PmtTpInf: { SvcLvl: { Cd: 'SEPA' } },
          ReqdExctnDt: { Dt: order.executionOn },
          Dbtr: { Nm: holder },
          DbtrAcct: { Id: { IBAN: compactIban(account.iban) } },
          DbtrAgt: {
            FinInstnId: account.bic === '' ? { Othr: { Id: 'NOTPROVIDED' } } : { BICFI: compactIban(account.bic) },
          },
          ChrgBr: 'SLEV',
          CdtTrfTxInf: payments.map(paymentNode),
        },
      },
    },
  };
}

function paymentNode({ endToEndId, cents, payee, iban, purpose }: OrderedPayment): OrderNode {
  if (!isIban(iban)) throw new RangeError(`the IBAN of ${endToEndId} is none`);
  const name = sepaText(payee, 70);
  if (name === '') throw new RangeError(`${endToEndId} has no payee`);
  return {
    PmtId: { EndToEndId: endToEndId },
    Amt: { InstdAmt: { '@Ccy': 'EUR', '#text': amountText(cents) } },
    Cdtr: { Nm: name },
    CdtrAcct: { Id: { IBAN: compactIban(iban) } },
    RmtInf: { Ustrd: sepaText(purpose, 140) },
  };
}

/** 123450 is `1234.50`; at most 999.999.999,99. */
function amountText(cents: number): string {
  if (!Number.isSafeInteger(cents) || cents < 1 || cents > MAX_CENTS) throw new RangeError('an amount of a payment');
  return `${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, '0')}`;
}

/**
 * Text in the signs that every bank of SEPA takes: `Käthe Müßig & Söhne` is `Kaethe Muessig + Soehne`; what has no other
 * spelling becomes a dot. At most `length` signs, none of them at the ends a blank.
 */
export function sepaText(text: string, length: number): string {
  const written = text.replace(/[äöüÄÖÜßẞ&]/g, (sign) => WRITTEN_OUT[sign] ?? sign);
  return written
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .replace(/\s+/g, ' ')
    .replace(/[^A-Za-z0-9/\-?:().,'+ ]/gu, '.')
    .trim()
    .slice(0, length)
    .trim();
}

const WRITTEN_OUT: Readonly<Record<string, string>> = {
  ä: 'ae',
  ö: 'oe',
  ü: 'ue',
  Ä: 'Ae',
  Ö: 'Oe',
  Ü: 'Ue',
  ß: 'ss',
  ẞ: 'SS',
  '&': '+',
};
