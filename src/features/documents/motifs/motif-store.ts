import type { Knex } from 'knex';
import { isId } from '../../../platform/data/id.ts';

export const PANEL_POSITIONS = ['left', 'right', 'center'] as const;
export type PanelPosition = (typeof PANEL_POSITIONS)[number];

export interface MotifDesign {
  readonly name: string;
  /** null: for every brand. */
  readonly brand: string | null;
  readonly position: PanelPosition;
  /** `#rrggbb` */
  readonly textColor: string;
  readonly panelColor: string;
}

export interface Motif extends MotifDesign {
  readonly id: string;
  readonly imageHash: string;
  readonly width: number;
  readonly height: number;
  readonly isArchived: boolean;
  readonly version: number;
}

export interface MotifImage {
  readonly image: Buffer;
  readonly thumbnail: Buffer;
  readonly hash: string;
  readonly width: number;
  readonly height: number;
}

export async function insertMotif(
  trx: Knex.Transaction,
  design: MotifDesign,
  image: MotifImage,
  now: number,
): Promise<string> {
  const [id] = await trx('motifs').insert({ ...designColumns(design), ...imageColumns(image), created_at: now });
  return String(id);
}

export async function updateMotif(
  trx: Knex.Transaction,
  id: string,
  design: MotifDesign,
  image: MotifImage | null,
): Promise<void> {
  await trx('motifs')
    .where({ id })
    .update({
      ...designColumns(design),
      ...(image === null ? {} : imageColumns(image)),
      version: trx.raw('version + 1'),
    });
}

export async function setMotifArchived(trx: Knex.Transaction, id: string, archivedAt: number | null): Promise<void> {
  await trx('motifs').where({ id }).update({ archived_at: archivedAt });
}

export async function deleteMotif(trx: Knex.Transaction, id: string): Promise<void> {
  await trx('motifs').where({ id }).delete();
}

export async function isMotifUsed(knex: Knex, id: string): Promise<boolean> {
  return (await knex('voucher_rules').where({ motif_id: id }).first<object | undefined>('id')) !== undefined;
}

export async function findMotif(knex: Knex, id: string): Promise<Motif | null> {
  if (!isId(id)) return null;
  const row = await knex('motifs').where({ id }).first<MotifRow | undefined>(COLUMNS);
  return row === undefined ? null : toMotif(row);
}

export async function findMotifImage(knex: Knex, id: string, size: 'image' | 'thumbnail'): Promise<Buffer | null> {
  const row = await knex('motifs').where({ id }).first<Record<string, Buffer> | undefined>(size);
  return row?.[size] ?? null;
}

export async function listMotifs(
  knex: Knex,
  filter: { readonly archived: boolean; readonly limit: number },
): Promise<Motif[]> {
  const query = knex('motifs').orderBy(['name', 'id']).limit(filter.limit);
  void (filter.archived ? query.whereNotNull('archived_at') : query.whereNull('archived_at'));
  return (await query.select<MotifRow[]>(COLUMNS)).map(toMotif);
}

const COLUMNS = [
  'id',
  'name',
  'brand_id',
  'position',
  'text_color',
  'panel_color',
  'image_hash',
  'width',
  'height',
  'archived_at',
  'version',
];

function designColumns({ name, brand, position, textColor, panelColor }: MotifDesign): object {
  return { name, brand_id: brand, position, text_color: textColor, panel_color: panelColor };
}

function imageColumns({ image, thumbnail, hash, width, height }: MotifImage): object {
  return { image, thumbnail, image_hash: hash, width, height };
}

interface MotifRow {
  readonly id: number | string;
  readonly name: string;
  readonly brand_id: string | null;
  readonly position: PanelPosition;
  readonly text_color: string;
  readonly panel_color: string;
  readonly image_hash: string;
  readonly width: number;
  readonly height: number;
  readonly archived_at: number | string | null;
  readonly version: number;
}

function toMotif(row: MotifRow): Motif {
  return {
    id: String(row.id),
    name: row.name,
    brand: row.brand_id,
    position: row.position,
    textColor: row.text_color,
    panelColor: row.panel_color,
    imageHash: row.image_hash,
    width: row.width,
    height: row.height,
    isArchived: row.archived_at !== null,
    version: row.version,
  };
}
