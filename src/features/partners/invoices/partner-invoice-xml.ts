import { FormatFactoryService, InvoiceService, type Invoice } from '@e-invoice-eu/core';
import type { Supply } from '../../../core/books/invoicing/e-invoice.ts';
import { vatTreatment, type InvoiceAmounts } from '../../../core/books/invoicing/vat-treatment.ts';
import { addressOf, buyerParty, referenceOf, sellerParty } from './partner-invoice-party-xml.ts';

/** An invoice or its cancellation with everything its data say. Amounts are minor units of an invoice, never negative. */
export interface EInvoice {
  readonly number: string;
  readonly issuedOn: string;
  /** null: a cancellation. */
  readonly dueOn: string | null;
  readonly currency: string;
  readonly supply: Supply;
  readonly amounts: InvoiceAmounts;
  /** The invoice a cancellation takes back. */
  readonly takesBack: { readonly number: string; readonly issuedOn: string } | null;
  readonly deliveredOn: string;
  readonly item: { readonly name: string; readonly description: string };
  readonly note: string;
  readonly bank: { readonly accountHolder: string; readonly iban: string; readonly bic: string };
  readonly paymentTerms: string;
}

export interface EInvoiceFile {
  readonly extension: 'pdf' | 'xml';
  readonly contentType: string;
  readonly content: Buffer;
}

const INVOICE = '380';
/** A corrected invoice: the same with negative quantity and amounts, as it is printed. */
const CANCELLATION = '384';
const SEPA_TRANSFER = '58';
const TRANSFER = '30';
const NO_MEANS = '1';
const PIECE = 'C62';

const SILENT = { log() {}, warn() {}, error() {} } as unknown as ConstructorParameters<typeof InvoiceService>[0];

/** The invoice as a file in its form. The data are checked against the schema; what it does not take is an error. */
export async function eInvoiceFile(invoice: EInvoice, printed: Buffer): Promise<EInvoiceFile> {
  const service = invoiceService(invoice);
  const pdf = { buffer: new Uint8Array(printed), filename: `${invoice.number}.pdf`, mimetype: 'application/pdf' };
  const data = eInvoiceData(invoice);
  if (invoice.supply.format === 'xrechnung') {
    const xml = await service.generate(data, { format: 'XRECHNUNG-UBL', lang: 'de', pdf, embedPDF: true });
    return { extension: 'xml', contentType: 'application/xml', content: Buffer.from(xml) };
  }
  const made = await service.generate(data, { format: 'Factur-X-EN16931', lang: 'de', pdf });
  return { extension: 'pdf', contentType: 'application/pdf', content: Buffer.from(made as Uint8Array) };
}

interface Formatter {
  renderXML(data: Cii): string;
}

type Cii = { readonly 'rsm:CrossIndustryInvoice'?: Record<string, Record<string, Record<string, unknown>>> };

/**
 * The library, which checks the data and writes them in a syntax. In CII it looks for the invoice that is taken back (BT-25,
 * BT-26) where the data have none, so the reference is added before the XML is written; it stands last there.
 */
function invoiceService({ takesBack }: EInvoice): InvoiceService {
  const service = new InvoiceService(SILENT);
  const factory = new FormatFactoryService();
  const createFormatService: FormatFactoryService['createFormatService'] = (name, logger) => {
    const formatter = factory.createFormatService(name, logger);
    const writer = formatter as unknown as Formatter;
    const renderXML = writer.renderXML.bind(writer);
    writer.renderXML = (data) => {
      const settlement =
        data['rsm:CrossIndustryInvoice']?.['rsm:SupplyChainTradeTransaction']?.['ram:ApplicableHeaderTradeSettlement'];
      if (settlement !== undefined && takesBack !== null)
        settlement['ram:InvoiceReferencedDocument'] = {
          'ram:IssuerAssignedID': takesBack.number,
          'ram:FormattedIssueDateTime': {
            'qdt:DateTimeString': takesBack.issuedOn.replaceAll('-', ''),
            'qdt:DateTimeString@format': '102',
          },
        };
      return renderXML(data);
    };
    return formatter;
  };
  const normalizeFormat: FormatFactoryService['normalizeFormat'] = (name) => factory.normalizeFormat(name);
  return Object.assign(service, { formatFactoryService: { createFormatService, normalizeFormat } });
}

