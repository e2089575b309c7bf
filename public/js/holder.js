/** The code behind the `#` of a voucher's QR code: for a holder it fills the field, for somebody at the counter it opens the voucher there. */
const code = decodeURIComponent(location.hash.slice(1));
const form = document.querySelector('form[data-holder]');
const agent = document.querySelector('form[data-holder-agent]');
if (code !== '') {
  history.replaceState(null, '', location.pathname);
  if (agent instanceof HTMLFormElement) {
    agent.elements.namedItem('code').value = code;
    agent.submit();
  } else if (form instanceof HTMLFormElement) {
    form.elements.namedItem('code').value = code;
    form.elements.namedItem('pin').focus();
  }
}
