import { expect } from 'chai';
import { XMLParser } from 'fast-xml-parser';
import { getDocument } from 'pdfjs-dist/legacy/build/pdf.mjs';
import type { Supply } from '../../../../src/core/books/invoicing/e-invoice.ts';
import {
  exemptionSentence,
  invoiceAmounts,
  VAT_TREATMENT_NAMES,
  vatTreatment,
  type VatTreatment,
} from '../../../../src/core/books/invoicing/vat-treatment.ts';
import { eInvoiceFile, type EInvoice } from '../../../../src/features/partners/invoices/partner-invoice-xml.ts';
import { createPrinter, type Printer } from '../../../../src/platform/files/chromium.ts';

const PARTY = { street: 'Hafenweg 1', postcode: '23552', town: 'Lübeck', country: 'DE', vatId: 'DE123456789' };
const SUPPLIES = VAT_TREATMENT_NAMES.filter((name) => vatTreatment(name).category !== null);

function supplyOf(treatment: VatTreatment, format: Supply['format']): Supply {
  return {
    treatment,
    rateBasisPoints: vatTreatment(treatment).hasRate ? 1900 : 0,
    exemptionText: treatment === 'exempt' ? 'Steuerfrei nach § 4 Nr. 5 UStG' : exemptionSentence(treatment),
    format,
    seller: {
      ...PARTY,
      name: 'Nordlicht & Söhne GmbH',
      taxNumber: '22/294/12345',
      registration: 'HRB 4711',
      contactName: 'Buchhaltung',
      contactPhone: '+49 451 1234',
      contactEmail: 'buchhaltung@nordlicht.example',
    },
    buyer: {
      ...PARTY,
      name: 'Citydeal <GmbH>',
      vatId: 'ATU12345678',
      email: 're@citydeal.example',
      leitwegId: '',
      reference: 'V 4711',
    },
  };
}

function invoiceOf(treatment: VatTreatment, format: Supply['format'], more: Partial<EInvoice> = {}): EInvoice {
  const supply = supplyOf(treatment, format);
  return {
    number: 'AB-2026-000001',
    issuedOn: '2026-11-30',
    dueOn: '2026-12-14',
    currency: 'EUR',
    supply,
    amounts: invoiceAmounts(71_400, supply.rateBasisPoints),
    takesBack: null,
    deliveredOn: '2026-11-29',
    item: { name: 'Gutschein G-2026-000001', description: 'Eingelöst 840,00 €' },
    note: 'Vertrag <4711>\nZeile 2',
    bank: { accountHolder: 'Nordlicht', iban: 'DE89370400440532013000', bic: 'COBADEFFXXX' },
    paymentTerms: 'Zahlbar bis 14.12.2026',
    ...more,
  };
}

const CANCELLATION: Partial<EInvoice> = {
  number: 'ST-2026-000001',
  dueOn: null,
  takesBack: { number: 'AB-2026-000001', issuedOn: '2026-11-30' },
};
const SIGNS = [
  { what: 'an invoice', more: {}, sign: 1 },
  { what: 'a cancellation', more: CANCELLATION, sign: -1 },
];

