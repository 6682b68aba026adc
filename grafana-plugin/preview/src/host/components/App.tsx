// The page: finds out what there is to show, loads the chosen dashboard, provides the theme.
import { css, Global } from '@emotion/react';
import { createTheme, ThemeContext } from '@grafana/data';
import { config } from '@grafana/runtime';
import { GlobalStyles, LoadingPlaceholder, PortalContainer } from '@grafana/ui';
import { useEffect, useMemo, useState } from 'react';
import { loadPreview, type LoadedPreview } from '../preview.ts';
import { DashboardPage } from './DashboardPage.tsx';
import { Message } from './Message.tsx';
import { useUrlState } from './use-url-state.ts';

/** The part of Grafana's sass reset that @grafana/ui relies on and does not ship. */
const RESET = css({
  body: { margin: 0 },
  '*, *::before, *::after': { boxSizing: 'border-box' },
});

export function App(): React.JSX.Element {
  const [url, updateUrl] = useUrlState();
  const [loaded, setLoaded] = useState<LoadedPreview>();
  const [problem, setProblem] = useState<string>();
  const theme = useMemo(() => {
    const created = createTheme({ colors: { mode: url.theme } });
    // Code outside React reads the theme here.
    config.theme2 = created;
    return created;
  }, [url.theme]);

  const { dashboard: uid } = url;
  useEffect(() => {
    let current = true;
    loadPreview(uid).then(
      (found) => {
        if (!current) return;
        setLoaded(found);
        document.title = `${found.dashboard.title} - preview host`;
      },
      (error: unknown) => {
        if (current) setProblem(error instanceof Error ? error.message : String(error));
      }
    );
    return () => {
      current = false;
    };
  }, [uid]);

  return (
    <ThemeContext.Provider value={theme}>
      <GlobalStyles />
      <Global styles={RESET} />
      {problem !== undefined ? (
        <Message severity="error" title="Nothing to show" text={problem} />
      ) : loaded === undefined ? (
        <LoadingPlaceholder text="Loading dashboard" />
      ) : (
        <DashboardPage {...loaded} url={url} updateUrl={updateUrl} />
      )}
      <PortalContainer />
    </ThemeContext.Provider>
  );
}
