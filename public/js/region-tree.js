/** Regions dropped onto another one; the buttons beside each do the same without a mouse. */
export function startRegionTree() {
  const tree = document.querySelector('[data-region-tree]');
  const form = document.querySelector('[data-region-drop]');
  if (!tree || !(form instanceof HTMLFormElement)) return;
  let dragged = null;
  const rowOf = (event) => (event.target instanceof Element ? event.target.closest('[data-region]') : null);
  const mark = (row) => {
    tree.querySelector('[data-drop]')?.removeAttribute('data-drop');
    if (row && row !== dragged) row.setAttribute('data-drop', '');
  };
  tree.addEventListener('dragstart', (event) => {
    dragged = rowOf(event);
  });
  tree.addEventListener('dragover', (event) => {
    const row = rowOf(event);
    mark(row);
    if (row && row !== dragged) event.preventDefault();
  });
  tree.addEventListener('dragend', () => mark(null));
  tree.addEventListener('drop', (event) => {
    const row = rowOf(event);
    if (!row || !dragged || row === dragged) return;
    event.preventDefault();
    form.action = `${dragged.querySelector('.region-moves').getAttribute('action')}`;
    form.elements.namedItem('into').value = row.dataset.region;
    form.submit();
  });
}
