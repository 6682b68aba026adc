// What Grafana's server writes into its page. Imported first: @grafana/runtime reads it while it loads.
import { parseUrlState } from './url-state.ts';

declare global {
  interface Window {
    grafanaBootData?: unknown;
    __grafana_public_path__?: string;
  }
}

const theme = parseUrlState(window.location.search).theme;

window.__grafana_public_path__ = '/public/';
window.grafanaBootData = {
  user: {
    id: 0,
    isSignedIn: false,
    theme,
    lightTheme: theme === 'light',
    timezone: 'browser',
    weekStart: '',
    locale: 'en-US',
    orgRole: 'Viewer',
  },
  settings: {
    appUrl: `${window.location.origin}/`,
    appSubUrl: '',
    buildInfo: { version: '0.0.0-preview', commit: '', env: 'production', edition: 'Open Source' },
    featureToggles: {},
    liveEnabled: false,
    dateFormats: {
      fullDate: 'YYYY-MM-DD HH:mm:ss',
      useBrowserLocale: false,
      defaultTimezone: 'browser',
      interval: {
        millisecond: 'HH:mm:ss.SSS',
        second: 'HH:mm:ss',
        minute: 'HH:mm',
        hour: 'MM/DD HH:mm',
        day: 'MM/DD',
        month: 'YYYY-MM',
        year: 'YYYY',
      },
    },
  },
  navTree: [],
};
