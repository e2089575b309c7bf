/** What an agency's own page does with the element: it shows the new price. */
document.addEventListener('voucher-change', ({ target, detail }) => {
  const place = document.querySelector('[data-embed-price]');
  if (!place || target.localName !== 'voucher-code') return;
  const format = new Intl.NumberFormat(document.documentElement.lang === 'en' ? 'en-GB' : 'de-DE', {
    style: 'currency',
    currency: detail.currency,
  });
  place.textContent = format.format(detail.payable / 100);
});
