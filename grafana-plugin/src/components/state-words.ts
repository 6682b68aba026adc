// What states are called where no value mapping says otherwise.
import type { AgentState, ThreadState } from 'orchestrator-exporter/contract/states';
import { t } from './translate.ts';

export function stateWord(state: AgentState | ThreadState): string {
  switch (state) {
    case 'idle':
      return t('state.idle', 'idle');
    case 'queued':
      return t('state.queued', 'queued');
    case 'running':
      return t('state.running', 'running');
    case 'waiting':
      return t('state.waiting', 'waiting');
    case 'paused':
      return t('state.paused', 'paused');
    case 'completed':
      return t('state.completed', 'completed');
    case 'failed':
      return t('state.failed', 'failed');
    case 'timeout':
      return t('state.timeout', 'timeout');
  }
}
