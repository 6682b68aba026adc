// A state's mark in legend and tooltip, in the look it has on the canvas.
import React from 'react';
import type { AgentState } from 'orchestrator-exporter/contract/states';
import type { Palette } from '../draw/palette.ts';

interface StateSwatchProps {
  readonly state: AgentState;
  readonly palette: Palette;
}

function lookOf(state: AgentState, palette: Palette): React.CSSProperties {
  const color = palette.state[state];
  switch (state) {
    case 'idle':
      return { height: 1, background: color };
    case 'completed':
      return { height: 2, background: color };
    case 'queued':
      return { border: `1px dashed ${color}` };
    case 'waiting':
      return {
        border: `1px solid ${color}`,
        background: `repeating-linear-gradient(135deg, ${color} 0 2px, ${palette.waitingGround} 2px 4px)`,
      };
    case 'running':
    case 'paused':
    case 'failed':
      return { background: color };
  }
}

/** Decorative: the state's word always stands beside it. */
const CROSS = '\u00d7';

export function StateSwatch({ state, palette }: StateSwatchProps): React.ReactElement {
  return (
    <span
      aria-hidden="true"
      style={{
        display: 'inline-flex',
        alignItems: 'center',
        justifyContent: 'center',
        boxSizing: 'border-box',
        width: 12,
        height: 10,
        borderRadius: 1,
        flexShrink: 0,
        color: palette.onState.failed,
        fontSize: 9,
        lineHeight: 1,
        ...lookOf(state, palette),
      }}
    >
      {state === 'failed' && CROSS}
    </span>
  );
}
