// The series of /metrics as the pipeline feeds them, without the pipeline: for the benches of updates.
import type { OrchestratorEvent } from '../../exporter/dist/contract/event.js';
import { OrchestratorModel } from '../../exporter/dist/model/orchestrator-model.js';
import { Admission } from '../../exporter/dist/series/admission.js';
import type { SeriesRegistry } from '../../exporter/dist/series/registry.js';
import { SeriesOutput } from '../../exporter/dist/series/series-output.js';
import { Timeline } from '../../exporter/dist/series/timeline.js';
import { parseEvent } from '../../exporter/dist/source/parse.js';

const nothing = (): void => undefined;
export const REGISTRY = { environment: 'bench', maxSeriesPerFamily: 10_000, maxLabelValues: 1_000, onFold: nothing };

/** @throws for a line that is refused. */
export function eventOf(line: string): OrchestratorEvent {
  const parsed = parseEvent(JSON.parse(line), { receivedMs: Date.now(), team: 'default', workflow: 'default' });
  if (!parsed.ok) throw new Error(parsed.rejection.message);
  return parsed.event;
}

export function newModel(): OrchestratorModel {
  return new OrchestratorModel({ retentionMs: 900_000 });
}

/** All of /metrics; what the timeline keeps beside it is no metric here. */
export function newOutput(registry: SeriesRegistry, model: OrchestratorModel): SeriesOutput {
  const admission = new Admission({
    maxThreads: 1_000,
    maxLanes: 10_000,
    onThreadRefused: nothing,
    onLaneFolded: nothing,
  });
  const timeline = new NoTimeline({
    environment: 'bench',
    latenessMs: 0,
    capacity: 1,
    retentionMs: 1,
    admission,
    now: Date.now,
    onDrop: nothing,
  });
  return new SeriesOutput({ registry, model, admission, timeline, defaultWorkflow: 'default' });
}

class NoTimeline extends Timeline {
  override apply(): void {
    // Nothing.
  }
}
