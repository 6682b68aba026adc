// Loaded into an exporter before it starts (node --expose-gc --require): the test that started it may move or stop its wall
// clock and have its garbage collected. The exporter itself knows nothing of it.
const realNow = Date.now;
let aheadMs = 0;
let stoppedMs = process.env.HARNESS_STOPPED_MS === undefined ? undefined : Number(process.env.HARNESS_STOPPED_MS);
Date.now = () => stoppedMs ?? realNow() + aheadMs;

/** Twice: what a finaliser of the first round lets go is gone after the second. */
function collected() {
  globalThis.gc();
  globalThis.gc();
  const { heapUsed, external, rss } = process.memoryUsage();
  return { heapBytes: heapUsed + external, rssBytes: rss };
}

/** In steps: of a time in which the process stands still, its timers see no more than one. */
async function run(ms) {
  for (let at = 0; at < ms; at += 100) await new Promise((resolve) => setTimeout(resolve, 100));
}

process.on('message', async (request) => {
  if ('advanceMs' in request) aheadMs += request.advanceMs;
  if ('stop' in request) stoppedMs = request.stop ? Date.now() : undefined;
  if ('runMs' in request) await run(request.runMs);
  process.send({ ...('stop' in request ? {} : collected()), nowMs: Date.now() });
});
process.channel.unref();
