import type { Request, Response, Router } from 'express';
import { formView } from '../../../platform/html/form-view.ts';
import { renderPage } from '../../../platform/html/views.ts';
import { pageRouter } from '../../../platform/http/page-router.ts';
import { requires } from '../../../platform/http/permissions.ts';
import { textOf } from '../../../platform/http/request.ts';
import { appError } from '../../../platform/process/errors.ts';
import type { Shell } from '../../../platform/process/feature.ts';
import { printReceipt, readReceipt, type Receipt } from '../../accounting/receipts/receipt-service.ts';
import { embeddedFonts } from '../../documents/printing/print-service.ts';
import { documentSettings } from '../../settings/document-settings-service.ts';
import { receiptLines } from './receipt-view.ts';

const PATH = '/admin/receipts/:number';

/** A receipt as it was given out, and its paper: the first one is the original, each later one says that it is a copy. */
export function receiptPages(shell: Shell): Router {
  const { database, renderView, printer, root, i18n } = shell;
  const fonts = embeddedFonts(root);
  const router = pageRouter();

  router.get(PATH, requires('receipts.see'), async (req, res) => {
    const receipt = await readReceipt(database.knex, numberOf(req));
    const { t } = res.locals;
    renderPage(res, 'counter/receipt', {
      title: t(`counter:receipt.title.${receipt.kind}`, { number: receipt.number }),
      form: formView({}),
      receipt,
      ...(await sheetOf(receipt, res)),
      isPrinted: receipt.prints > 0,
      action: `/admin/receipts/${receipt.number}/print`,
      pdfHref: receipt.prints > 0 ? `/admin/receipts/${receipt.number}/pdf` : '',
    });
  });

  router.post(`${PATH}/print`, requires('receipts.see'), async (req, res) => {
    const { receipt } = await printReceipt(database, numberOf(req));
    res.redirect(303, `/admin/receipts/${receipt.number}/pdf`);
  });

  router.get(`${PATH}/pdf`, requires('receipts.see'), async (req, res) => {
    const receipt = await readReceipt(database.knex, numberOf(req));
    if (receipt.prints === 0) return res.redirect(303, `/admin/receipts/${receipt.number}`);
    const html = renderView('pdf/receipt', {
      page: { locale: 'de', t: i18n.translator('de') },
      locale: 'de',
      title: receipt.number,
      fonts,
      receipt,
      isCopy: receipt.prints > 1,
      ...(await sheetOf(receipt, res)),
    });
    res.type('application/pdf').set('Content-Disposition', `inline; filename="${receipt.number}.pdf"`);
    res.send(await printer.print(html, {}));
  });

  return router;

  async function sheetOf(receipt: Receipt, res: Response): Promise<object> {
    const names = await shell.namesOfActors([receipt.actor]);
    const { companyName, companyAddress } = await documentSettings(database.knex);
    return {
      companyName,
      companyLines: companyAddress.split('\n').filter((line) => line !== ''),
      who: names.get(receipt.actor) ?? receipt.actor,
      ...receiptLines(receipt, res.locals.t),
    };
  }
}

function numberOf(req: Request): string {
  const number = textOf(req.params['number'], 64);
  if (!/^[A-Z]{1,3}-\d{4}-\d{6,}$/.test(number)) throw appError('not_found');
  return number;
}
