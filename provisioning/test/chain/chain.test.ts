// From an event to a page and back, with the real programs: what somebody on call gets when a budget falls and is topped up.
import { setTimeout as delay } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { eventually } from '../processes.ts';
import { INTERVALS, startChain, type Chain } from './chain.ts';
import { runbookQueries } from './queries.ts';
import type { Posted } from './webhook.ts';
import { morning, oneOfEverything, spend } from './workload.ts';

/** What a busy machine may add to the wait of a group: less than the 30 s that hold where no wait is given. */
const SLOW_MACHINE_MS = 20_000;
const BUDGET = 'lab daily';

let chain: Chain;

beforeAll(async () => {
  chain = await startChain(100);
});

afterAll(async () => {
  await chain.stop();
});

async function get<T>(url: string): Promise<T> {
  const answer = await fetch(url);
  const body = (await answer.json()) as { data: T; error?: string };
  if (!answer.ok) throw new Error(`${url}: ${answer.status} ${body.error ?? ''}`);
  return body.data;
}

interface Series {
  readonly value: readonly [number, string];
  /** Of a range. */
  readonly values?: readonly (readonly [number, string])[];
}

const query = async (expr: string): Promise<readonly Series[]> =>
  (await get<{ result: [] }>(`${chain.prometheusUrl}/api/v1/query?query=${encodeURIComponent(expr)}`)).result;

/** Milliseconds and value of each sample of a series, as far back as any test goes. */
async function samplesOf(selector: string): Promise<readonly { readonly atMs: number; readonly value: number }[]> {
  const [series] = await query(`${selector}[1h]`);
  return (series?.values ?? []).map(([seconds, value]) => ({
    atMs: Math.round(1_000 * seconds),
    value: Number(value),
  }));
}

/** Names of the alerts on the budget that are in a state in Prometheus. */
async function inPrometheus(state: string): Promise<readonly string[]> {
  interface Alert {
    readonly labels: Readonly<Record<string, string>>;
    readonly state: string;
  }
  const { alerts } = await get<{ alerts: Alert[] }>(`${chain.prometheusUrl}/api/v1/alerts`);
  return alerts
    .filter((alert) => alert.state === state && alert.labels['budget'] === BUDGET)
    .map(({ labels }) => labels['alertname'] ?? '')
    .sort();
}

const pages = (): readonly Posted[] =>
  chain.webhook.posted.filter(({ alerts }) => alerts.some(({ labels }) => labels['budget'] === BUDGET));

const instant = String.raw`\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)? \+0000 UTC`;

test('a day that goes well is noted at half of the budget, and nobody is sent anything', async () => {
  await chain.send([...morning(Date.now()), ...oneOfEverything(Date.now())]);
  await eventually({
    what: 'the spend of the morning in Prometheus',
    read: () => query(`orchestrator_budget_used_ratio{budget="${BUDGET}"} == 0.7`),
    until: (result) => result.length === 1,
    output: chain.logs,
  });
  await eventually({
    what: 'the notice',
    read: () => inPrometheus('firing'),
    until: ({ length }) => length > 0,
    output: chain.logs,
  });
  const { evaluationSeconds, groupWaitSeconds } = INTERVALS;
  await delay((2 * evaluationSeconds + groupWaitSeconds) * 1000);
  expect(await inPrometheus('firing')).toEqual(['OrchestratorBudgetNotice']);
  expect(pages()).toEqual([]);
});

