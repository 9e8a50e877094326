import { Button } from '@mantine/core';
import type { ReactNode } from 'react';

import { number } from './format';

export interface Column<Row> {
  key: string;
  header: ReactNode;
  /** Spoken instead of the header where that is a picture or empty. */
  label?: string;
  cell: (row: Row) => ReactNode;
  width?: number | string;
  align?: 'right';
  /** Left out on narrow windows. */
  wide?: boolean;
}

interface Props<Row> {
  /** What the table is, for who does not see it. */
  caption: string;
  columns: Array<Column<Row>>;
  rows: Row[];
  rowKey: (row: Row) => string;
  /** Marks the row that is open beside the table. */
  current?: string | undefined;
  foot?: ReactNode;
}

/** A table that scrolls inside its own region, so that a narrow page never does. */
export function DataTable<Row>({ caption, columns, rows, rowKey, current, foot }: Props<Row>) {
  return (
    <div className="table-frame">
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a region that scrolls needs the keyboard */}
      <div className="table-scroll" role="region" aria-label={`${caption}, table`} tabIndex={0}>
        <table className="table">
          <caption className="visually-hidden">{caption}</caption>
          <thead>
            <tr>
              {columns.map((column) => (
                <th key={column.key} scope="col" style={{ width: column.width }} className={classOf(column)}>
                  {column.label ? <span className="visually-hidden">{column.label}</span> : null}
                  {column.header}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => {
              const key = rowKey(row);
              return (
                <tr key={key} data-current={key === current || undefined}>
                  {columns.map((column) => (
                    <td key={column.key} className={classOf(column)}>
                      {column.cell(row)}
                    </td>
                  ))}
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
      {foot}
    </div>
  );
}

function classOf(column: Column<never>): string | undefined {
  return [column.align === 'right' ? 'num' : '', column.wide ? 'wide-only' : ''].join(' ').trim() || undefined;
}

interface PagerProps {
  /** Cursors of the pages before this one. */
  page: number;
  shown: number;
  size: number;
  total: number | null | undefined;
  hasNext: boolean;
  onPrevious: () => void;
  onNext: () => void;
  isFetching?: boolean;
}

export function Pager({ page, shown, size, total, hasNext, onPrevious, onNext, isFetching }: PagerProps) {
  if (page === 0 && !hasNext) {
    return shown > 10 ? <div className="pager small muted">{number(shown)} shown, that is all</div> : null;
  }
  const first = page * size + 1;
  return (
    <nav className="pager" aria-label="Pages">
      <span className="small muted">
        {number(first)}–{number(first + shown - 1)}
        {total === null || total === undefined ? '' : ` of ${number(total)}`}
      </span>
      <span className="row">
        <Button size="xs" variant="default" disabled={page === 0} onClick={onPrevious}>
          Previous
        </Button>
        <Button size="xs" variant="default" disabled={!hasNext} loading={isFetching ?? false} onClick={onNext}>
          Next
        </Button>
      </span>
    </nav>
  );
}
