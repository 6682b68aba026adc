// What the landing page consists of, by path. Kept as text in modules, so that it is found wherever the package lies.
import { LANDING_PAGE } from './page.ts';
import { LANDING_SCRIPT } from './script.ts';
import { LANDING_STYLES } from './styles.ts';

export interface Asset {
  readonly path: string;
  readonly type: string;
  readonly body: string;
}

export const LANDING_ASSETS: readonly Asset[] = [
  { path: '/', type: 'text/html; charset=utf-8', body: LANDING_PAGE },
  { path: '/landing.css', type: 'text/css; charset=utf-8', body: LANDING_STYLES },
  { path: '/landing.js', type: 'text/javascript; charset=utf-8', body: LANDING_SCRIPT },
];
