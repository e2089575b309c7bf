/** What a form would do, fetched again after each pause in typing: `<form data-preview="/url">` fills `[data-preview-box]`. */
const PAUSE_MS = 300;

export function startLivePreview() {
  const form = document.querySelector('form[data-preview]');
  const box = document.querySelector('[data-preview-box]');
  if (!(form instanceof HTMLFormElement) || !box) return;
  let timer;
  form.addEventListener('input', () => {
    clearTimeout(timer);
    timer = setTimeout(async () => {
      const response = await fetch(form.dataset.preview, {
        method: 'POST',
        body: new URLSearchParams(new FormData(form)),
      });
      if (response.ok) box.innerHTML = await response.text();
    }, PAUSE_MS);
  });
}
