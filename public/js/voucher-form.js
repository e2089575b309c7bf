/** The voucher form: tabs, the type at once, the duplicate check while typing, and the summary that follows the fields. */
const PAUSE_MS = 300;

export function startVoucherForm() {
  const form = document.querySelector('[data-voucher-form]');
  if (!(form instanceof HTMLFormElement)) return;
  startTabs(form);
  startTypeChange(form);
  startCodeCheck(form);
  startSummary(form);
}

function startTabs(form) {
  const tabs = [...form.querySelectorAll('[data-tab]')];
  const show = (name) => {
    for (const tab of tabs) tab.setAttribute('aria-current', String(tab.dataset.tab === name));
    for (const panel of form.querySelectorAll('[data-panel]')) panel.hidden = panel.dataset.panel !== name;
  };
  for (const tab of tabs) {
    tab.addEventListener('click', (event) => {
      event.preventDefault();
      show(tab.dataset.tab);
    });
  }
  const wrong = form.querySelector('[aria-invalid="true"], .invalid-feedback');
  const named = location.hash.slice(1);
  show(wrong?.closest('[data-panel]')?.dataset.panel ?? (tabs.some((tab) => tab.dataset.tab === named) ? named : lastPanel(form)));
  document.addEventListener('click', (event) => {
    const link = event.target instanceof Element ? event.target.closest('a[href^="#f-"]') : null;
    const panel = link && document.getElementById(link.getAttribute('href').slice(1))?.closest('[data-panel]');
    if (panel) show(panel.dataset.panel);
  }, true);
  form.addEventListener('submit', () => {
    const open = form.querySelector('[data-panel]:not([hidden])');
    if (open) sessionStorage.setItem('voucher-tab', open.dataset.panel);
  });
}

function lastPanel(form) {
  const last = sessionStorage.getItem('voucher-tab');
  sessionStorage.removeItem('voucher-tab');
  return form.querySelector(`[data-panel="${last}"]`) ? last : 'validity';
}

function startTypeChange(form) {
  const button = form.querySelector('[data-take-type]');
  if (!button) return;
  button.hidden = true;
  form.elements.namedItem('type')?.addEventListener('change', () => button.click());
}

function startCodeCheck(form) {
  const box = form.querySelector('[data-code-check]');
  const field = form.elements.namedItem('code');
  if (!box || !field) return;
  const answer = box.querySelector('[data-code-answer]');
  field.addEventListener('input', afterPause(async () => {
    const response = await fetch(`${box.dataset.codeCheck}?code=${encodeURIComponent(field.value)}`);
    if (!response.ok) return;
    const { isFree, text } = await response.json();
    answer.textContent = text;
    answer.classList.toggle('text-danger', !isFree);
  }));
}

function startSummary(form) {
  const box = document.querySelector('[data-voucher-summary]');
  if (!box) return;
  form.addEventListener('input', afterPause(async () => {
    const response = await fetch(box.dataset.voucherSummary, { method: 'POST', body: new URLSearchParams(new FormData(form)) });
    if (response.ok) box.innerHTML = await response.text();
  }));
}

function afterPause(work) {
  let timer;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(() => void work(), PAUSE_MS);
  };
}
