import { expect } from 'chai';
import { XMLParser } from 'fast-xml-parser';

/**
 * The structure of pain.001.001.09 as ISO 20022 publishes it, as far as a SEPA credit transfer uses it (rules of the Deutsche
 * Kreditwirtschaft): the children of each element in their order, with `?` where they may be missing and `+` where they come
 * several times, or the pattern of its text.
 */
const TEXT_35 = /^[A-Za-z0-9/\-?:().,'+ ]{1,35}$/;
const NAME = /^[A-Za-z0-9/\-?:().,'+ ]{1,70}$/;
const AMOUNT = /^\d{1,9}\.\d{2}$/;
const IBAN = /^[A-Z]{2}\d{2}[A-Z0-9]{1,30}$/;
const DAY = /^\d{4}-\d{2}-\d{2}$/;
const STRUCTURE: Readonly<Record<string, readonly string[] | RegExp>> = {
  Document: ['CstmrCdtTrfInitn'],
  CstmrCdtTrfInitn: ['GrpHdr', 'PmtInf+'],
  GrpHdr: ['MsgId', 'CreDtTm', 'NbOfTxs', 'CtrlSum?', 'InitgPty'],
  MsgId: TEXT_35,
  CreDtTm: /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}/,
  NbOfTxs: /^\d{1,15}$/,
  CtrlSum: AMOUNT,
  InitgPty: ['Nm'],
  Nm: NAME,
  PmtInf: [
    ...['PmtInfId', 'PmtMtd', 'BtchBookg?', 'NbOfTxs?', 'CtrlSum?', 'PmtTpInf?', 'ReqdExctnDt', 'Dbtr'],
    ...['DbtrAcct', 'DbtrAgt', 'ChrgBr?', 'CdtTrfTxInf+'],
  ],
  PmtInfId: TEXT_35,
  PmtMtd: /^TRF$/,
  BtchBookg: /^(true|false)$/,
  PmtTpInf: ['SvcLvl'],
  SvcLvl: ['Cd'],
  Cd: /^SEPA$/,
  ReqdExctnDt: ['Dt'],
  Dt: DAY,
  Dbtr: ['Nm'],
  DbtrAcct: ['Id'],
  Id: ['IBAN'],
  IBAN,
  DbtrAgt: ['FinInstnId'],
  FinInstnId: ['BICFI?', 'Othr?'],
  BICFI: /^[A-Z0-9]{4}[A-Z]{2}[A-Z0-9]{2}([A-Z0-9]{3})?$/,
  ChrgBr: /^SLEV$/,
  CdtTrfTxInf: ['PmtId', 'Amt', 'Cdtr', 'CdtrAcct', 'RmtInf?'],
  PmtId: ['EndToEndId'],
  EndToEndId: TEXT_35,
  Amt: ['InstdAmt'],
  InstdAmt: AMOUNT,
  Cdtr: ['Nm'],
  CdtrAcct: ['Id'],
  RmtInf: ['Ustrd'],
  Ustrd: /^[A-Za-z0-9/\-?:().,'+ ]{1,140}$/,
};

type Ordered = readonly { readonly [name: string]: Ordered | string | object }[];

export interface ReadPayment {
  readonly endToEndId: string;
  readonly amount: string;
  readonly payee: string;
  readonly iban: string;
}

/** Reads a file as a bank does: everything stands where the structure says, and the figures of the header are those of the payments. */
export function readPaymentFile(xml: string): {
  readonly messageId: string;
  readonly payments: readonly ReadPayment[];
} {
  expect(xml).to.match(/^<\?xml version="1\.0" encoding="UTF-8"\?>/);
  const parser = new XMLParser({
    preserveOrder: true,
    ignoreAttributes: false,
    parseTagValue: false,
    ignoreDeclaration: true,
  });
  const [document, ...others] = parser.parse(xml) as Ordered;
  expect(others).to.deep.equal([]);
  expect(document?.[':@']).to.deep.equal({ '@_xmlns': 'urn:iso:std:iso:20022:tech:xsd:pain.001.001.09' });
  checkElement('Document', document?.['Document'] as Ordered, '');
  const payments = all(xml, 'CdtTrfTxInf').map((part) => ({
    endToEndId: one(part, 'EndToEndId'),
    amount: one(part, 'InstdAmt'),
    payee: one(part, 'Nm'),
    iban: one(part, 'IBAN'),
  }));
  expect(all(xml, 'InstdAmt Ccy="EUR"', 'InstdAmt')).to.have.length(payments.length);
  const sum = payments.reduce((total, { amount }) => total + BigInt(amount.replace('.', '')), 0n);
  for (const block of [one(xml, 'GrpHdr'), (xml.split('<PmtInf>')[1] ?? '').split('<CdtTrfTxInf>')[0] ?? '']) {
    expect(one(block, 'NbOfTxs')).to.equal(String(payments.length));
    expect(BigInt(one(block, 'CtrlSum').replace('.', ''))).to.equal(sum);
  }
  return { messageId: one(xml, 'MsgId'), payments };
}

function checkElement(name: string, children: Ordered, path: string): void {
  const rule = STRUCTURE[name];
  const here = `${path}/${name}`;
  if (rule === undefined) throw new Error(`${here} is not in the structure`);
  if (rule instanceof RegExp) {
    expect(String(children[0]?.['#text'] ?? ''), here).to.match(rule);
    return;
  }
  const names = children.map((child) => Object.keys(child).find((key) => key !== ':@') ?? '');
  const pattern = rule.map((one) => `(?:${one.replace(/[?+]$/, '')} )${/[?+]$/.exec(one)?.[0] ?? ''}`).join('');
  expect(names.map((one) => `${one} `).join(''), `the order of what is in ${here}`).to.match(
    new RegExp(`^${pattern}$`),
  );
  for (const [index, child] of names.entries())
    // The agent of the debtor may be named by an identification that says there is none.
    if (child !== 'Othr') checkElement(child, children[index]?.[child] as Ordered, here);
}

function all(xml: string, open: string, close = open): string[] {
  return [...xml.matchAll(new RegExp(`<${open}>([\\s\\S]*?)</${close}>`, 'g'))].map(([, text = '']) => text);
}

function one(xml: string, name: string): string {
  return new RegExp(`<${name}(?: [^>]*)?>([\\s\\S]*?)</${name}>`).exec(xml)?.[1] ?? '';
}
