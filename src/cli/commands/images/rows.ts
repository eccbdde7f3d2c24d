import type { StockedImage } from '../../../images/stock.ts';
import type { Output } from '../../../platform/host.ts';
import { table } from '../../table.ts';

export type Row = Pick<StockedImage, 'image' | 'size' | 'uses'> & { state: string };

/** The state comes before what each is for: a narrow terminal cuts the last columns. */
export function imagesTable(rows: readonly Row[], output: Output): string {
  const head = ['IMAGE', 'SIZE', 'STATE', 'WHAT FOR'];
  const lines = rows.map(({ image, size, uses, state }) => [
    image,
    size === undefined ? '' : megabytes(size),
    state,
    uses.join(', '),
  ]);
  return table([head, ...lines], output.isTerminal ? output.columns : 200);
}

export function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1e6)} MB`;
}
