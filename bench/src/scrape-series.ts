// The series that every scraped server has, with the same labels and values.

export const NAME = 'orchestrator_node_progress_total';
export const HELP = 'Progress of nodes.';
const STATES = ['idle', 'queued', 'running', 'waiting', 'paused', 'completed', 'failed'];
export const LABELS = ['thread', 'agent', 'state'] as const;

/** Values of {@link LABELS} of the series with this number. */
export function labelsOf(series: number): [thread: string, agent: string, state: string] {
  const thread = `thread-${String(Math.floor(series / 35)).padStart(8, '0')}`;
  return [thread, `agent-${Math.floor(series / 7) % 5}`, STATES[series % 7] ?? ''];
}

/** All of them in the text format, at 0. */
export function seriesText(count: number): string {
  const lines = Array.from({ length: count }, (_, series) => {
    const [thread, agent, state] = labelsOf(series);
    return `${NAME}{environment="bench",thread="${thread}",agent="${agent}",state="${state}"} 0\n`;
  });
  return `# HELP ${NAME} ${HELP}\n# TYPE ${NAME} counter\n${lines.join('')}`;
}
