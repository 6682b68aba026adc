// Tables: several queries of the present, joined by the labels that they share, a row for each.
import type * as tables from '@grafana/grafana-foundation-sdk/table';
import { PLAIN } from './colours.ts';
import { panel, type Frame } from './panels.ts';
import type { DataLink, Draft, Mapping, Override, Plain, Step } from './schema.ts';

/** A column: of a label, or of the value of the query at that place. */
export interface Column {
  readonly of: string | number;
  readonly title: string;
  readonly unit?: string;
  readonly decimals?: number;
  /** CSS pixels; the others share what is left. */
  readonly width?: number;
  readonly steps?: readonly Step[];
  readonly mappings?: readonly Mapping[];
  readonly links?: readonly DataLink[];
  /** How the cell is drawn; `color` colours its text by the steps or mappings. */
  readonly cell?: 'gauge' | 'color';
  /** Of a gauge; else the largest value of the column. */
  readonly max?: number;
  readonly noValue?: string;
}

interface Table extends Frame {
  readonly columns: readonly Column[];
  /** Title of the column that the rows stand in the order of. */
  readonly sortBy: string;
  readonly descending?: boolean;
  /** What stands there while there is no row. */
  readonly noValue: string;
}

/** Least width of a column that is given none, CSS pixels: narrower, names would be cut; the table scrolls then. */
const NAME_WIDTH = 110;

function overrideOf(column: Column): Override {
  const { title, unit, decimals, width, steps, mappings, links, cell, max, noValue = '–' } = column;
  const given = (id: string, value: unknown) => (value === undefined ? [] : [{ id, value }]);
  return {
    matcher: { id: 'byName', options: title },
    properties: [
      ...given('unit', unit),
      ...given('decimals', decimals),
      ...given('custom.width', width),
      ...given('custom.minWidth', width === undefined ? NAME_WIDTH : undefined),
      ...given('thresholds', steps === undefined ? undefined : { mode: 'absolute', steps }),
      ...given('mappings', mappings),
      ...given('links', links),
      { id: 'noValue', value: noValue },
      ...(cell === 'gauge'
        ? [
            { id: 'custom.cellOptions', value: { type: 'gauge', mode: 'basic', valueDisplayMode: 'text' } },
            { id: 'min', value: 0 },
            ...given('max', max),
          ]
        : []),
      ...(cell === 'color' ? [{ id: 'custom.cellOptions', value: { type: 'color-text' } }] : []),
    ],
  };
}

/** What Grafana calls the value of a query in a table: `Value` where it is the only one. */
function fieldOf({ of }: Column, { queries }: Frame): string {
  if (typeof of === 'string') return of;
  return queries.length === 1 ? 'Value' : `Value #${String.fromCharCode(65 + of)}`;
}

const FIELD: Plain<tables.FieldConfig> = { align: 'auto', inspect: false, minWidth: 70 };

/** Only the named columns are shown, in their order. */
export function table({ columns, sortBy, descending = false, noValue, ...frame }: Table): Draft {
  const options: Plain<tables.Options> = {
    cellHeight: 'sm',
    frameIndex: 0,
    showHeader: true,
    sortBy: [{ displayName: sortBy, desc: descending }],
  };
  const names = columns.map((column) => fieldOf(column, frame));
  return panel(frame, 'table', {
    options,
    fieldConfig: {
      defaults: {
        noValue,
        color: { mode: 'thresholds' },
        thresholds: { mode: 'absolute', steps: PLAIN },
        custom: FIELD,
      },
      overrides: columns.map(overrideOf),
    },
    transformations: [
      ...(frame.queries.length > 1 ? [{ id: 'merge', options: {} }] : []),
      { id: 'filterFieldsByName', options: { include: { names } } },
      {
        id: 'organize',
        options: {
          indexByName: Object.fromEntries(names.map((name, index) => [name, index])),
          renameByName: Object.fromEntries(columns.map((column) => [fieldOf(column, frame), column.title])),
        },
      },
    ],
  });
}

interface Ranking extends Frame {
  /** Label that names the rows. */
  readonly of: string;
  readonly title: string;
  readonly heading: string;
  readonly value: Pick<Column, 'title' | 'unit' | 'decimals'>;
  readonly color?: string;
  readonly links?: readonly DataLink[];
  readonly noValue: string;
}

/** Amounts below each other as bars, the largest first. A bar gauge would leave out the name of a single one. */
export function ranking({ of, heading, value, color = 'blue', links, ...frame }: Ranking): Draft {
  return table({
    ...frame,
    columns: [
      { of, title: heading, ...(links === undefined ? {} : { links }) },
      { of: 0, ...value, cell: 'gauge', steps: [{ color, value: null }] },
    ],
    sortBy: value.title,
    descending: true,
  });
}
