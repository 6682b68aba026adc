import { createTheme } from '@grafana/data';
import { themePalette } from './theme-palette.ts';

test.each(['dark', 'light'] as const)('a transparent panel stands on the ground of the dashboard, %s', (mode) => {
  const theme = createTheme({ colors: { mode } });
  const { canvas, primary } = theme.colors.background;
  expect([themePalette(theme).background, themePalette(theme, {}, true).background]).toEqual([primary, canvas]);
  expect(canvas).not.toBe(primary);
});

test.each<[string, string | undefined]>([
  ['', undefined],
  ['#abc', '#abc'],
  ['#11223344', '#11223344'],
  ['#zzz', undefined],
  ['blue', '#5794F2'],
  ['rebeccapurple', '#663399'],
  ['black', '#000000'],
  ['rgb(1, 2, 3)', '#010203'],
  ['rgba(1, 2, 3, 0.5)', '#01020380'],
  ['transparent', '#00000000'],
  ['url(https://example.com/x.png)', undefined],
  ['red;background:url(x)', undefined],
  ['expression(alert(1))', undefined],
])('the colour %s of a mapping is drawn as %s', (color, drawn) => {
  const theme = createTheme({ colors: { mode: 'dark' } });
  const palette = themePalette(theme, { running: { name: '<b>x</b>', color } });
  expect([palette.state.running, palette.stateName.running]).toEqual([
    drawn ?? themePalette(theme).state.running,
    '<b>x</b>',
  ]);
});
