import { Button, Spin } from 'antd';
import type { ReactNode } from 'react';
import { useText } from '../../i18n/language.js';
import type { Pages } from '../api/use-pages.js';
import { ProblemNote } from './problem-note.js';

export type Column<T> = Readonly<{
  key: string;
  title: ReactNode;
  /** Numbers stand to the right, so that digits line up. */
  numeric?: boolean;
  /** Short words that are not to be broken. */
  tight?: boolean;
  cell: (row: T) => ReactNode;
}>;

type GridProps<T> = Readonly<{
  /** Read to those who do not see it. */
  label: string;
  columns: readonly Column<T>[];
  rows: readonly T[];
  keyOf: (row: T, index: number) => string;
  empty: string;
  foot?: ReactNode;
}>;

/** A plain table: real headings, scrolls inside its own frame, and stays small because lists are paged. */
export function Grid<T>({ label, columns, rows, keyOf, empty, foot }: GridProps<T>) {
  return (
    <div className="grid" role="region" aria-label={label} tabIndex={0}>
      <table>
        <caption className="unseen">{label}</caption>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column.key} scope="col" className={column.numeric ? 'numeric' : undefined}>
                {column.title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.length === 0 && (
            <tr>
              <td colSpan={columns.length} className="empty">
                {empty}
              </td>
            </tr>
          )}
          {rows.map((row, index) => (
            <tr key={keyOf(row, index)}>
              {columns.map((column) => (
                <td key={column.key} className={classOf(column)}>
                  {column.cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
        {foot && <tfoot>{foot}</tfoot>}
      </table>
    </div>
  );
}

function classOf({ numeric, tight }: { numeric?: boolean; tight?: boolean }): string | undefined {
  if (numeric) return 'numeric';
  return tight ? 'tight' : undefined;
}

type PagedProps<T> = Omit<GridProps<T>, 'rows'> & Readonly<{ pages: Pages<T> }>;

/** The same over a cursor-paged list. */
export function PagedGrid<T>({ pages, ...rest }: PagedProps<T>) {
  const text = useText();
  if (pages.loading) return <Spin aria-label={text('common.loading')} />;
  return (
    <>
      {pages.error && <ProblemNote error={pages.error} />}
      <Grid {...rest} rows={pages.items} />
      <div className="more">
        <span className="quiet">{text('common.shown', { count: pages.items.length })}</span>
        {pages.more && (
          <Button onClick={pages.more} loading={pages.loadingMore}>
            {text('common.more')}
          </Button>
        )}
      </div>
    </>
  );
}
