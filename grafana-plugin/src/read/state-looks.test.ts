import { MappingType, type DataFrame, type FieldConfig, type ValueMapping } from '@grafana/data';
import { PER_THREAD, TIMELINE } from 'orchestrator-exporter/contract/metrics';
import { rawFrame } from '../testing/frames.ts';
import { readStateLooks } from './state-looks.ts';

function frame(config: FieldConfig, of: { metric?: string; labels?: Record<string, string> } = {}): DataFrame {
  const made = rawFrame({ metric: of.metric ?? TIMELINE.agentState.name, labels: of.labels ?? {}, samples: [[1, 2]] });
  const field = made.fields[1];
  if (field !== undefined) {
    field.config = config;
  }
  return made;
}

const mapped = (...mappings: ValueMapping[]) => frame({ mappings });

describe('looks of states', () => {
  test.each<{ name: string; frames: DataFrame[]; out: Record<string, [string | undefined, string | undefined]> }>([
    { name: 'none where nothing is mapped', frames: [frame({})], out: {} },
    {
      name: 'a value by its code, another by its word',
      frames: [
        mapped({
          type: MappingType.ValueToText,
          options: { '2': { text: 'busy', color: 'purple' }, waiting: { text: 'needs you' } },
        }),
      ],
      out: { running: ['busy', 'purple'], waiting: ['needs you', undefined] },
    },
    {
      name: 'a range of codes, the first mapping wins, an empty text only colours',
      frames: [
        mapped(
          { type: MappingType.RangeToText, options: { from: 5, to: null, result: { text: '', color: 'gray' } } },
          { type: MappingType.ValueToText, options: { '6': { text: 'late' } } }
        ),
      ],
      out: { completed: [undefined, 'gray'], failed: [undefined, 'gray'] },
    },
    {
      name: 'a regular expression on words; one that is none is as if it were not there',
      frames: [
        mapped(
          { type: MappingType.RegexToText, options: { pattern: '/(unclosed/', result: { text: 'x' } } },
          { type: MappingType.RegexToText, options: { pattern: '/^que/', result: { text: 'in line' } } }
        ),
      ],
      out: { queued: ['in line', undefined] },
    },
    {
      name: 'a fixed colour of the series of one state',
      frames: [
        frame(
          { color: { mode: 'fixed', fixedColor: '#123456' } },
          { metric: PER_THREAD.agentState.name, labels: { state: 'failed' } }
        ),
      ],
      out: { failed: [undefined, '#123456'] },
    },
    {
      name: 'a fixed colour of a series that stands for all states says nothing of one',
      frames: [frame({ color: { mode: 'fixed', fixedColor: '#123456' } })],
      out: {},
    },
  ])('$name', ({ frames, out }) => {
    const looks = Object.entries(readStateLooks(frames)).map(([state, look]) => [state, [look.name, look.color]]);
    expect(Object.fromEntries(looks)).toEqual(out);
  });
});
