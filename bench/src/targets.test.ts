import { panelFigures } from './targets.ts';

const HEAD = '| states | lanes x states | drawn by | first paint ms | hover p95 ms | scroll p95 ms | zoom p95 ms |';
const PAGE = `# A page
| what | ms |
| ---- | -: |
| this panel, of another table | 1 |

${HEAD}
| ---: | --- | --- | ---: | ---: | ---: | ---: |
| 1,000 | 200 x 5 | this panel | 1 | 2 | 3 | 4 |
| 1,000,000 | 200 x 5,000 | this panel | 48.8 | 9.3 | 13.6 | 18.3 |
| 1,000,000 | 200 x 5,000 | uPlot, one series a lane | 471 | 1.9 | - | 890 |
| 5,000 | 10 x 500 | this panel | 25.8 | 6.9 | 1.2 | 17.1 |
`;
const FIGURES = { states: '1,000,000', firstPaintMs: 48.8, hoverMs: '9.3', scrollMs: '13.6', zoomMs: '18.3' };

test.each([
  { name: 'those of the last row with 200 lanes', page: PAGE },
  {
    name: 'by the names of the columns, whichever stand between them',
    page: PAGE.replace(/^(\|.*\| (?:drawn by|---|this panel|uPlot, one series a lane) \| [^|]+ )/gm, '$1| 7 '),
  },
])('the figures of the panel are $name', ({ page }) => {
  expect(panelFigures(page)).toEqual(FIGURES);
});

test.each([
  { name: 'an empty page', page: '' },
  { name: 'a table without the zoom', page: PAGE.replace('zoom p95 ms', 'other ms'), missing: 'zoom p95 ms' },
  { name: 'a table without this panel', page: PAGE.replaceAll('this panel', 'that panel') },
])('$name has none', ({ page, missing = 'states' }) => {
  expect(() => panelFigures(page)).toThrow(`the page has no table of the panel's bench with ${missing}`);
});
