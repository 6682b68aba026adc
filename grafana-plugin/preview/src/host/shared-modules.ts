// Gives the plugin the modules that Grafana shares at run time, through SystemJS's import map, as Grafana's loader does.
import 'systemjs/dist/system.js';
import 'systemjs/dist/extras/amd.js';
import 'systemjs/dist/extras/named-register.js';
import * as emotionCss from '@emotion/css';
import * as emotionReact from '@emotion/react';
import * as grafanaData from '@grafana/data';
import * as grafanaRuntime from '@grafana/runtime';
import * as grafanaUi from '@grafana/ui';
import i18next from 'i18next';
import lodash from 'lodash';
import moment from 'moment';
import * as react from 'react';
import * as reactDom from 'react-dom';
import * as jsxDevRuntime from 'react/jsx-dev-runtime';
import * as jsxRuntime from 'react/jsx-runtime';
import * as rxjs from 'rxjs';
import * as rxjsOperators from 'rxjs/operators';

/** A CommonJS module: AMD consumers get the export itself. */
const commonJs = (exported: unknown): System.Module => ({ default: exported, __useDefault: true });
const esModule = (namespace: object): System.Module => ({ ...namespace, __esModule: true });

/** Keys as in Grafana's shared dependencies; of the long legacy list only what its plugin tooling makes external. */
const SHARED: Readonly<Record<string, System.Module>> = {
  '@emotion/css': esModule(emotionCss),
  '@emotion/react': esModule(emotionReact),
  '@grafana/data': esModule(grafanaData),
  '@grafana/runtime': esModule(grafanaRuntime),
  '@grafana/ui': esModule(grafanaUi),
  i18next: commonJs(i18next),
  lodash: commonJs(lodash),
  moment: commonJs(moment),
  react: commonJs(react),
  'react-dom': commonJs(reactDom),
  'react/jsx-dev-runtime': commonJs(jsxDevRuntime),
  'react/jsx-runtime': commonJs(jsxRuntime),
  rxjs: esModule(rxjs),
  'rxjs/operators': esModule(rxjsOperators),
};

/** To be called once, before the first plugin is imported. */
export function shareModules(): void {
  const imports: Record<string, string> = {};
  for (const [key, module] of Object.entries(SHARED)) {
    imports[key] = `package:${key}`;
    System.set(`package:${key}`, module);
  }
  System.addImportMap({ imports });
}
