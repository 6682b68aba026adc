// What the tooltip says at one instant: every active agent's state with its exact duration, and the money left.
import type { AgentState } from 'orchestrator-exporter/contract/states';
import { exactDuration, shortDuration } from '../layout/duration-text.ts';
import type { Hit } from '../layout/hit-test.ts';
import { moneyText } from '../layout/money-text.ts';
import { amountAt, type BurnDown } from '../model/burn-down.ts';
import { plainText } from '../layout/label-fit.ts';
import { hasFailed } from '../model/build-states.ts';
import { activeStates, type ActiveState } from '../model/active-states.ts';
import { endOf, indexAt, startOf, type FoldedState, type Segment } from '../model/state-columns.ts';
import type { SegmentSpend } from '../model/segment-spend.ts';
import { ALL_STATES, type StateSet } from '../model/state-filter.ts';
import { spentByLane } from '../model/spent-in-range.ts';
import type { Lane, Timeline } from '../model/timeline.ts';
import { aboutText } from './canvas-words.ts';
import { stateWord } from './state-words.ts';
import { t } from './translate.ts';

export interface HoverRow {
  readonly key: string;
  readonly name: string;
  readonly state: AgentState;
  readonly duration: string;
  /** The lane below the pointer. */
  readonly pointed: boolean;
}

export interface HoverText {
  readonly atMs: number;
  readonly rows: readonly HoverRow[];
  /** Agents that are active too but not listed. */
  readonly more: number;
  /** Start and end of the state below the pointer. */
  readonly pointed:
    { readonly startMs: number; readonly endMs: number | undefined; readonly beganBefore: boolean } | undefined;
  /** `7 states in this pixel: 1 failed, 6 running`; empty where the pixel holds one. */
  readonly folded: string;
  /** What the lane and the state below the pointer spent, line by line; empty where that is not known. */
  readonly spend: readonly string[];
  /** How runs ended that the mark below the pointer stands for: `run-7: failed`. */
  readonly ends: ReadonlyArray<{ readonly text: string; readonly atMs: number; readonly failed: boolean }>;
  /** Ends of that mark that are not listed. */
  readonly moreEnds: number;
  readonly checkpoint: { readonly index: number; readonly atMs: number; readonly count: number } | undefined;
  readonly remaining: ReadonlyArray<{ readonly name: string; readonly text: string }>;
}

const MAX_ROWS = 12;
const MAX_ENDS = 5;

/** `2.52 ms`, `56.4 s so far`, `≥ 3 s` for what began before the range, `≈ 45 s` where states are sampled. */
export function durationText(segment: Segment, sampled: boolean): string {
  const exact = exactDuration(segment.endMs - segment.startMs);
  const atLeast = segment.beganBefore ? `\u2265 ${exact}` : sampled ? aboutText(exact) : exact;
  return segment.ongoing ? t('tooltip.so-far', '{{duration}} so far', { duration: atLeast }) : atLeast;
}

function foldedText(folded: readonly FoldedState[], names: Partial<Record<AgentState, string>>): string {
  const count = folded.reduce((sum, one) => sum + one.count, 0);
  const parts = folded.map((one) => `${one.count} ${names[one.state] ?? one.state}`);
  return count === 0
    ? ''
    : t('tooltip.folded', '{{count}} states in this pixel: {{states}}', { count, states: parts.join(', ') });
}

/** `$0.12`; `$0.10 – $0.12` where steps may belong to a neighbour. */
export function spendText({ usd, atMostUsd }: SegmentSpend): string {
  return usd === atMostUsd ? moneyText(usd) : `${moneyText(usd)} \u2013 ${moneyText(atMostUsd)}`;
}

function stateSpendText(lane: Lane, { startMs, endMs }: Segment): string[] {
  for (const [track, columns] of lane.tracks.entries()) {
    for (let i = indexAt(columns, startMs); i >= 0 && startOf(columns, i) === startMs; i--) {
      const spend = endOf(columns, i) === endMs ? lane.spend?.segments[track]?.get(i) : undefined;
      if (spend !== undefined) {
        return [t('tooltip.state-spend', '{{usd}} in this state', { usd: spendText(spend) })];
      }
    }
  }
  return [];
}

