// The landing page's script, for browsers. The gateway says that something happened, the JSON endpoints say what is true:
// one source of truth, asked at most every half second. Everything from outside is written by textContent.

export const LANDING_SCRIPT = String.raw`'use strict';
(() => {
  const REFRESH_MS = 500;
  const IDLE_REFRESH_MS = 15000;
  const RECONNECT_MS = [500, 1000, 2000, 5000];
  const SHOWN_THREADS = 50;
  const at = (id) => document.getElementById(id);

  function element(tag, className, text) {
    const made = document.createElement(tag);
    if (className) made.className = className;
    if (text !== undefined) made.textContent = text;
    return made;
  }

  const USD = new Intl.NumberFormat('en-US', { style: 'currency', currency: 'USD' });
  // Real calls cost fractions of a cent: small amounts keep three significant digits.
  const SMALL_USD = new Intl.NumberFormat('en-US', { style: 'currency', currency: 'USD', maximumSignificantDigits: 3 });
  function usd(amount) {
    return amount !== 0 && Math.abs(amount) < 0.1 ? SMALL_USD.format(amount) : USD.format(amount);
  }
  function percent(ratio) {
    return (ratio * 100).toFixed(ratio < 0.1 ? 1 : 0) + ' %';
  }
  function duration(ms) {
    const s = Math.max(0, Math.floor(ms / 1000));
    if (s < 60) return s + ' s';
    if (s < 3600) return Math.floor(s / 60) + ' min ' + (s % 60) + ' s';
    if (s < 86400) return Math.floor(s / 3600) + ' h ' + Math.floor((s % 3600) / 60) + ' min';
    return Math.floor(s / 86400) + ' d ' + Math.floor((s % 86400) / 3600) + ' h';
  }

  // Times that go on are written anew every second: [element, since, text before].
  let ticking = [];
  function tick() {
    const now = Date.now();
    for (const [node, since, before] of ticking) node.textContent = before + duration(now - since);
  }

  const isOver = (thread) => thread.endedMs !== undefined;

  // "$1.58 of $5.00 left", or "$4.00 over $170.00".
  function left(remaining, limit) {
    if (remaining < 0) return element('div', 'sub over', usd(-remaining) + ' over ' + usd(limit));
    return element('div', 'sub', usd(remaining) + ' of ' + usd(limit) + ' left');
  }

  function bar(ratio, tone) {
    const made = element('div', 'bar');
    const fill = element('i', tone);
    fill.style.width = Math.min(100, Math.max(0, ratio * 100)) + '%';
    made.append(fill);
    return made;
  }

  function threadRow(thread) {
    const row = element('article', isOver(thread) ? 'row ended' : 'row');
    const who = element('div');
    who.append(element('div', 'name', thread.threadId));
    const sub = element('div', 'sub');
    sub.append(element('span', 'state-' + thread.state, thread.state), ' ');
    const since = element('span');
    const tookMs = thread.endedMs - thread.startedMs;
    if (isOver(thread)) since.textContent = 'in ' + (tookMs < 10000 ? (tookMs / 1000).toFixed(1) + ' s' : duration(tookMs));
    else ticking.push([since, thread.startedMs, 'for ']);
    sub.append(since, ' \u00b7 ' + thread.workflow);
    if (thread.checkpoints > 0) sub.append(' \u00b7 ' + thread.checkpoints + (thread.checkpoints === 1 ? '\u00a0checkpoint' : '\u00a0checkpoints'));
    who.append(sub);

    const agents = element('ul', 'agents');
    for (const agent of thread.agents) {
      const item = element('li');
      item.title = agent.agent + ', ' + agent.state + (agent.task ? ': ' + agent.task : '');
      const dot = element('i', 'dot ' + agent.state);
      const held = element('span', 'held', agent.state);
      if (!isOver(thread) && agent.state !== 'completed') ticking.push([held, agent.sinceMs, agent.state + ' ']);
      item.append(dot, element('span', 'agent', agent.agent), held);
      agents.append(item);
    }

    const money = element('div', 'money-cell');
    money.append(element('span', 'spent', usd(thread.costUsd)));
    if (thread.budgetLimitUsd > 0 && thread.budgetRemainingUsd !== undefined) {
      const share = thread.budgetRemainingUsd / thread.budgetLimitUsd;
      // Nothing left is drawn as a full red bar: an empty one would look like nothing to see.
      money.append(share <= 0 ? bar(1, 'over') : bar(share, share < 0.2 ? 'warn' : ''));
      money.append(left(thread.budgetRemainingUsd, thread.budgetLimitUsd));
    }
    row.append(who, agents, money);
    return row;
  }

  function toneOf(budget) {
    if (budget.usedRatio >= 1) return 'over';
    const first = budget.thresholds.find((threshold) => threshold >= 0.75 && threshold < 1) ?? 0.8;
    return budget.usedRatio >= first ? 'warn' : '';
  }

  function budgetRow(budget) {
    const row = element('article', 'row budget');
    const who = element('div');
    who.append(element('div', 'name', budget.name));
    who.append(element('div', 'sub', (budget.window === 'thread' ? 'per thread' : 'per ' + budget.window) + (budget.owner ? ' \u00b7 ' + budget.owner : '')));
    const middle = element('div');
    const line = bar(budget.usedRatio, toneOf(budget));
    for (const threshold of budget.thresholds) {
      if (threshold >= 1) continue;
      const mark = element('u');
      mark.style.left = threshold * 100 + '%';
      mark.title = 'threshold ' + percent(threshold);
      line.append(mark);
    }
    middle.append(line);
    const notes = [percent(budget.usedRatio) + ' used'];
    const marks = budget.thresholds.filter((threshold) => threshold < 1);
    if (marks.length > 0) notes.push('thresholds ' + marks.map(percent).join(', '));
    if (budget.periodEndMs !== undefined) notes.push('resets in ' + duration(budget.periodEndMs - Date.now()));
    if (budget.exhaustionMs !== undefined) notes.push('exhausted in about ' + duration(budget.exhaustionMs - Date.now()));
    if (!budget.valid) notes.push('numbers cannot be trusted');
    middle.append(element('div', 'sub', notes.join(' \u00b7 ')));
    const money = element('div', 'money-cell');
    money.append(element('span', 'spent ' + toneOf(budget), usd(budget.spentUsd)));
    money.append(left(budget.remainingUsd, budget.limitUsd));
    row.append(who, middle, money);
    return row;
  }

  function figures(threads, budgets) {
    const running = threads.filter((thread) => !isOver(thread));
    const agents = running.flatMap((thread) => thread.agents);
    const count = (state) => agents.filter((agent) => agent.state === state).length;
    at('figure-threads').textContent = running.length;
    at('figure-threads-note').textContent = threads.length > running.length ? threads.length - running.length + ' ended' : '';
    at('figure-agents').textContent = count('running');
    const others = ['waiting', 'queued', 'paused', 'failed'].filter((state) => count(state) > 0);
    at('figure-agents-note').textContent = ['running'].concat(others.map((state) => count(state) + ' ' + state)).join(', ');
    const tokens = threads.reduce((sum, thread) => sum + thread.inputTokens + thread.outputTokens, 0);
    at('figure-spend').textContent = usd(threads.reduce((sum, thread) => sum + thread.costUsd, 0));
    at('figure-spend').className = 'money';
    at('figure-spend-note').textContent = tokens > 0 ? tokens.toLocaleString('en-US') + ' tokens' : '';
    const tightest = [...budgets].sort((a, b) => b.usedRatio - a.usedRatio)[0];
    at('figure-budget').textContent = tightest ? percent(tightest.usedRatio) : 'none';
    at('figure-budget').className = tightest ? toneOf(tightest) : '';
    at('figure-budget-note').textContent = tightest ? 'of ' + tightest.name : 'set budgets_file to watch one';
  }

  function show(threads, total, budgets) {
    ticking = [];
    const ordered = [...threads.filter((t) => !isOver(t)), ...threads.filter(isOver)].slice(0, SHOWN_THREADS);
    at('empty').hidden = total > 0;
    at('threads-section').hidden = total === 0;
    at('budgets-section').hidden = budgets.length === 0;
    at('threads-note').textContent = total > ordered.length ? ordered.length + ' of ' + total : '';
    at('threads').replaceChildren(...ordered.map(threadRow));
    at('budgets').replaceChildren(...budgets.map(budgetRow));
    figures(threads, budgets);
    tick();
  }

  // A read token, where the exporter asks for one: of this tab only, never in a URL.
  let token = '';
  try {
    token = sessionStorage.getItem('read-token') || '';
  } catch {
    // No storage: the token is asked for again after a reload.
  }
  function keepToken(given) {
    token = given;
    try {
      if (given) sessionStorage.setItem('read-token', given);
      else sessionStorage.removeItem('read-token');
    } catch {
      // As above.
    }
  }
  let signedOut = false;
  function askForToken(status) {
    let problem = '';
    if (token && status === 401) problem = 'This token is not known here.';
    if (token && status === 403) problem = 'This token may send events, not read: a token of auth.read is needed.';
    if (status === 429) problem = 'Too many failed logins from this address: wait a minute and try again.';
    // Of several answers the first says why: by the second the token is gone.
    if (problem || !signedOut) {
      at('sign-in-note').textContent = problem || 'It stays in this tab and is forgotten when the tab is closed.';
      at('sign-in-note').className = problem ? 'problem' : 'quiet';
      at('token').toggleAttribute('aria-invalid', problem !== '');
    }
    keepToken('');
    signedOut = true;
    disconnect();
    at('sign-out').hidden = true;
    at('environment').hidden = true;
    at('degraded').textContent = '';
    at('endpoints').hidden = true;
    for (const id of ['figures', 'empty', 'threads-section', 'budgets-section']) at(id).hidden = true;
    at('sign-in').hidden = false;
    at('live').className = 'live';
    at('live').textContent = 'signed out';
    at('token').focus();
  }
  at('sign-out').addEventListener('click', () => {
    keepToken('');
    askForToken(0);
  });
  at('sign-in-form').addEventListener('submit', (submitted) => {
    submitted.preventDefault();
    keepToken(at('token').value.trim());
    at('token').value = '';
    signedOut = false;
    at('sign-in').hidden = true;
    at('figures').hidden = false;
    at('endpoints').hidden = false;
    start();
  });

  async function json(path) {
    const headers = token ? { authorization: 'Bearer ' + token } : {};
    const answer = await fetch(path, { cache: 'no-store', headers });
    if ([401, 403, 429].includes(answer.status)) askForToken(answer.status);
    if (!answer.ok) throw new Error(path + ' answered ' + answer.status);
    return answer.json();
  }

  let asking = false;
  let asked = false;
  let lastAskedMs = 0;
  // At most one request under way and one every REFRESH_MS; what comes in between is answered by the next.
  async function refresh() {
    if (signedOut) return;
    if (asking) { asked = true; return; }
    asking = true;
    asked = false;
    const wait = lastAskedMs + REFRESH_MS - Date.now();
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
    lastAskedMs = Date.now();
    try {
      const [{ threads, total }, { budgets }] = await Promise.all([json('v1/threads?limit=' + SHOWN_THREADS * 2), json('v1/budgets')]);
      show(threads, total, budgets);
    } catch {
      live(false);
    }
    asking = false;
    if (asked) refresh();
  }

  function live(on) {
    if (signedOut) return;
    at('live').className = on ? 'live on' : 'live';
    at('live').textContent = on ? 'live' : 'reconnecting';
  }

  let failures = 0;
  let socket;
  let again;
  // Where the broadcasts are that this page has heard, so that after a cut it goes on from there.
  let position;
  function disconnect() {
    clearTimeout(again);
    const old = socket;
    socket = undefined;
    if (old) old.close();
  }
  function hear(message) {
    if (message.type === 'res') {
      const stream = message.ok ? message.payload.stream : undefined;
      if (!stream) return;
      // What was missed follows, and moves the position; a gap is filled by what the endpoints say now.
      if (message.payload.resume !== 'complete') position = stream;
      live(true);
      if (message.payload.resume !== 'complete' || message.payload.stream.seq > position.seq) refresh();
      return;
    }
    if (message.event === 'orchestrator.lagged') return;
    if (position && message.seq > position.seq) position = { epoch: position.epoch, seq: message.seq };
    live(true);
    refresh();
  }
  function connect() {
    disconnect();
    const url = new URL('v1/gateway', document.baseURI);
    url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
    const mine = new WebSocket(url, token ? ['orchestrator.v1', 'bearer.' + token] : []);
    socket = mine;
    mine.addEventListener('open', () => {
      failures = 0;
      const params = position ? { threadId: '*', resumeFrom: position } : { threadId: '*' };
      mine.send(JSON.stringify({ type: 'req', id: 'all', method: 'orchestrator.metrics.subscribe', params }));
    });
    mine.addEventListener('message', ({ data }) => {
      if (socket === mine) hear(JSON.parse(data));
    });
    mine.addEventListener('close', () => {
      if (socket !== mine) return;
      live(false);
      const wait = RECONNECT_MS[Math.min(failures, RECONNECT_MS.length - 1)];
      // Not all pages at once when an exporter comes back.
      again = setTimeout(connect, wait * (0.5 + Math.random()));
      failures += 1;
    });
  }
  // A page that comes back to the front, or to a network, does not wait.
  function hurry() {
    if (signedOut || document.hidden || !again || (socket && socket.readyState < WebSocket.CLOSING)) return;
    failures = 0;
    start();
  }
  addEventListener('online', hurry);
  document.addEventListener('visibilitychange', hurry);

  async function facts() {
    const { environment = '', degraded = [] } = await json('health/ready');
    at('environment').textContent = environment;
    at('environment').hidden = environment === '';
    at('degraded').textContent = degraded.map(({ message }) => message[0].toUpperCase() + message.slice(1) + '.').join(' ');
  }

  // A link cannot carry a token: what it leads to is fetched with it and shown as text.
  at('endpoints').addEventListener('click', async (clicked) => {
    if (!token || !clicked.target.href) return;
    clicked.preventDefault();
    try {
      const answer = await fetch(clicked.target.href, { cache: 'no-store', headers: { authorization: 'Bearer ' + token } });
      window.open(URL.createObjectURL(new Blob([await answer.text()], { type: 'text/plain;charset=utf-8' })));
    } catch {
      live(false);
    }
  });

  const now = "'$(date +%s)000'";
  const command = () => 'curl ' + new URL('v1/events', document.baseURI).href + " -H 'Content-Type: application/json'" +
    // Who needs a token to read needs one to send as well, as a rule: one of auth.ingest.
    (token ? ' -H "Authorization: Bearer $INGEST_TOKEN"' : '') + " -d '[\n" +
    '  {"type":"agent.active","threadId":"hello","timestamp":' + now + ',\n' +
    '   "payload":{"agent":"writer","task":"say hello"}},\n' +
    '  {"type":"cost.updated","threadId":"hello","timestamp":' + now + ',\n' +
    '   "payload":{"agent":"writer","costCents":1.25,"budgetRemainingCents":98.75}}\n' + "]'";
  at('copy').addEventListener('click', async () => {
    try {
      await navigator.clipboard.writeText(command());
      at('copy').textContent = 'Copied';
    } catch {
      // No clipboard outside a secure context: select it for the reader instead.
      getSelection().selectAllChildren(at('curl'));
    }
  });

  function start() {
    at('curl').textContent = command();
    at('sign-out').hidden = token === '';
    try {
      connect();
    } catch {
      // A token with characters that a subprotocol cannot carry: the page is refreshed now and then instead.
      live(false);
    }
    refresh();
    facts().catch(() => live(false));
  }

  start();
  setInterval(tick, 1000);
  // Threads are forgotten without any event.
  setInterval(refresh, IDLE_REFRESH_MS);
})();
`;
