/** The voucher as it will look, and its price, while the form is being filled in; the form itself needs none of this. */
const form = document.querySelector('form[data-shop]');
if (form instanceof HTMLFormElement) start(form);

function start(shop) {
  const money = new Intl.NumberFormat(document.documentElement.lang === 'de' ? 'de-DE' : 'en-GB', {
    style: 'currency',
    currency: shop.dataset.currency,
  });
  const find = (name) => shop.querySelector(`[data-${name}]`);
  const free = shop.elements.namedItem('freeAmount');
  shop.classList.add('is-live');
  free?.addEventListener('focus', () => {
    const choice = shop.querySelector('input[name="amountChoice"][value="free"]');
    if (choice) choice.checked = true;
    show();
  });
  shop.addEventListener('input', show);
  show();

  function show() {
    const values = new FormData(shop);
    const amount =
      values.get('amountChoice') === 'free'
        ? centsOf(String(values.get('freeAmount') ?? ''))
        : Number(values.get('amountChoice'));
    const quantity = Math.max(1, Math.trunc(Number(values.get('quantity')) || 1));
    const shown = amount > 0 ? amount : 0;
    setText('gift-amount', money.format(shown / 100));
    setText('sum-amount', money.format(shown / 100));
    setText('sum-quantity', String(quantity));
    setText('sum-total', money.format((shown * quantity) / 100));
    fill('gift-for', 'gift-recipient', String(values.get('recipientName') ?? '').trim());
    fill('gift-message', 'gift-message', String(values.get('message') ?? '').trim());
    const picture = shop.querySelector('input[name="motif"]:checked')?.dataset.picture;
    const image = find('gift-picture');
    if (picture && image && image.getAttribute('src') !== picture) image.setAttribute('src', picture);
  }

  function setText(name, text) {
    const element = find(name);
    if (element && element.textContent !== text) element.textContent = text;
  }

  function fill(boxName, textName, text) {
    const box = find(boxName);
    if (box) box.hidden = text === '';
    setText(textName, text);
  }
}

/** `75`, `75,50` or `1.000` as cents; the server reads it again and decides. */
function centsOf(text) {
  const match = /^(\d{1,3}(?:[. ]?\d{3})*|\d+)(?:[.,](\d{1,2}))?$/.exec(text.replace(/[€\s]/g, ''));
  return match ? Number(match[1].replace(/\D/g, '')) * 100 + Number((match[2] ?? '').padEnd(2, '0') || 0) : 0;
}
