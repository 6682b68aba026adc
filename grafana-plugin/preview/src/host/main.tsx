// Entry of the page: sets up what Grafana sets up before a panel may load, then draws the dashboard.
import './boot-data.ts';
import { initPluginTranslations } from '@grafana/i18n';
import { createRoot } from 'react-dom/client';
import { App } from './components/App.tsx';
import { registerServices } from './services.ts';
import { shareModules } from './shared-modules.ts';
import { registerStandardEditors } from './standard-editors.ts';

async function start(): Promise<void> {
  registerStandardEditors();
  registerServices();
  shareModules();
  // The texts of @grafana/ui go through i18next, which must be initialised; there are no translations, so English shows.
  await initPluginTranslations('preview');
  const root = document.getElementById('root');
  if (root === null) throw new Error('the page has no #root');
  createRoot(root).render(<App />);
}

void start();
