// The options of the live gateway.
import { z } from 'zod';
import { count, duration, option } from './config-option.ts';

export const GATEWAY_OPTIONS = {
  origins: option({
    path: 'gateway.origins',
    schema: z.array(z.string().refine((text) => URL.canParse(text) && new URL(text).origin === text)),
    fallback: [],
    accepts: 'a list of origins such as https://grafana.example.com',
    help: "Web pages of other hosts that may open the WebSockets; the exporter's own page always may. On loopback without tokens, their host names may also stand in the Host header, as a proxy may leave it; other names with a dot are refused there.",
  }),
  maxClients: count({
    path: 'gateway.max_clients',
    fallback: 256,
    min: 1,
    max: 100_000,
    help: 'WebSocket clients of the gateway, and of the ingest socket, at once.',
  }),
  maxSubscriptions: count({
    path: 'gateway.max_subscriptions',
    fallback: 50,
    min: 1,
    max: 100_000,
    help: 'Thread subscriptions of one client.',
  }),
  maxQueuedBytes: count({
    path: 'gateway.queue_bytes',
    fallback: 524_288,
    min: 1_024,
    max: 1_073_741_824,
    help: 'Bytes that may wait for one client; past it the client hears `orchestrator.lagged` and is closed with code 1013. What it resumes with may be as much again; see gateway.md.',
  }),
  maxResumeBytes: count({
    path: 'gateway.resume_bytes',
    fallback: 8_388_608,
    min: 0,
    max: 4_294_967_296,
    help: 'Latest broadcasts, all threads together, that are kept for clients that connect again; 0 keeps none.',
  }),
  resumeMs: option({
    path: 'gateway.resume_window',
    schema: duration(0, 86_400_000),
    fallback: '5m',
    accepts: 'a duration up to 1d, such as 5m',
    help: 'How long broadcasts of a thread are kept after the last client that listened to it went.',
  }),
} as const;