describe('an e-invoice', () => {
  let printer: Printer;
  let printed: Buffer;
  before(async () => {
    printer = createPrinter({ executable: null });
    printed = await printer.print('<html lang="de"><title>x</title><h1>Rechnung Müller</h1></html>', {});
  });
  after(() => printer.close());

  for (const treatment of SUPPLIES)
    for (const { what, more, sign } of SIGNS) {
      it(`as ZUGFeRD: ${what}, ${treatment}`, async () => {
        const invoice = invoiceOf(treatment, 'zugferd', more);
        const { content } = await eInvoiceFile(invoice, printed);
        const xml = parsed((await attachmentOf(content)) ?? '')['CrossIndustryInvoice'];
        expect(factsOfCii(xml)).to.deep.equal(expectedFacts(invoice, sign));
        expect(numbersAddUp(factsOfCii(xml))).to.equal(true);
      });

      it(`as XRechnung: ${what}, ${treatment}`, async () => {
        const invoice = invoiceOf(treatment, 'xrechnung', more);
        const { content, extension } = await eInvoiceFile(invoice, printed);
        expect(extension).to.equal('xml');
        const xml = parsed(content.toString())['Invoice'];
        expect(factsOfUbl(xml)).to.deep.equal(expectedFacts(invoice, sign));
        expect(numbersAddUp(factsOfUbl(xml))).to.equal(true);
        const embedded = at(xml, 'AdditionalDocumentReference.Attachment.EmbeddedDocumentBinaryObject.#text');
        expect(Buffer.from(String(embedded), 'base64').equals(printed)).to.equal(true);
      });
    }

  it('rounds by BT-114 where no net amount gives what is owed', async () => {
    const amounts = invoiceAmounts(3, 1900);
    const cii = parsed(
      (await attachmentOf((await eInvoiceFile(invoiceOf('standard', 'zugferd', { amounts }), printed)).content)) ?? '',
    );
    const ubl = parsed(
      (await eInvoiceFile(invoiceOf('standard', 'xrechnung', { amounts }), printed)).content.toString(),
    );
    expect(factsOfCii(cii['CrossIndustryInvoice'])['rounding']).to.equal('-0.01');
    expect(factsOfUbl(ubl['Invoice'])['rounding']).to.equal('-0.01');
  });

  it('is a PDF that says it is PDF/A-3, with the data as an alternative of it', async () => {
    const { content } = await eInvoiceFile(invoiceOf('standard', 'zugferd'), printed);
    const text = content.toString('latin1');
    expect(text).to.contain('<pdfaid:part>3</pdfaid:part>');
    expect(text).to.contain('<fx:ConformanceLevel>EN 16931</fx:ConformanceLevel>');
    expect(text).to.contain('GTS_PDFA1');
    expect(text).to.match(/\/AFRelationship\s*\/Alternative/);
    expect(text).not.to.contain('/Encrypt');
  });

  it('goes to a public body by its Leitweg-ID', async () => {
    const supply = supplyOf('standard', 'xrechnung');
    const buyer = { ...supply.buyer, leitwegId: '04011000-1234512345-06' };
    const file = await eInvoiceFile(invoiceOf('standard', 'xrechnung', { supply: { ...supply, buyer } }), printed);
    const xml = parsed(file.content.toString())['Invoice'];
    expect(at(xml, 'BuyerReference')).to.equal('04011000-1234512345-06');
    expect(at(xml, 'AccountingCustomerParty.Party.EndpointID')).to.deep.equal({
      '#text': '04011000-1234512345-06',
      '@_schemeID': '0204',
    });
  });

  it('is refused by the schema where a currency is none', async () => {
    const refused = await eInvoiceFile(invoiceOf('standard', 'zugferd', { currency: 'XXZ' }), printed).catch(
      (error: unknown) => error,
    );
    expect(refused).to.be.instanceOf(Error);
  });

  it('takes the fonts of the printed page along', async () => {
    const { content } = await eInvoiceFile(invoiceOf('standard', 'zugferd'), printed);
    const fonts = content.toString('latin1').match(/\/FontDescriptor\b/g) ?? [];
    expect(fonts.length).to.be.greaterThan(0);
    expect(content.toString('latin1').match(/\/FontFile[23]?\b/g)?.length ?? 0).to.be.greaterThan(0);
  });
});

async function attachmentOf(pdf: Buffer): Promise<string | null> {
  const document = await getDocument({ data: new Uint8Array(pdf), useSystemFonts: false, verbosity: 0 }).promise;
  const names = [...((await document.getAttachments()) as Map<string, unknown>).keys()];
  expect(names).to.deep.equal(['factur-x.xml']);
  const content = (await document.getAttachmentContent('factur-x.xml')) as Uint8Array | { content: Uint8Array };
  await document.loadingTask.destroy();
  return Buffer.from('content' in content ? content.content : content).toString('utf8');
}

