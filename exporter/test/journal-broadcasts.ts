import type { GatewayBroadcast, ReplayAnswer } from '../src/contract/wire.ts';
import { TestSocket } from './running-exporter.ts';

/** Every broadcast of a thread, as the journal tells it. */
export async function journalBroadcasts(url: string, threadId: string): Promise<GatewayBroadcast[]> {
  const socket = await new TestSocket(`${url}/v1/gateway`).opened();
  const found: GatewayBroadcast[] = [];
  for (let more = true, from = {}; more;) {
    const answer = await socket.request('r', 'orchestrator.checkpoint.replay', { threadId, limit: 1000, ...from });
    const { payload } = answer as { payload: ReplayAnswer };
    found.push(...payload.events);
    ({ more } = payload);
    from = { afterSeq: payload.nextSeq };
  }
  socket.socket.terminate();
  return found;
}

/** For an order over threads. */
export const bySeq = (a: GatewayBroadcast, b: GatewayBroadcast): number => a.seq - b.seq;
