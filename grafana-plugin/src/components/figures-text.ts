// What the figures row says, as text. No React, so that it can be tested as a table.
import type { AgentState, ThreadState } from 'orchestrator-exporter/contract/states';
import { burnRate, trend, type Forecast } from '../model/forecast.ts';
import { remainingUsd, type BurnDown } from '../model/burn-down.ts';
import { agentsPerState, type Timeline } from '../model/timeline.ts';
import { roughDuration } from '../layout/duration-text.ts';
import { plainText } from '../layout/label-fit.ts';
import { moneyText } from '../layout/money-text.ts';
import type { Spent } from '../model/spent-in-range.ts';
import { exhaustionFigure } from './exhaustion-text.ts';
import type { Figure, Tone } from './figure.ts';
import { stateWord } from './state-words.ts';
import type { TimeFormat } from './time-format.ts';
import { t } from './translate.ts';

const MINUS = '\u2212';

function remainingTone(burnDown: BurnDown): Tone {
  const left = remainingUsd(burnDown);
  if (left <= 0) {
    return 'critical';
  }
  const limit = burnDown.limitUsd;
  const used = limit === undefined || limit <= 0 ? 0 : 1 - left / limit;
  const crossed = burnDown.thresholds.findLast((threshold) => used >= threshold.ratio)?.ratio ?? 0;
  return crossed >= 0.9 ? 'critical' : crossed >= 0.7 ? 'warning' : 'plain';
}

function remainingFigure(burnDown: BurnDown, oneOfMany: boolean): Figure {
  const detail =
    burnDown.limitUsd === undefined ? '' : t('figure.of', 'of {{limit}}', { limit: moneyText(burnDown.limitUsd) });
  // A thread is named by its lanes.
  const isNamed = oneOfMany || burnDown.kind === 'budget';
  return {
    id: 'remaining',
    label: `${t('figure.remaining', 'Remaining')}${isNamed ? ` \u00b7 ${plainText(burnDown.name)}` : ''}`,
    value: moneyText(remainingUsd(burnDown)),
    detail,
    tone: remainingTone(burnDown),
    hint: `${burnDown.kind === 'thread' ? t('figure.thread', 'Thread') : t('figure.budget', 'Budget')} ${plainText(burnDown.name)}`,
  };
}

function burnRateFigure(burnDown: BurnDown, lookbackMs: number): Figure {
  const rate = burnRate(burnDown, lookbackMs);
  const perMinute =
    rate === undefined ? '' : ` \u00b7 ${moneyText(rate.usdPerMinute)} ${t('figure.per-minute', '/min')}`;
  return {
    id: 'burn-rate',
    label: t('figure.burn-rate', 'Burn rate'),
    value: rate === undefined ? '\u2013' : moneyText(rate.usdPerHour),
    detail: rate === undefined ? t('figure.no-data', 'no data yet') : `${t('figure.per-hour', '/h')}${perMinute}`,
    ...(rate === undefined ? {} : { shortDetail: t('figure.per-hour', '/h') }),
    tone: 'plain',
    hint:
      rate === undefined
        ? ''
        : t('figure.burn-rate-hint', 'Spend of the last {{span}} divided by its length', {
            span: roughDuration(rate.windowMs),
          }),
  };
}

function trendFigure(burnDown: BurnDown, lookbackMs: number): Figure {
  const change = trend(burnDown, lookbackMs);
  if (change === undefined) {
    return {
      id: 'trend',
      label: t('figure.trend', 'Trend'),
      value: '\u2013',
      detail: t('figure.too-little', 'not enough data'),
      tone: 'plain',
      hint: '',
    };
  }
  const percent = Math.round(change.ratio * 100);
  const span = roughDuration(change.windowMs);
  return {
    id: 'trend',
    label: t('figure.trend-span', 'Trend, {{span}}', { span }),
    value: `${percent > 0 ? '+' : percent < 0 ? MINUS : '\u00b1'}${Math.abs(percent)} %`,
    detail: '',
    tone: 'plain',
    hint: t('figure.trend-hint', 'Spend of the last {{span}} against the {{span}} before', { span }),
  };
}

function runsAt(group: Timeline['groups'][number], atMs: number): boolean {
  return group.runs.some((run) => run.startMs <= atMs && (run.endMs === undefined || run.endMs > atMs));
}

/** What a thread is in; where its state is not known, whether it has begun. */
type Phase = ThreadState | 'ended' | 'not started';

function phaseText(phase: Phase): string {
  switch (phase) {
    case 'ended':
      return t('state.ended', 'ended');
    case 'not started':
      return t('state.not-started', 'not started');
    default:
      return stateWord(phase);
  }
}

/** What one thread's state was: the last one is known, of those before only whether it ran. */
function phaseOf(group: Timeline['groups'][number], atMs: number): Phase {
  const lastRun = group.runs.at(-1);
  if (lastRun === undefined || atMs >= (lastRun.endMs ?? Infinity)) {
    return group.state ?? 'ended';
  }
  return runsAt(group, atMs) ? 'running' : group.runs.some((run) => run.startMs <= atMs) ? 'ended' : 'not started';
}

