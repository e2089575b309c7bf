/** `<form data-undo="10">` counts its seconds down and goes when they are over; the server decides for itself. */
export function startUndo() {
  for (const form of document.querySelectorAll('form[data-undo]')) {
    const left = form.querySelector('[data-undo-left]');
    const end = performance.now() + Number(form.dataset.undo) * 1000;
    const show = () => {
      const seconds = Math.ceil((end - performance.now()) / 1000);
      if (seconds > 0) {
        left.textContent = `${seconds} s`;
        return;
      }
      clearInterval(timer);
      // A button that is about to be pressed must not send the focus to nowhere.
      if (form.contains(document.activeElement)) document.getElementById('content')?.focus();
      form.remove();
    };
    const timer = setInterval(show, 250);
    left.hidden = false;
    show();
  }
}
