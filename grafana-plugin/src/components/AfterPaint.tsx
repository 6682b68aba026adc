// Puts off what is not the picture itself until the picture stands: controls cost as much as ten lanes.
import React, { useEffect, useState } from 'react';

interface AfterPaintProps {
  /** Nothing may move when they come: they lie over what is there, or stand in room of a fixed size. */
  readonly children: React.ReactNode;
  /** Room that they have from the beginning in a row of others, CSS pixels. */
  readonly width?: number;
}

/** Mounts its children in the frame after the one that it is mounted in. */
export function AfterPaint({ children, width }: AfterPaintProps): React.ReactElement | null {
  const [painted, setPainted] = useState(false);
  useEffect(() => {
    // The first callback runs before the frame is painted, the one that it asks for runs after.
    let frame = requestAnimationFrame(() => {
      frame = requestAnimationFrame(() => setPainted(true));
    });
    return () => cancelAnimationFrame(frame);
  }, []);
  const shown = painted ? children : null;
  if (width === undefined) {
    return <>{shown}</>;
  }
  return <div style={{ display: 'flex', justifyContent: 'flex-end', minWidth: width }}>{shown}</div>;
}
