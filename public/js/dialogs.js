/** Buttons with `command` and `commandfor` open dialogs by themselves in newer browsers; this does it in the others. */
export function startDialogs() {
  startDialogLinks();
  if ('command' in HTMLButtonElement.prototype) return;
  document.addEventListener('click', (event) => {
    const button = event.target.closest('button[commandfor]');
    if (!button) return;
    const dialog = document.getElementById(button.getAttribute('commandfor'));
    if (!(dialog instanceof HTMLDialogElement)) return;
    if (button.getAttribute('command') === 'show-modal') dialog.showModal();
    else dialog.close();
  });
}

/** `<a href="/a/page" data-open-dialog="id">` opens the dialog; without scripts it leads to the page with the same form. */
function startDialogLinks() {
  document.addEventListener('click', (event) => {
    const link = event.target instanceof Element ? event.target.closest('a[data-open-dialog]') : null;
    const dialog = link && document.getElementById(link.dataset.openDialog);
    if (!(dialog instanceof HTMLDialogElement) || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    dialog.showModal();
  });
}
