/** The pictures a buyer can choose from; their names are texts of the shop. */
export const SHOP_MOTIFS = ['strand', 'wandern', 'stadt', 'winter', 'kreuzfahrt', 'familie', 'wellness', 'safari'] as const;
export type ShopMotif = (typeof SHOP_MOTIFS)[number];

export function motifOf(id: string | null): ShopMotif {
  return SHOP_MOTIFS.find((one) => one === id) ?? SHOP_MOTIFS[0];
}

export function pictureOf(motif: ShopMotif): string {
  return `img/trips/${motif}.svg`;
}