/** The invoice in the terms of EN 16931. */
export function eInvoiceData(invoice: EInvoice): Invoice {
  const { supply, takesBack } = invoice;
  return {
    'ubl:Invoice': {
      'cbc:ID': invoice.number,
      'cbc:IssueDate': invoice.issuedOn,
      ...(invoice.dueOn === null ? {} : { 'cbc:DueDate': invoice.dueOn }),
      'cbc:InvoiceTypeCode': takesBack === null ? INVOICE : CANCELLATION,
      // One of several lines: the library makes one note of several, which the other syntax does not take.
      ...(invoice.note === '' ? {} : { 'cbc:Note': [invoice.note] }),
      'cbc:DocumentCurrencyCode': invoice.currency,
      'cbc:BuyerReference': referenceOf(supply.buyer),
      ...(takesBack === null
        ? {}
        : {
            'cac:BillingReference': [
              { 'cac:InvoiceDocumentReference': { 'cbc:ID': takesBack.number, 'cbc:IssueDate': takesBack.issuedOn } },
            ],
          }),
      'cac:AccountingSupplierParty': { 'cac:Party': sellerParty(supply) },
      'cac:AccountingCustomerParty': { 'cac:Party': buyerParty(supply) },
      'cac:Delivery': deliveryOf(invoice),
      'cac:PaymentMeans': [paymentMeans(invoice)],
      ...(invoice.dueOn === null ? {} : { 'cac:PaymentTerms': { 'cbc:Note': invoice.paymentTerms } }),
      ...totalsOf(invoice),
      'cac:InvoiceLine': [lineOf(invoice)],
    },
  } as unknown as Invoice;
}

function deliveryOf({ deliveredOn, supply }: EInvoice): object {
  const needsPlace = vatTreatment(supply.treatment).category === 'K';
  return {
    'cbc:ActualDeliveryDate': deliveredOn,
    ...(needsPlace ? { 'cac:DeliveryLocation': { 'cac:Address': addressOf(supply.buyer) } } : {}),
  };
}

function paymentMeans({ bank, currency, number, dueOn }: EInvoice): object {
  if (bank.iban === '' || dueOn === null) return { 'cbc:PaymentMeansCode': NO_MEANS };
  return {
    'cbc:PaymentMeansCode': currency === 'EUR' ? SEPA_TRANSFER : TRANSFER,
    'cbc:PaymentID': number,
    'cac:PayeeFinancialAccount': {
      'cbc:ID': bank.iban,
      ...(bank.accountHolder === '' ? {} : { 'cbc:Name': bank.accountHolder }),
      ...(bank.bic === '' ? {} : { 'cac:FinancialInstitutionBranch': { 'cbc:ID': bank.bic } }),
    },
  };
}

function totalsOf(invoice: EInvoice): object {
  const { currency, amounts, supply } = invoice;
  const money = (name: string, cents: number) => moneyIn(currency, name, cents * signOf(invoice));
  const { exemptionCode } = vatTreatment(supply.treatment);
  const { net, vat, rounding, payable } = amounts;
  return {
    'cac:TaxTotal': [
      {
        ...money('TaxAmount', vat),
        'cac:TaxSubtotal': [
          {
            ...money('TaxableAmount', net),
            ...money('TaxAmount', vat),
            'cac:TaxCategory': {
              ...categoryOf(supply),
              ...(exemptionCode === null ? {} : { 'cbc:TaxExemptionReasonCode': exemptionCode }),
              ...(supply.exemptionText === '' ? {} : { 'cbc:TaxExemptionReason': supply.exemptionText }),
            },
          },
        ],
      },
    ],
    'cac:LegalMonetaryTotal': {
      ...money('LineExtensionAmount', net),
      ...money('TaxExclusiveAmount', net),
      ...money('TaxInclusiveAmount', net + vat),
      ...(rounding === 0 ? {} : money('PayableRoundingAmount', rounding)),
      ...money('PayableAmount', payable),
    },
  };
}

function lineOf(invoice: EInvoice): object {
  const { currency, item, supply } = invoice;
  const { net } = invoice.amounts;
  return {
    'cbc:ID': '1',
    'cbc:InvoicedQuantity': String(signOf(invoice)),
    'cbc:InvoicedQuantity@unitCode': PIECE,
    ...moneyIn(currency, 'LineExtensionAmount', net * signOf(invoice)),
    'cac:Item': {
      ...(item.description === '' ? {} : { 'cbc:Description': item.description }),
      'cbc:Name': item.name,
      'cac:ClassifiedTaxCategory': categoryOf(supply),
    },
    'cac:Price': moneyIn(currency, 'PriceAmount', net),
  };
}

function categoryOf({ treatment, rateBasisPoints }: Supply): object {
  const { category } = vatTreatment(treatment);
  return {
    'cbc:ID': category,
    ...(category === 'O' ? {} : { 'cbc:Percent': percent(rateBasisPoints) }),
    'cac:TaxScheme': { 'cbc:ID': 'VAT' },
  };
}

function signOf({ takesBack }: EInvoice): 1 | -1 {
  return takesBack === null ? 1 : -1;
}

function moneyIn(currency: string, name: string, cents: number): object {
  return { [`cbc:${name}`]: decimal(cents), [`cbc:${name}@currencyID`]: currency };
}

/** -12345: `-123.45`. */
function decimal(cents: number): string {
  const text = String(Math.abs(cents)).padStart(3, '0');
  return `${cents < 0 ? '-' : ''}${text.slice(0, -2)}.${text.slice(-2)}`;
}

/** 1900 basis points: `19`, 810: `8.1`. */
function percent(basisPoints: number): string {
  return decimal(basisPoints).replace(/\.?0+$/, '') || '0';
}
