import stringWidth from 'string-width';

/** Columns padded to their widest cell, two blanks between; a line is cut at `width` columns. */
export function table(rows: readonly (readonly string[])[], width: number): string {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => stringWidth(row[column] ?? ''))),
  );
  const total = widths.reduce((sum, cell) => sum + cell + 2, -2);
  // Narrower than the table: the last columns go, rather than lines that wrap.
  const shown = total <= width ? widths.length : columnsThatFit(widths, width);
  return rows
    .map((row) =>
      row
        .slice(0, shown)
        .map((cell, column) =>
          column === shown - 1
            ? cell
            : cell + ' '.repeat((widths[column] ?? 0) - stringWidth(cell)),
        )
        .join('  ')
        .trimEnd(),
    )
    .map((line) => `${line}\n`)
    .join('');
}

function columnsThatFit(widths: readonly number[], width: number): number {
  const ends = widths.map((_, i) =>
    widths.slice(0, i + 1).reduce((sum, cell) => sum + cell + 2, -2),
  );
  return Math.max(1, ends.filter((end) => end <= width).length);
}
