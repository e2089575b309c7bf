/** The icons of the sprite, by their names in the Tabler set (outline). Add a name here to use it. */
export const ICONS = [
  'alert-circle',
  'alert-triangle',
  'archive',
  'arrow-back-up',
  'arrow-down',
  'arrow-left',
  'arrow-right',
  'arrow-up',
  'ban',
  'building-store',
  'bulb',
  'calendar',
  'camera',
  'cash',
  'check',
  'chevron-down',
  'chevron-left',
  'chevron-right',
  'chevron-up',
  'circle-check',
  'circle-minus',
  'circle-x',
  'clipboard-list',
  'clock',
  'coins',
  'copy',
  'credit-card',
  'discount',
  'dots-vertical',
  'download',
  'edit',
  'external-link',
  'eye',
  'eye-off',
  'file-text',
  'filter',
  'gift',
  'help',
  'history',
  'home',
  'info-circle',
  'key',
  'keyboard',
  'language',
  'layout-dashboard',
  'list',
  'lock',
  'lock-open',
  'logout',
  'mail',
  'map-pin',
  'menu-2',
  'minus',
  'moon',
  'percentage',
  'plane',
  'plus',
  'receipt',
  'receipt-refund',
  'refresh',
  'search',
  'settings',
  'shield',
  'shopping-cart',
  'sparkles',
  'speakerphone',
  'sun',
  'sun-moon',
  'tag',
  'ticket',
  'ticket-off',
  'trash',
  'upload',
  'user',
  'users',
  'world',
  'x',
] as const;

export type IconName = (typeof ICONS)[number];

export function isIcon(name: string): name is IconName {
  return (ICONS as readonly string[]).includes(name);
}

/** One SVG file with a symbol per icon, from the files of the icon set as `read` gives them. */
export function iconSprite(read: (name: IconName) => string): string {
  const symbols = ICONS.map((name) => {
    const shapes = [...read(name).matchAll(/<(?:path|circle|rect|line|polyline|polygon|ellipse)[^>]*\/>/g)].map(
      ([shape]) => shape,
    );
    const drawn = shapes.filter((shape) => !shape.includes('M0 0h24v24H0z'));
    return `<symbol id="${name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-linecap="round" stroke-linejoin="round">${drawn.join('')}</symbol>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join('')}</svg>`;
}
