/** The voucher form: tabs, rows without a new page, the duplicate check while typing, and the summary that follows the fields. */
const PAUSE_MS = 300;
const TAB_KEY = 'reisebon.voucher-tab';

export function startVoucherForm() {
  const form = document.querySelector('[data-voucher-form]');
  if (!(form instanceof HTMLFormElement)) return;
  startTabs(form);
  startTaking(form);
  startRows(form);
  startCodeCheck(form);
  startSummary(form);
  startDraft(form);
  startLeaving(form);
}

function startTabs(form) {
  const tabs = [...form.querySelectorAll('[data-tab]')];
  const actions = form.querySelector('[data-form-actions]');
  form.classList.add('voucher-tabbed');
  const show = (name) => {
    for (const tab of tabs) {
      if (tab.dataset.tab === name) tab.setAttribute('aria-current', 'true');
      else tab.removeAttribute('aria-current');
    }
    for (const panel of form.querySelectorAll('[data-panel]')) panel.hidden = panel.dataset.panel !== name;
    if (actions) actions.hidden = name === 'history';
  };
  for (const tab of tabs) {
    tab.addEventListener('click', (event) => {
      event.preventDefault();
      show(tab.dataset.tab);
      history.replaceState(null, '', tab.hash);
    });
  }
  const isTab = (name) => tabs.some((tab) => tab.dataset.tab === name);
  const wrong = form.querySelector('[aria-invalid="true"], .invalid-feedback')?.closest('[data-panel]')?.dataset.panel;
  const last = sessionStorage.getItem(TAB_KEY);
  sessionStorage.removeItem(TAB_KEY);
  show([wrong, location.hash.slice(1), last].find((name) => name && isTab(name)) ?? 'validity');
  // A link to a field, as in the summary of what is wrong, opens the tab in which the field stands.
  document.addEventListener(
    'click',
    (event) => {
      const link = event.target instanceof Element ? event.target.closest('a[href^="#f-"]') : null;
      const panel = link && document.getElementById(link.getAttribute('href').slice(1))?.closest('[data-panel]');
      if (panel) show(panel.dataset.panel);
    },
    true,
  );
  form.addEventListener('submit', () => {
    const open = form.querySelector('[data-panel]:not([hidden])');
    if (open) sessionStorage.setItem(TAB_KEY, open.dataset.panel);
  });
}

/** The printed page follows the fields while its tab is open; without scripts there is a button. */
function startDraft(form) {
  const button = form.querySelector('[data-draft]');
  const panel = button?.closest('[data-panel]');
  if (!button || !panel) return;
  button.hidden = true;
  let shown = '';
  let timer;
  const show = () => {
    if (panel.hidden) return;
    const body = new URLSearchParams(new FormData(form));
    if (body.toString() === shown) return;
    shown = body.toString();
    // A form of its own: that of the page is neither sent nor taken for sent.
    const copy = document.createElement('form');
    Object.assign(copy, { method: 'post', action: button.formAction, target: button.formTarget, hidden: true });
    for (const [name, value] of body)
      copy.append(Object.assign(document.createElement('input'), { type: 'hidden', name, value }));
    document.body.append(copy);
    copy.submit();
    copy.remove();
  };
  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(show, PAUSE_MS);
  };
  form.addEventListener('input', soon);
  form.addEventListener('change', soon);
  new MutationObserver(soon).observe(panel, { attributeFilter: ['hidden'] });
  soon();
}

/** The type and the campaign are taken at once; without scripts there is a button beside each. */
function startTaking(form) {
  for (const [button, name] of [
    ['[data-take-type]', 'type'],
    ['[data-take-campaign]', 'campaign'],
  ]) {
    const take = form.querySelector(button);
    if (!take) continue;
    take.hidden = true;
    form.elements.namedItem(name)?.addEventListener('change', () => take.click());
  }
}

/** Adds and removes rows in place: the same form is sent, and only its rows are taken from the answer. */
function startRows(form) {
  form.addEventListener('click', (event) => {
    const button = event.target instanceof Element ? event.target.closest('button[name="do"]') : null;
    const rows = button?.closest('[data-rows-of]');
    if (!rows) return;
    event.preventDefault();
    void changeRows(form, button, rows);
  });
}

async function changeRows(form, button, rows) {
  if (rows.getAttribute('aria-busy') === 'true') return;
  rows.setAttribute('aria-busy', 'true');
  const body = new URLSearchParams(new FormData(form));
  body.set('do', button.value);
  const response = await fetch(form.action, { method: 'POST', body });
  const page = new DOMParser().parseFromString(await response.text(), 'text/html');
  const fresh = page.getElementById(rows.id);
  if (!fresh) {
    rows.removeAttribute('aria-busy');
    return;
  }
  const adopted = document.adoptNode(fresh);
  rows.replaceWith(adopted);
  const fields = adopted.querySelectorAll('.voucher-row:last-of-type input:not([type="hidden"], [type="checkbox"])');
  const isAdded = button.value.startsWith('add:');
  (isAdded ? fields[0] : adopted.querySelector('button[value^="add:"]'))?.focus();
  form.dispatchEvent(new Event('input', { bubbles: true }));
}

function startCodeCheck(form) {
  const box = form.querySelector('[data-code-check]');
  const field = form.elements.namedItem('code');
  if (!box || !(field instanceof HTMLInputElement)) return;
  const answer = box.querySelector('[data-code-answer]');
  field.addEventListener(
    'input',
    afterPause(async () => {
      const typed = field.value;
      const response = await fetch(`${box.dataset.codeCheck}?code=${encodeURIComponent(typed)}`);
      if (!response.ok || field.value !== typed) return;
      const { isFree, text } = await response.json();
      answer.textContent = text;
      answer.classList.toggle('is-bad', !isFree);
    }),
  );
}

function startSummary(form) {
  const box = document.querySelector('[data-voucher-summary]');
  if (!box || !form.querySelector('[data-form-actions]')) return;
  let asked = 0;
  form.addEventListener(
    'input',
    afterPause(async () => {
      const turn = ++asked;
      const response = await fetch(box.dataset.voucherSummary, {
        method: 'POST',
        body: new URLSearchParams(new FormData(form)),
      });
      if (response.ok && turn === asked) box.innerHTML = await response.text();
    }),
  );
}

/** Asks before something typed is left behind. */
function startLeaving(form) {
  if (!form.querySelector('[data-form-actions]')) return;
  let isChanged = false;
  form.addEventListener('input', (event) => {
    if (event.isTrusted) isChanged = true;
  });
  form.addEventListener('submit', () => {
    isChanged = false;
  });
  window.addEventListener('beforeunload', (event) => {
    if (isChanged) event.preventDefault();
  });
}

function afterPause(work) {
  let timer;
  return (...values) => {
    clearTimeout(timer);
    timer = setTimeout(() => void work(...values), PAUSE_MS);
  };
}
