// Fonts come when something first uses them: what was measured and drawn without one is made again once it is there.
import { useLayoutEffect, useState } from 'react';

/** How often fonts came so far: a new number is a reason to measure and draw anew. */
export function useFontLoads(): number {
  const [loads, setLoads] = useState(0);
  // Before anything else can happen: a font that comes meanwhile would not be seen.
  useLayoutEffect(() => {
    // jsdom has none.
    const fonts: FontFaceSet | undefined = document.fonts;
    const onLoaded = () => setLoads((before) => before + 1);
    fonts?.addEventListener('loadingdone', onLoaded);
    return () => fonts?.removeEventListener('loadingdone', onLoaded);
  }, []);
  return loads;
}
