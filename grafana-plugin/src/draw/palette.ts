// The colours and the font that drawing uses. Filled from Grafana's theme by components; one accent per meaning.
import type { AgentState } from 'orchestrator-exporter/contract/states';

export interface Palette {
  readonly text: string;
  readonly weakText: string;
  readonly faintText: string;
  readonly background: string;
  readonly grid: string;
  readonly separator: string;
  readonly state: Readonly<Record<AgentState, string>>;
  /** What each state is called: its own word unless a value mapping says otherwise. */
  readonly stateName: Readonly<Record<AgentState, string>>;
  /** Text on a bar of that state. */
  readonly onState: Readonly<Record<AgentState, string>>;
  /** The thread's own bar below its roll-up. */
  readonly run: string;
  readonly toolRunning: string;
  /** Ground below the hatch of waiting. */
  readonly waitingGround: string;
  readonly now: string;
  readonly onNow: string;
  readonly money: string;
  readonly moneyTop: string;
  readonly moneyBottom: string;
  /** Below zero. */
  readonly overspentTop: string;
  readonly overspentBottom: string;
  readonly forecast: string;
  readonly cone: string;
  readonly warning: string;
  readonly critical: string;
  readonly fontFamily: string;
  readonly monoFamily: string;
}