type Xml = Readonly<Record<string, unknown>>;

function parsed(xml: string): Record<string, Xml> {
  return new XMLParser({ ignoreAttributes: false, removeNSPrefix: true, parseTagValue: false }).parse(xml) as Record<
    string,
    Xml
  >;
}

function at(xml: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((value, key) => (value as Xml | undefined)?.[key], xml);
}

function textAt(xml: unknown, path: string): string | null {
  const value = at(xml, path);
  if (value === undefined) return null;
  return typeof value === 'string' ? value : String((value as Xml)['#text']);
}

type Facts = Readonly<Record<string, string | null>>;

function expectedFacts({ number, amounts, supply, takesBack, dueOn, note }: EInvoice, sign: number): Facts {
  const money = (cents: number): string => ((sign * cents) / 100).toFixed(2);
  const { category, exemptionCode, hasRate } = vatTreatment(supply.treatment);
  return {
    number,
    type: takesBack === null ? '380' : '384',
    preceding: takesBack?.number ?? null,
    seller: supply.seller.name,
    buyer: supply.buyer.name,
    reference: 'V 4711',
    note,
    due: dueOn,
    quantity: String(sign),
    price: (amounts.net / 100).toFixed(2),
    line: money(amounts.net),
    category: category ?? '',
    rate: category === 'O' ? null : hasRate ? '19' : '0',
    base: money(amounts.net),
    vat: money(amounts.vat),
    code: exemptionCode,
    reason: supply.exemptionText === '' ? null : supply.exemptionText,
    net: money(amounts.net),
    gross: money(amounts.net + amounts.vat),
    rounding: null,
    payable: money(amounts.payable),
    sellerVatIds: category === 'O' ? 'FC' : 'VA FC',
    buyerVatId: category === 'O' ? null : 'ATU12345678',
    place: category === 'K' ? 'DE' : null,
  };
}

function factsOfCii(xml: Xml | undefined): Facts {
  const trade = at(xml, 'SupplyChainTradeTransaction');
  const line = at(trade, 'IncludedSupplyChainTradeLineItem');
  const settlement = at(trade, 'ApplicableHeaderTradeSettlement');
  const agreement = at(trade, 'ApplicableHeaderTradeAgreement');
  const tax = at(settlement, 'ApplicableTradeTax');
  const sums = at(settlement, 'SpecifiedTradeSettlementHeaderMonetarySummation');
  const due = textAt(settlement, 'SpecifiedTradePaymentTerms.DueDateDateTime.DateTimeString');
  return {
    number: textAt(xml, 'ExchangedDocument.ID'),
    type: textAt(xml, 'ExchangedDocument.TypeCode'),
    preceding: textAt(settlement, 'InvoiceReferencedDocument.IssuerAssignedID'),
    seller: textAt(agreement, 'SellerTradeParty.Name'),
    buyer: textAt(agreement, 'BuyerTradeParty.Name'),
    reference: textAt(agreement, 'BuyerReference'),
    note: textAt(xml, 'ExchangedDocument.IncludedNote.Content'),
    due: due === null ? null : `${due.slice(0, 4)}-${due.slice(4, 6)}-${due.slice(6)}`,
    quantity: textAt(line, 'SpecifiedLineTradeDelivery.BilledQuantity'),
    price: textAt(line, 'SpecifiedLineTradeAgreement.NetPriceProductTradePrice.ChargeAmount'),
    line: textAt(line, 'SpecifiedLineTradeSettlement.SpecifiedTradeSettlementLineMonetarySummation.LineTotalAmount'),
    category: textAt(tax, 'CategoryCode'),
    rate: textAt(tax, 'RateApplicablePercent'),
    base: textAt(tax, 'BasisAmount'),
    vat: textAt(tax, 'CalculatedAmount'),
    code: textAt(tax, 'ExemptionReasonCode'),
    reason: textAt(tax, 'ExemptionReason'),
    net: textAt(sums, 'TaxBasisTotalAmount'),
    gross: textAt(sums, 'GrandTotalAmount'),
    rounding: textAt(sums, 'RoundingAmount'),
    payable: textAt(sums, 'DuePayableAmount'),
    sellerVatIds: listOf(at(agreement, 'SellerTradeParty.SpecifiedTaxRegistration'))
      .map((one) => String(at(one, 'ID.@_schemeID')))
      .join(' '),
    buyerVatId: textAt(agreement, 'BuyerTradeParty.SpecifiedTaxRegistration.ID'),
    place: textAt(trade, 'ApplicableHeaderTradeDelivery.ShipToTradeParty.PostalTradeAddress.CountryID'),
  };
}

