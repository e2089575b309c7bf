/** What the voucher pays and what is left to pay, while the price is being typed; the engine decides when the form is sent. */
const form = document.querySelector('form[data-counter-redeem]');
if (form instanceof HTMLFormElement && form.dataset.available !== '') start(form);

function start(redemption) {
  const box = redemption.querySelector('[data-counter-sum]');
  const money = new Intl.NumberFormat(document.documentElement.lang === 'de' ? 'de-DE' : 'en-GB', {
    style: 'currency',
    currency: redemption.dataset.currency,
  });
  const available = Number(redemption.dataset.available);
  redemption.addEventListener('input', show);
  show();

  function show() {
    const price = centsOf(redemption.elements.namedItem('price').value);
    const atMost = centsOf(redemption.elements.namedItem('atMost').value);
    const part = Math.min(price, available, atMost > 0 ? atMost : Infinity);
    box.textContent =
      price > 0
        ? box.dataset.text
            .replace('#part', money.format(part / 100))
            .replace('#rest', money.format((price - part) / 100))
        : '';
  }
}

/** `75`, `75,50` or `1.000` as cents. */
function centsOf(text) {
  const match = /^(\d{1,3}(?:[. ]?\d{3})*|\d+)(?:[.,](\d{1,2}))?$/.exec(text.replace(/[€\s]/g, ''));
  return match ? Number(match[1].replace(/\D/g, '')) * 100 + Number((match[2] ?? '').padEnd(2, '0') || 0) : 0;
}
