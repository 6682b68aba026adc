// The queries that the runbook tells people to run.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const RUNBOOK = join(__dirname, '../../../docs/alerts.md');

/** Names of series, recorded ones among them. */
const SERIES = /\b(orchestrator_\w+|\w+:orchestrator_\w+:\w+|prometheus_build_info)\b/;

/** Each line of a `promql` block, and each piece of code in a sentence that names a series; each once. */
export function runbookQueries(): readonly string[] {
  const text = readFileSync(RUNBOOK, 'utf8');
  const blocks = [...text.matchAll(/^```promql\n(.*?)^```$/gms)].flatMap(([, lines = '']) => lines.trim().split('\n'));
  const inline = [...text.replace(/^```.*?^```$/gms, '').matchAll(/`([^`]+)`/g)].map(([, code = '']) =>
    code.replaceAll(/\s+/g, ' ')
  );
  return [...new Set([...blocks, ...inline.filter((code) => SERIES.test(code))])];
}
