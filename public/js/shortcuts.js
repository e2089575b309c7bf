/**
 * Keys for people who work here all day. A page marks what they reach:
 * `data-shortcut-search` the search field, `data-shortcut-new` the link to a new record, `data-rows` a table body whose
 * rows J and K walk, in a row the first link (Enter opens it) and its check box (X), `data-shortcut-save` the form.
 */
const SWITCH_KEY = 'reisebon.shortcuts';

export function startShortcuts() {
  const help = document.getElementById('shortcuts');
  const toggle = help?.querySelector('[data-shortcuts-switch]');
  if (toggle) {
    toggle.checked = areOn();
    toggle.addEventListener('change', () => localStorage.setItem(SWITCH_KEY, toggle.checked ? 'on' : 'off'));
  }
  for (const button of document.querySelectorAll('[data-open-shortcuts]')) {
    button.hidden = false;
    button.addEventListener('click', () => help?.showModal());
  }
  document.addEventListener('keydown', (event) => {
    if (event.defaultPrevented || !areOn()) return;
    if ((event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && event.key.toLowerCase() === 's') {
      save(event);
      return;
    }
    if (
      event.ctrlKey ||
      event.metaKey ||
      event.altKey ||
      isTyping(event.target) ||
      document.querySelector('dialog[open]')
    )
      return;
    const action = ACTIONS[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (action?.()) event.preventDefault();
  });
}

const ACTIONS = {
  '/': () => focusOn(document.querySelector('[data-shortcut-search]')),
  '?': () => openHelp(),
  n: () => follow(document.querySelector('[data-shortcut-new]')),
  j: () => walk(1),
  k: () => walk(-1),
  x: () => click(currentRow()?.querySelector('input[type="checkbox"]')),
  Enter: () => document.activeElement === document.body && follow(currentRow()?.querySelector('a[href]')),
};

function areOn() {
  return localStorage.getItem(SWITCH_KEY) !== 'off';
}

function isTyping(target) {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || /^(input|textarea|select)$/i.test(target.tagName)) &&
    target.type !== 'checkbox' &&
    target.type !== 'radio'
  );
}

function save(event) {
  const form = document.querySelector('form[data-shortcut-save]');
  if (!form) return;
  event.preventDefault();
  form.requestSubmit();
}

function openHelp() {
  const help = document.getElementById('shortcuts');
  help?.showModal();
  return help !== null;
}

function walk(step) {
  const rows = [...document.querySelectorAll('[data-rows] > tr')];
  if (rows.length === 0) return false;
  const before = rows.indexOf(currentRow());
  const next = rows[Math.min(Math.max(before + step, 0), rows.length - 1)];
  rows[before]?.removeAttribute('data-current');
  next.setAttribute('data-current', '');
  next.scrollIntoView({ block: 'nearest' });
  // The cursor goes along, so that a screen reader says the row and Enter opens it.
  next.querySelector('a[href]')?.focus({ preventScroll: true });
  return true;
}

function currentRow() {
  return document.querySelector('[data-rows] > tr[data-current]');
}

function focusOn(element) {
  element?.focus();
  element?.select?.();
  return Boolean(element);
}

function follow(link) {
  link?.click();
  return Boolean(link);
}

function click(element) {
  element?.click();
  return Boolean(element);
}
