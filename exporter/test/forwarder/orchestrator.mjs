// An orchestrator of its own process with a spool, for the test that kills it: offers so many costs and says when they are on disk.
import { setInterval } from 'node:timers';
import { createForwarder } from 'orchestrator-exporter/forwarder';

const [url, directory, count, first] = process.argv.slice(2);
const forwarder = createForwarder({ url, spool: { directory }, onWarning: () => undefined });
for (let n = 0; n < Number(count); n += 1) {
  const payload = { agent: 'a', model: 'm', provider: 'p', costUsd: (Number(first) + n) / 1e9 };
  forwarder.offer({ type: 'cost.updated', threadId: `t${n % 7}`, timestamp: Date.now(), payload });
}
setInterval(() => {
  const { queued, queuedBytes } = forwarder.stats();
  if (queued === 0 && queuedBytes === 0) process.stdout.write('on disk\n');
}, 10);
