// Dashboards taken apart: their panels wherever they stand, their links, their queries with variables put in.
import type { PlacedPanel } from '../src/dashboards/layout.ts';
import type { DataLink, Draft, Placed } from '../src/dashboards/schema.ts';

const isRow = (panel: PlacedPanel): panel is Exclude<PlacedPanel, Placed<Draft>> =>
  panel.type === 'row' && !('targets' in panel);

/** All panels, those of collapsed rows too, without the rows. */
export const panelsOf = ({ panels }: { readonly panels: readonly PlacedPanel[] }): readonly Placed<Draft>[] =>
  panels.flatMap((panel) => (isRow(panel) ? panel.panels : [panel]));

const isLinks = (value: unknown): value is readonly DataLink[] => Array.isArray(value);

/** Links of values, of panels and of columns. */
export function dataLinksOf({ panels }: { readonly panels: readonly unknown[] }): readonly DataLink[] {
  return panelsOf({ panels: panels as readonly PlacedPanel[] }).flatMap(({ fieldConfig: { defaults, overrides } }) => [
    ...(defaults.links ?? []),
    ...overrides.flatMap(({ properties }) =>
      properties.flatMap(({ id, value }) => (id === 'links' && isLinks(value) ? value : []))
    ),
  ]);
}

/** As Grafana would, in a range of 15 minutes with a step of 1 s and a scrape each second. */
export function substituted(expr: string, variables: Readonly<Record<string, string>>): string {
  const own = {
    $__rate_interval: '4s',
    $__interval: '1s',
    $__range: '900s',
    '${__range_ms}': '900000',
    ...Object.fromEntries(Object.entries(variables).map(([name, value]) => [`$${name}`, value])),
  };
  return Object.entries(own).reduce((text, [name, value]) => text.replaceAll(name, () => value), expr);
}
