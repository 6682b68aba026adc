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

process.on('message', (request) => {
  if ('advanceMs' in request) aheadMs += request.advanceMs;
  if ('stop' in request) stoppedMs = request.stop ? Date.now() : undefined;
  process.send({ ...('stop' in request ? {} : collected()), nowMs: Date.now() });
});
process.channel.unref();
