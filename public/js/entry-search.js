/** `<input list="id" data-entries="/url">` offers what fits what is typed, asked for after each pause. */
const PAUSE_MS = 300;

export function startEntrySearch() {
  let timer;
  document.addEventListener('input', ({ target: field }) => {
    if (!(field instanceof HTMLInputElement) || !field.dataset.entries || field.value.endsWith(')')) return;
    clearTimeout(timer);
    timer = setTimeout(() => ask(field), PAUSE_MS);
  });
}

async function ask(field) {
  const url = new URL(field.dataset.entries, location.href);
  const typed = field.value;
  url.searchParams.set('q', typed);
  const response = await fetch(url);
  const list = document.getElementById(field.getAttribute('list'));
  if (!list || !response.ok) return;
  const { entries } = await response.json();
  if (field.value === typed)
    list.replaceChildren(...entries.map((entry) => Object.assign(document.createElement('option'), { value: entry })));
}