function factsOfUbl(xml: Xml | undefined): Facts {
  const total = at(xml, 'LegalMonetaryTotal');
  const tax = at(xml, 'TaxTotal.TaxSubtotal');
  const seller = at(xml, 'AccountingSupplierParty.Party');
  const buyer = at(xml, 'AccountingCustomerParty.Party');
  return {
    number: textAt(xml, 'ID'),
    type: textAt(xml, 'InvoiceTypeCode'),
    preceding: textAt(xml, 'BillingReference.InvoiceDocumentReference.ID'),
    seller: textAt(seller, 'PartyLegalEntity.RegistrationName'),
    buyer: textAt(buyer, 'PartyLegalEntity.RegistrationName'),
    reference: textAt(xml, 'BuyerReference'),
    note: textAt(xml, 'Note'),
    due: textAt(xml, 'DueDate'),
    quantity: textAt(xml, 'InvoiceLine.InvoicedQuantity'),
    price: textAt(xml, 'InvoiceLine.Price.PriceAmount'),
    line: textAt(xml, 'InvoiceLine.LineExtensionAmount'),
    category: textAt(tax, 'TaxCategory.ID'),
    rate: textAt(tax, 'TaxCategory.Percent'),
    base: textAt(tax, 'TaxableAmount'),
    vat: textAt(tax, 'TaxAmount'),
    code: textAt(tax, 'TaxCategory.TaxExemptionReasonCode'),
    reason: textAt(tax, 'TaxCategory.TaxExemptionReason'),
    net: textAt(total, 'TaxExclusiveAmount'),
    gross: textAt(total, 'TaxInclusiveAmount'),
    rounding: textAt(total, 'PayableRoundingAmount'),
    payable: textAt(total, 'PayableAmount'),
    sellerVatIds: listOf(at(seller, 'PartyTaxScheme'))
      .map((one) => (textAt(one, 'TaxScheme.ID') === 'VAT' ? 'VA' : 'FC'))
      .join(' '),
    buyerVatId: textAt(buyer, 'PartyTaxScheme.CompanyID'),
    place: textAt(xml, 'Delivery.DeliveryLocation.Address.Country.IdentificationCode'),
  };
}

function listOf(value: unknown): readonly unknown[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value];
}

/** BR-CO-10, 13, 15, 16, 17 by what the file says itself, in minor units. */
function numbersAddUp(facts: Facts): boolean {
  const cents = (name: string): number => Math.round(Number(facts[name] ?? '0') * 100);
  return (
    cents('line') === Number(facts['quantity']) * cents('price') &&
    cents('net') === cents('line') &&
    cents('base') === cents('net') &&
    Math.abs(cents('vat')) === Math.round((Math.abs(cents('base')) * Number(facts['rate'] ?? '0')) / 100) &&
    cents('gross') === cents('net') + cents('vat') &&
    cents('payable') === cents('gross') + cents('rounding')
  );
}
