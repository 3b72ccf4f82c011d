import { type Style, textWidth, truncate } from './style.ts';

export interface Column<T> {
  readonly title: string;
  readonly value: (item: T) => string;
  /** Colour, applied on a terminal. */
  readonly paint?: (text: string, item: T, style: Style) => string;
  readonly align?: 'left' | 'right';
  /** May be cut when the terminal is narrow. One column of a table may. */
  readonly flexible?: boolean;
}

/**
 * Rows as lines: aligned columns for a terminal, tab-separated values for anything else, the titles first in
 * both.
 */
export function renderTable<T>(
  columns: readonly Column<T>[],
  items: readonly T[],
  options: { style: Style; width?: number | undefined },
): string[] {
  const cells = items.map((item) => columns.map((column) => oneLine(column.value(item))));
  if (options.width === undefined)
    return [columns.map((column) => column.title), ...cells].map((row) => row.join('\t'));

  const widths = columns.map((column, index) =>
    Math.max(textWidth(column.title), ...cells.map((row) => textWidth(row[index] ?? ''))),
  );
  const flexible = columns.findIndex((column) => column.flexible === true);
  const total = widths.reduce((sum, width) => sum + width, 0) + gap.length * (columns.length - 1);
  if (flexible >= 0 && total > options.width) {
    const least = textWidth(columns[flexible]?.title ?? '');
    widths[flexible] = Math.max(least, (widths[flexible] ?? 0) - (total - options.width));
  }

  const layOut = (row: readonly string[], paint: (text: string, index: number) => string) =>
    row
      .map((cell, index) => {
        const width = widths[index] ?? 0;
        const text = truncate(cell, width);
        const pad = ' '.repeat(Math.max(0, width - textWidth(text)));
        const painted = paint(text, index);
        return columns[index]?.align === 'right' ? pad + painted : painted + pad;
      })
      .join(gap)
      .trimEnd();

  return [
    layOut(
      columns.map((column) => column.title),
      (text) => options.style.dim(text),
    ),
    ...cells.map((row, at) =>
      layOut(row, (text, index) => {
        const item = items[at];
        const paint = columns[index]?.paint;
        return paint === undefined || item === undefined ? text : paint(text, item, options.style);
      }),
    ),
  ];
}

const gap = '  ';

const oneLine = (text: string) => text.replace(/\s*[\r\n\t]+\s*/g, ' ');
