import { hostIsOwn } from './own-host.ts';

test.each([
  { host: undefined, is: true },
  { host: '', is: true },
  { host: 'localhost', is: true },
  { host: 'localhost:9847', is: true },
  { host: 'LOCALHOST.:9847', is: true },
  { host: 'exporter:9847', is: true },
  { host: 'a.localhost', is: true },
  { host: '127.0.0.1:9847', is: true },
  { host: '[::1]:9847', is: true },
  { host: '[::1]', is: true },
  { host: 'grafana.example', is: true },
  { host: 'Grafana.Example.:8443', is: true },
  { host: 'evil.example', is: false },
  { host: 'evil.example:9847', is: false },
  { host: '127.0.0.1.evil.example', is: false },
  { host: '127.0.0.1.', is: true },
  { host: 'localhost.evil.example', is: false },
  { host: 'evillocalhost.example', is: false },
  { host: 'evil.example:9847:9847', is: false },
  { host: 'grafana.example.evil.example', is: false },
  { host: 'evil.example@localhost.example', is: false },
  { host: `${'a.'.repeat(8_000)}b`, is: false },
])('$host is ours: $is', ({ host, is }) => {
  expect(hostIsOwn(host, ['https://grafana.example:8443'])).toBe(is);
});
