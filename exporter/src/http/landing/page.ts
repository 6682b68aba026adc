// The landing page: structure only. landing.js fills it, by textContent.

export const LANDING_PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="dark light">
<title>Orchestrator exporter</title>
<link rel="icon" href="data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Crect x='1' y='3' width='9' height='3' rx='1' fill='%235794f2'/%3E%3Crect x='5' y='7' width='10' height='3' rx='1' fill='%235794f2'/%3E%3Crect x='1' y='11' width='6' height='3' rx='1' fill='%2373bf69'/%3E%3C/svg%3E">
<link rel="stylesheet" href="landing.css">
<script src="landing.js" defer></script>
</head>
<body>
<header>
  <h1>Orchestrator exporter</h1>
  <span id="environment" class="tag" hidden></span>
  <span id="live" class="live" role="status">connecting</span>
</header>
<main>
  <section id="sign-in" class="empty" hidden>
    <h2>A token is needed</h2>
    <p>This exporter shows its data to holders of a read token only (<code>auth.read</code>).</p>
    <form id="sign-in-form" class="sign-in-form"><label for="token">Read token</label><input id="token" type="password" autocomplete="off" spellcheck="false" aria-describedby="sign-in-note" required autofocus><button type="submit">Sign in</button></form>
    <p id="sign-in-note" class="quiet" role="status">It stays in this tab and is forgotten when the tab is closed.</p>
  </section>
  <section id="figures" class="figures" aria-label="Now">
    <div><h2>Running threads</h2><p><b id="figure-threads">&ndash;</b> <span id="figure-threads-note"></span></p></div>
    <div><h2>Agents</h2><p><b id="figure-agents">&ndash;</b> <span id="figure-agents-note"></span></p></div>
    <div><h2>Spend, threads shown</h2><p><b id="figure-spend">&ndash;</b> <span id="figure-spend-note"></span></p></div>
    <div><h2>Tightest budget</h2><p><b id="figure-budget">&ndash;</b> <span id="figure-budget-note"></span></p></div>
  </section>
  <section id="empty" class="empty" hidden>
    <h2>No events yet</h2>
    <p>Send a first one, and this page moves:</p>
    <div class="command"><pre><code id="curl"></code></pre><button id="copy" type="button">Copy</button></div>
    <p class="quiet">Or attach a live emitter in the orchestrator's own process: <code>createExporter(config).attach(emitter)</code></p>
  </section>
  <section id="threads-section" hidden>
    <div class="section-head"><h2>Threads</h2><span id="threads-note"></span>
      <ul class="legend" aria-label="Agent states">
        <li><i class="dot running"></i>running</li><li><i class="dot waiting"></i>waiting</li><li><i class="dot queued"></i>queued</li><li><i class="dot paused"></i>paused</li><li><i class="dot failed"></i>failed</li><li><i class="dot completed"></i>completed</li><li><i class="dot idle"></i>idle</li>
      </ul>
    </div>
    <div id="threads" class="rows"></div>
  </section>
  <section id="budgets-section" hidden>
    <div class="section-head"><h2>Budgets</h2></div>
    <div id="budgets" class="rows"></div>
  </section>
</main>
<footer>
  <nav id="endpoints" aria-label="Endpoints">
    <a href="metrics">/metrics</a>
    <a href="metrics/timeline?consumer=browser">/metrics/timeline</a>
    <a href="health/ready">/health/ready</a>
    <a href="health/live">/health/live</a>
    <a href="v1/threads">/v1/threads</a>
    <a href="v1/budgets">/v1/budgets</a>
    <button id="sign-out" class="plain" type="button" hidden>Sign out</button>
  </nav>
  <p id="degraded"></p>
</footer>
</body>
</html>
`;
