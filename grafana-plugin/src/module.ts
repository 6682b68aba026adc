import { PanelPlugin } from '@grafana/data';
import { TIMELINE } from 'orchestrator-exporter/contract/metrics';
import { OrchestratorPanel } from './components/OrchestratorPanel.tsx';

console.warn(TIMELINE.agentState.name);
export const plugin = new PanelPlugin(OrchestratorPanel);
