import React from 'react';
import { scaleUtc } from 'd3-scale';
import type { PanelProps } from '@grafana/data';

export function OrchestratorPanel({ width }: PanelProps): React.ReactElement {
  return <div>{width} {String(scaleUtc().domain([0, 1]).ticks(3).length)}</div>;
}