test('a budget that falls pages once, in time, with its figures and links', async () => {
  const spentAtMs = Date.now();
  await chain.send([spend(26, spentAtMs)]);
  const takenAtMs = Date.now();
  const [page] = await eventually({
    what: 'a page',
    read: () => Promise.resolve(pages()),
    until: ({ length }) => length > 0,
    output: chain.logs,
  });
  expect(page).toMatchObject({ status: 'firing', receiver: 'page', alerts: [{ status: 'firing' }] });
  const [alert] = page?.alerts ?? [];
  expect(alert?.labels).toMatchObject({
    alertname: 'OrchestratorBudgetCritical',
    severity: 'critical',
    environment: 'dev',
    component: 'budget',
    budget: BUDGET,
    team: 'lab',
    window: 'day',
  });

  const startedAtMs = Date.parse(alert?.startsAt ?? '');
  const toFire = startedAtMs - spentAtMs;
  const toPage = (page?.atMs ?? Infinity) - startedAtMs;
  process.stdout.write(`chain: fires ${toFire} ms after the spend, pages ${toPage} ms after that\n`);
  // Told by the first scrape that begins after it was taken.
  const used = await samplesOf(`orchestrator_budget_used_ratio{budget="${BUDGET}"}`);
  expect(new Set(used.filter(({ atMs }) => atMs > takenAtMs).map(({ value }) => value))).toEqual(new Set([0.96]));
  const scrapedAtMs = used.find(({ value }) => value === 0.96)?.atMs ?? NaN;
  // Fires at the first evaluation after that, or the next one where the first began before the scrape had ended.
  const evaluations = await samplesOf(
    `ALERTS{alertname="OrchestratorBudgetNotice",alertstate="firing",budget="${BUDGET}"}`
  );
  const missed = evaluations.filter(({ atMs }) => atMs > scrapedAtMs && atMs < startedAtMs - 1);
  expect([startedAtMs > scrapedAtMs, missed.length < 2, evaluations.length > 1]).toEqual([true, true, true]);
  expect(toPage).toBeLessThanOrEqual(INTERVALS.groupWaitSeconds * 1000 + SLOW_MACHINE_MS);

  const {
    summary = '',
    description = '',
    runbook_url: runbook = '',
    dashboard_url: dashboard = '',
  } = alert?.annotations ?? {};
  expect(summary).toBe(`Budget ${BUDGET} has used 96% of its limit (threshold 95%)`);
  expect(description).toMatch(
    new RegExp(
      String.raw`^Used 96\.00 of 100\.00 USD \(96%, threshold 95%\), remaining 4\.00 USD\. Next threshold 100%\. Last hour: 26\.00 USD\. ` +
        `Runs out ${instant} at that rate\\. Owner: lab\\. Period ends ${instant}\\.$`
    )
  );
  // 4 USD at 26 USD an hour.
  const runsOut = Date.parse(/Runs out (\S+) (\S+)/.exec(description)?.slice(1).join('T').concat('Z') ?? '');
  const expectedFrom = (atMs: number) => atMs + (4 / 26) * 3_600_000;
  expect([runsOut >= expectedFrom(spentAtMs) - 1_000, runsOut <= expectedFrom(startedAtMs) + 1_000]).toEqual([
    true,
    true,
  ]);
  expect(await (await fetch(runbook)).text()).toContain('## OrchestratorBudgetCritical');
  expect(dashboard).toMatch(/^http:\/\/localhost:3000\/d\/[\w-]+\?var-environment=dev&var-budget=lab\+daily$/);
});

test('what else fires on the budget is held back', async () => {
  interface Held {
    readonly labels: Readonly<Record<string, string>>;
    readonly status: { readonly state: string };
  }
  const url = `${chain.alertmanagerUrl}/api/v2/alerts?filter=${encodeURIComponent(`budget="${BUDGET}"`)}`;
  const alerts = await eventually({
    what: 'the alerts on the budget, of which all but one are held back',
    read: async () => (await (await fetch(url)).json()) as Held[],
    until: (all) => all.length >= 6 && all.filter(({ status }) => status.state === 'active').length === 1,
    output: chain.logs,
  });
  expect(alerts.map(({ labels, status }) => `${labels['alertname']} ${status.state}`).sort()).toEqual([
    'OrchestratorBudgetAheadOfTime suppressed',
    'OrchestratorBudgetBurningFast suppressed',
    'OrchestratorBudgetBurningSlowly suppressed',
    'OrchestratorBudgetCritical active',
    'OrchestratorBudgetNotice suppressed',
    'OrchestratorBudgetWarning suppressed',
  ]);
  await delay((2 * INTERVALS.groupIntervalSeconds + INTERVALS.groupWaitSeconds) * 1000);
  expect(pages()).toHaveLength(1);
});

/** Queries of the runbook that have no answer here, because nothing is wrong or nothing is known yet. */
const UNANSWERED = [
  'environment_budget:orchestrator_budget_hourly_spend_usd:median7d',
  'orchestrator_budget_valid == 0',
  'orchestrator_exporter_push_lag_seconds',
  'increase(orchestrator_exporter_push_retries_total[10m])',
  'increase(orchestrator_exporter_push_samples_failed_total[1h])',
];

test('the queries of the runbook are answered', async () => {
  const queries = runbookQueries();
  expect(queries.length).toBeGreaterThan(30);
  // A scrape that comes too late leaves no series until the next one.
  await eventually({
    what: `answers to all but ${UNANSWERED.join(', ')}`,
    read: async () => {
      const answered = await Promise.all(queries.map(async (expr) => ({ expr, length: (await query(expr)).length })));
      return answered.filter(({ length }) => length === 0).map(({ expr }) => expr);
    },
    until: (unanswered) => isDeepStrictEqual(unanswered, UNANSWERED),
    output: chain.logs,
  });
});

test('a top-up resolves the page', async () => {
  chain.setLimit(1_000);
  const [, resolved, ...others] = await eventually({
    what: 'the page resolved',
    read: () => Promise.resolve(pages()),
    until: ({ length }) => length > 1,
    output: chain.logs,
  });
  const [page] = pages();
  expect(resolved).toMatchObject({
    status: 'resolved',
    receiver: 'page',
    alerts: [{ status: 'resolved', fingerprint: page?.alerts[0]?.fingerprint }],
  });
  expect(others).toEqual([]);
  await eventually({
    what: 'no alert on the budget any more',
    read: () => inPrometheus('firing'),
    until: ({ length }) => length === 0,
    output: chain.logs,
  });
});