function stateFigure(timeline: Timeline, atMs: number, live: boolean): Figure {
  const running = timeline.groups.filter((group) => runsAt(group, atMs));
  const counts = new Map<AgentState, number>();
  for (const group of running) {
    for (const [state, count] of agentsPerState(group, atMs)) {
      counts.set(state, (counts.get(state) ?? 0) + count);
    }
  }
  const agents = timeline.groups.reduce((sum, group) => sum + group.lanes.filter((lane) => !lane.isTool).length, 0);
  const only = timeline.groups.length === 1 ? timeline.groups[0] : undefined;
  const known = only === undefined ? undefined : live ? only.state : phaseOf(only, atMs);
  const phase = known ?? (running.length > 0 ? 'running' : 'ended');
  const threads =
    only === undefined
      ? `${t('figure.threads', '{{running}} of {{count}} threads', { running: running.length, count: timeline.groups.length, defaultValue_one: '{{running}} of {{count}} thread' })}`
      : '';
  const active = [...counts].filter(([state]) => state !== 'idle' && state !== 'completed');
  const activeCount = active.reduce((sum, [, count]) => sum + count, 0);
  const notable = (['waiting', 'queued', 'paused', 'failed'] as const).flatMap((state) => {
    const count = counts.get(state) ?? 0;
    return count === 0 ? [] : [`${count} ${stateWord(state)}`];
  });
  const agentText =
    running.length > 0
      ? only !== undefined
        ? t('figure.active', '{{active}} of {{agents}} active', { active: activeCount, agents })
        : t('figure.agents-active', '{{active}} of {{count}} agents active', {
            active: activeCount,
            count: agents,
            defaultValue_one: '{{active}} of {{count}} agent active',
          })
      : t('figure.agents', '{{count}} agents', { count: agents, defaultValue_one: '{{count}} agent' });
  const failed = phase === 'failed' || phase === 'timeout';
  return {
    id: 'state',
    label: t('figure.state', 'State'),
    value: phaseText(phase),
    detail: [threads, agentText, ...notable].filter((part) => part !== '').join(', '),
    shortDetail: shortState(running.length, timeline, { active: activeCount, agents }),
    tone: failed ? 'critical' : 'plain',
    hint: plainText(only?.thread ?? ''),
  };
}

/** `5/17`: what of the state stays whole where there is little room. Of several threads those that run, of one its agents. */
function shortState(
  running: number,
  timeline: Timeline,
  { active, agents }: { active: number; agents: number }
): string {
  const { length } = timeline.groups;
  return length === 1 ? (running === 0 ? '' : `${active}/${agents}`) : `${running}/${length}`;
}

/** Nothing wasted is nothing to say. */
function wastedFigures(spent: Spent | undefined): Figure[] {
  if (spent === undefined || !(spent.wastedUsd > 0)) {
    return [];
  }
  const percent = (100 * spent.wastedUsd) / spent.usd;
  return [
    {
      id: 'wasted',
      label: t('figure.wasted', 'Wasted'),
      value: moneyText(spent.wastedUsd),
      detail: percent < 1 ? '< 1 %' : `${Math.round(percent)} %`,
      tone: 'plain',
      hint: t(
        'figure.wasted-hint',
        'Spent in the visible range by runs that ended in failure: of agents from becoming active until they failed, of threads that failed or timed out everything. {{wasted}} of {{usd}}.',
        { wasted: moneyText(spent.wastedUsd), usd: moneyText(spent.usd) }
      ),
    },
  ];
}

export interface FiguresInput {
  readonly burnDown: BurnDown | undefined;
  /** More budgets are drawn than this one: it is named. */
  readonly oneOfMany: boolean;
  readonly forecast: Forecast | undefined;
  readonly timeline: Timeline | undefined;
  /** What its threads spent in the visible range; undefined: not known, or not asked for. */
  readonly spent?: Spent | undefined;
  readonly lookbackMs: number;
  /** For which instant the states are told: now, the end of a range that lies in the past, or where a replay stands. */
  readonly atMs: number;
  /** False in a replay. */
  readonly live: boolean;
  readonly time: TimeFormat;
}

/** The figures in reading order; those of a band without data are left out. */
export function figuresOf(input: FiguresInput): Figure[] {
  const { burnDown, forecast, timeline, lookbackMs } = input;
  const ended = burnDown?.endedMs !== undefined;
  return [
    ...(burnDown === undefined
      ? []
      : [remainingFigure(burnDown, input.oneOfMany), burnRateFigure(burnDown, lookbackMs)]),
    ...(burnDown === undefined || ended ? [] : [trendFigure(burnDown, lookbackMs)]),
    ...(burnDown === undefined || forecast === undefined
      ? []
      : [exhaustionFigure(forecast, { burnDown, lookbackMs, time: input.time })]),
    ...wastedFigures(input.spent),
    ...(timeline === undefined ? [] : [stateFigure(timeline, input.atMs, input.live)]),
  ];
}
