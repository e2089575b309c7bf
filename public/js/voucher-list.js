/** The list of vouchers: all rows at once, how many are chosen, and the selection as what the action is for. */
export function startVoucherList() {
  const form = document.querySelector('form[data-bulk]');
  if (!form) return;
  const boxes = [...form.querySelectorAll('input[name="ids"]')];
  const all = form.querySelector('[data-check-all]');
  const count = form.querySelector('[data-selected-count]');
  if (!all || !count) return;
  all.hidden = false;
  const show = () => {
    const chosen = boxes.filter((box) => box.checked).length;
    all.checked = chosen === boxes.length;
    all.indeterminate = chosen > 0 && chosen < boxes.length;
    count.textContent =
      chosen === 0 ? '' : chosen === 1 ? count.dataset.one : count.dataset.other.replace('#', String(chosen));
  };
  all.addEventListener('change', () => {
    for (const box of boxes) box.checked = all.checked;
    show();
  });
  form.addEventListener('change', show);
  show();
}