function spendLines(
  lane: Lane,
  segment: Segment | undefined,
  range: { readonly fromMs: number; readonly toMs: number }
): string[] {
  const spent = spentByLane(lane, range);
  if (spent === undefined) {
    return [];
  }
  const usd = moneyText(spent.usd);
  const told =
    spent.resolutionMs === 0
      ? t('tooltip.range-spend', '{{usd}} in this range', { usd })
      : t('tooltip.range-spend-sampled', '{{usd}} in this range, instants known to {{duration}}', {
          usd,
          duration: shortDuration(spent.resolutionMs),
        });
  return [
    ...(segment === undefined ? [] : stateSpendText(lane, segment)),
    told,
    ...(spent.wastedUsd > 0
      ? [
          t('tooltip.wasted', '{{usd}} of it wasted: spent in runs that failed', {
            usd: moneyText(spent.wastedUsd),
          }),
        ]
      : []),
  ];
}

export function hoverText(
  hit: Pick<Hit, 'atMs' | 'lane' | 'segment' | 'folded' | 'checkpoint' | 'ended'>,
  data: {
    timeline: Timeline | undefined;
    burnDowns: readonly BurnDown[];
    stateName?: Readonly<Record<AgentState, string>>;
    /** Their instants are known to the step of the samples only. */
    sampled?: boolean;
    /** States that are drawn. */
    shown?: StateSet;
    /** The visible range, for what was spent in it; left out: spend is not told. */
    range?: { readonly fromMs: number; readonly toMs: number } | undefined;
  }
): HoverText {
  const groups = data.timeline?.groups ?? [];
  const many = groups.length > 1;
  const rowOf = ({ lane, segment, pointed, nth }: ActiveState): HoverRow => ({
    key: `${lane.key} ${nth}`,
    name: plainText(many && lane.thread !== '' ? `${lane.thread} \u203a ${lane.agent}` : lane.agent),
    state: segment.state,
    duration: durationText(segment, data.sampled ?? false),
    pointed,
  });
  const { listed, count } = activeStates(groups, hit, { shown: data.shown ?? ALL_STATES, limit: MAX_ROWS });
  const { segment } = hit;
  return {
    atMs: hit.checkpoint?.atMs ?? hit.atMs,
    rows: listed.map(rowOf),
    more: count - listed.length,
    pointed:
      segment === undefined
        ? undefined
        : {
            startMs: segment.startMs,
            endMs: segment.ongoing ? undefined : segment.endMs,
            beganBefore: segment.beganBefore,
          },
    folded: foldedText(hit.folded, data.stateName ?? {}),
    spend: hit.lane === undefined || data.range === undefined ? [] : spendLines(hit.lane, segment, data.range),
    ends: hit.ended.slice(0, MAX_ENDS).map((run) => ({
      text: t('tooltip.ended', '{{thread}}: {{outcome}}', {
        thread: plainText(run.thread),
        outcome: stateWord(run.outcome),
      }),
      atMs: run.atMs,
      failed: hasFailed(run),
    })),
    moreEnds: Math.max(0, hit.ended.length - MAX_ENDS),
    checkpoint: hit.checkpoint,
    remaining: data.burnDowns.slice(0, 4).flatMap((burnDown, i) => {
      const usd = hit.atMs <= burnDown.knownUntilMs ? amountAt(burnDown.points, hit.atMs) : undefined;
      return usd === undefined
        ? []
        : [{ name: i === 0 && data.burnDowns.length === 1 ? '' : plainText(burnDown.name), text: moneyText(usd) }];
    }),
  };
}

/** The text for a tooltip of one agent: the others are left out. Other modes leave it as it is. */
export function shortened(hover: HoverText, mode: 'all' | 'single' | 'none'): HoverText {
  return mode === 'single' ? { ...hover, rows: hover.rows.filter((row) => row.pointed), more: 0 } : hover;
}
