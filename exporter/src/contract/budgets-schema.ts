// JSON Schema of budgets.yml for editors, from the same bounds that the parser holds to. What a schema cannot say (an IANA name,
// ascending thresholds, unique names) the parser says.
import {
  BUDGET_MATCH_LABELS,
  CALENDAR_WINDOWS,
  DEFAULT_THRESHOLDS,
  MAX_BUDGETS,
  MAX_THRESHOLD,
  MAX_THRESHOLDS,
  WEEKDAYS,
} from './budgets.ts';
import { MAX_LABEL_BYTES } from './labels.ts';

const label = (description: string) => ({ type: 'string', minLength: 1, maxLength: MAX_LABEL_BYTES, description });

const budget = {
  type: 'object',
  additionalProperties: false,
  required: ['name', 'limit_usd', 'window'],
  properties: {
    name: label('Unique; value of the label `budget`.'),
    match: {
      type: ['object', 'null'],
      additionalProperties: false,
      description: 'Spend counts where every label named here is equal; without it all spend counts.',
      properties: Object.fromEntries(
        BUDGET_MATCH_LABELS.map((name) => [name, label(`Label \`${name}\` of the spend.`)])
      ),
    },
    limit_usd: {
      description: 'US dollars per window, exact to the nano-dollar; as text when it has more than 15 digits.',
      anyOf: [
        { type: 'number', exclusiveMinimum: 0, exclusiveMaximum: 9_007_200 },
        { type: 'string', pattern: '^[0-9.eE+-]+$' },
      ],
    },
    window: {
      description: 'Calendar window, `thread` for each thread of its own, or `rolling:<duration>` from 1m to 366d.',
      anyOf: [{ enum: [...CALENDAR_WINDOWS, 'thread'] }, { type: 'string', pattern: '^rolling:[0-9a-z]+$' }],
    },
    timezone: { type: 'string', default: 'UTC', description: 'IANA name in which calendar windows begin.' },
    week_start: { enum: WEEKDAYS, default: 'monday', description: 'First day of the window `week`.' },
    thresholds: {
      type: 'array',
      minItems: 1,
      maxItems: MAX_THRESHOLDS,
      items: { type: 'number', exclusiveMinimum: 0, maximum: MAX_THRESHOLD },
      default: DEFAULT_THRESHOLDS,
      description: 'Used ratios, ascending; each has an alert.',
    },
    owner: label('Label `team` of its alerts, by which they are routed.'),
  },
} as const;

/** Draft 2020-12. */
export const BUDGETS_SCHEMA = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'Budgets of the orchestrator',
  type: 'object',
  additionalProperties: false,
  properties: {
    budgets: { type: ['array', 'null'], maxItems: MAX_BUDGETS, items: budget },
  },
} as const;
