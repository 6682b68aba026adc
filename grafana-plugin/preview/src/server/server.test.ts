import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, get, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPreviewServer, type RunningPreview } from './server.ts';

// Stands for Prometheus: answers with what it was asked, which is all that the proxy is about.
let upstream: Server;
let prometheus: URL;
let preview: RunningPreview;
let dir: string;

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'preview-server-'));
  for (const folder of ['dashboards', 'plugin', 'host/public/build/img/icons/unicons']) {
    mkdirSync(join(dir, folder), { recursive: true });
  }
  writeFileSync(join(dir, 'plugin/plugin.json'), '{"id":"helix-orchestrator-panel"}');
  writeFileSync(join(dir, 'plugin/module.js'), 'define([],function(){})');
  writeFileSync(join(dir, 'dashboards/b.json'), '{"uid":"b","title":"B","panels":[]}');
  writeFileSync(join(dir, 'dashboards/a.json'), '{"uid":"a","title":"A","panels":[]}');
  writeFileSync(join(dir, 'dashboards/broken.json'), '{');
  writeFileSync(join(dir, 'dashboards/other.json'), '{"panels":[]}');
  upstream = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      response.statusCode = request.url?.includes('bad') === true ? 400 : 200;
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ method: request.method, url: request.url, body }));
    });
  });
  await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve));
  prometheus = new URL(`http://127.0.0.1:${(upstream.address() as AddressInfo).port}/prefix/`);
  preview = await startPreviewServer(options(prometheus));
});

afterAll(async () => {
  await preview.close();
  await new Promise((resolve) => upstream.close(resolve));
  rmSync(dir, { recursive: true });
});

const options = (url: URL): Parameters<typeof startPreviewServer>[0] => ({
  prometheus: url,
  dashboardsDir: join(dir, 'dashboards'),
  pluginDir: join(dir, 'plugin'),
  hostDir: join(dir, 'host'),
  port: 0,
  hostVersion: '12.4',
});

const form = (body: string): RequestInit => ({
  method: 'POST',
  body,
  headers: { 'content-type': 'application/x-www-form-urlencoded' },
});

test.each<[string, string, RequestInit, unknown]>([
  ['a GET', 'query?query=up', {}, [200, { method: 'GET', url: '/prefix/api/v1/query?query=up', body: '' }]],
  [
    'a form POST',
    'query_range',
    form('query=up%5B1m%5D'),
    [200, { method: 'POST', url: '/prefix/api/v1/query_range', body: 'query=up%5B1m%5D' }],
  ],
  [
    'label values',
    'label/thread/values?match[]=up',
    {},
    [200, { method: 'GET', url: '/prefix/api/v1/label/thread/values?match[]=up', body: '' }],
  ],
  [
    'an error of Prometheus',
    'query?query=bad',
    {},
    [400, { method: 'GET', url: '/prefix/api/v1/query?query=bad', body: '' }],
  ],
])('passes %s to Prometheus', async (_name, path, init, expected) => {
  const response = await fetch(`${preview.url}/api/v1/${path}`, init);
  expect([response.status, await response.json()]).toEqual(expected);
});

test.each<[string, string, RequestInit, number]>([
  ['the admin endpoints', 'admin/tsdb/delete_series?match[]=up', { method: 'POST' }, 404],
  ['a way out of the API', 'label/..%2F..%2Fadmin/values', {}, 400],
  ['other methods', 'query', { method: 'DELETE' }, 404],
  ['the status endpoints', 'status/config', {}, 404],
])('does not pass %s', async (_name, path, init, status) => {
  const response = await fetch(`${preview.url}/api/v1/${path}`, init);
  expect([response.status, ((await response.json()) as { status: string }).status]).toEqual([status, 'error']);
});

test('says in the form of Prometheus that Prometheus does not answer', async () => {
  const lonely = await startPreviewServer(options(new URL('http://127.0.0.1:1')));
  try {
    const response = await fetch(`${lonely.url}/api/v1/query?query=up`);
    expect([response.status, await response.json()]).toEqual([
      502,
      {
        status: 'error',
        errorType: 'preview',
        error: expect.stringMatching(/^Prometheus at http:\/\/127\.0\.0\.1:1 does not answer: /) as string,
      },
    ]);
  } finally {
    await lonely.close();
  }
});

test('lists the dashboards by title and names the files that are none', async () => {
  const response = await fetch(`${preview.url}/api/preview`);
  expect(await response.json()).toEqual({
    hostVersion: '12.4',
    prometheus: prometheus.origin,
    plugins: [{ id: 'helix-orchestrator-panel' }],
    dashboards: [
      { uid: 'a', title: 'A' },
      { uid: 'b', title: 'B' },
    ],
    problems: [
      expect.stringMatching(/^broken\.json: /),
      'other.json: uid is missing; want a classic dashboard with a uid',
    ],
  });
});

test.each([
  ['/', 200, 'text/html; charset=utf-8'],
  ['/api/dashboards/uid/a', 200, 'application/json; charset=utf-8'],
  ['/api/dashboards/uid/..%2Fplugin', 404, 'application/json; charset=utf-8'],
  ['/public/plugins/helix-orchestrator-panel/module.js', 200, 'text/javascript; charset=utf-8'],
  ['/public/plugins/helix-orchestrator-panel/..%2F..%2Fdashboards%2Fa.json', 404, 'text/html; charset=utf-8'],
  ['/public/build/img/icons/unicons/no-such-icon.svg', 200, 'image/svg+xml; charset=utf-8'],
])('answers %s with %d %s', async (path, status, type) => {
  const response = await fetch(`${preview.url}${path}`);
  expect([response.status, response.headers.get('content-type')]).toEqual([status, type]);
});

test("sends Grafana's dashboard addresses to the page", async () => {
  const response = await fetch(`${preview.url}/d/a/orchestrator?var-thread=x%22&from=1`, { redirect: 'manual' });
  expect([response.status, response.headers.get('location')]).toEqual([302, '/?var-thread=x%22&from=1&dashboard=a']);
});

test.each([
  ['127.0.0.1:3000', 200],
  ['localhost:8080', 200],
  ['[::1]:3000', 200],
  ['rebound.example.com:3000', 421],
  ['127.0.0.1.example.com', 421],
])('answers a request for the host %s with %d', async (host, expected) => {
  const status = await new Promise<number | undefined>((resolve, reject) => {
    get(`${preview.url}/api/v1/query?query=up`, { headers: { host } }, (response) => {
      response.resume();
      resolve(response.statusCode);
    }).once('error', reject);
  });
  expect(status).toBe(expected);
});

test('rejects when the port is taken', async () => {
  const port = Number(new URL(preview.url).port);
  await expect(startPreviewServer({ ...options(prometheus), port })).rejects.toThrow('EADDRINUSE');
});
