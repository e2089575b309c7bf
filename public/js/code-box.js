/** The code box without leaving the page: the same forms, sent in the background. Without it they work as they are. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const GENERATED_LENGTH = 16;

const announce = document.querySelector('[data-announce]');

document.addEventListener('submit', (event) => {
  const form = event.target;
  if (form.matches('[data-confirm]')) {
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = 'true';
    return;
  }
  if (!form.matches('[data-code-form]')) return;
  event.preventDefault();
  void send(form);
});

// Coming back from the confirmation, the button must work again.
window.addEventListener('pageshow', () => {
  for (const form of document.querySelectorAll('[data-confirm]')) delete form.dataset.sent;
});

document.addEventListener('input', (event) => {
  if (event.target.id === 'f-code') showTypo(event.target);
});

async function send(form) {
  if (form.getAttribute('aria-busy') === 'true') return;
  form.setAttribute('aria-busy', 'true');
  try {
    const answer = await fetch(form.action, { method: 'POST', body: new URLSearchParams(new FormData(form)) });
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
    const fresh = page.querySelector('[data-checkout]');
    if (!fresh) {
      location.assign('/demo/checkout');
      return;
    }
    // The focus is set below; the browser would only complain about this one.
    fresh.querySelector('[autofocus]')?.removeAttribute('autofocus');
    document.querySelector('[data-checkout]').replaceWith(document.adoptNode(fresh));
    const field = document.getElementById('f-code');
    const said = document.querySelector('[data-code-error], [data-message]');
    say(said ? said.textContent.trim() : '');
    field.focus();
    field.setSelectionRange(field.value.length, field.value.length);
  } catch {
    form.removeAttribute('aria-busy');
    say(announce.dataset.offline);
    announce.classList.remove('visually-hidden');
  }
}

/** An empty region first, so that the same sentence is read again. */
function say(text) {
  announce.classList.add('visually-hidden');
  announce.textContent = '';
  setTimeout(() => {
    announce.textContent = text;
  }, 50);
}

/** Only a hint: a code somebody chose freely may look like a generated one. */
function showTypo(field) {
  const hint = document.querySelector('[data-typo-hint]');
  const isOdd = isMistyped(field.value);
  hint.hidden = !isOdd;
  hint.textContent = isOdd ? field.dataset.typo : '';
}

/** The check character of generated codes, as the server reckons it. */
function isMistyped(typed) {
  const normalised = typed
    .normalize('NFKC')
    .toUpperCase()
    .replace(/[^\p{L}\p{N}]/gu, '');
  const part = normalised.replaceAll('O', '0').replaceAll(/[IL]/g, '1');
  if (part.length !== GENERATED_LENGTH || [...part].some((character) => !ALPHABET.includes(character))) return false;
  let sum = 0;
  for (const character of part.slice(0, -1)) {
    const doubled = (sum ^ ALPHABET.indexOf(character)) << 1;
    sum = doubled > 31 ? doubled ^ 0b100101 : doubled;
  }
  return ALPHABET[sum] !== part.at(-1);
}
