/** `<button hidden data-copy="id of a field" data-copied="said afterwards">` copies the field's text. */
export function startCopyButtons() {
  if (!navigator.clipboard) return;
  for (const button of document.querySelectorAll('button[data-copy]')) {
    button.hidden = false;
    button.addEventListener('click', async () => {
      const field = document.getElementById(button.dataset.copy);
      await navigator.clipboard.writeText(field.value);
      const words = button.querySelector('[data-copy-label]');
      if (words) words.textContent = button.dataset.copied;
    });
  }
}
