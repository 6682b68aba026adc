// The built plugin as Grafana's catalogue takes it: what plugin.json names is there, and is what it is said to be.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { REPOSITORY } from './support/preview-host.ts';

const PLUGIN = join(REPOSITORY, 'grafana-plugin');
const DIST = join(PLUGIN, 'dist');

interface PluginJson {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly suggestions: boolean;
  readonly languages?: readonly string[];
  readonly info: {
    readonly version: string;
    readonly updated: string;
    readonly description: string;
    readonly keywords: readonly string[];
    readonly logos: Readonly<Record<'small' | 'large', string>>;
    readonly links: readonly { readonly name: string; readonly url: string }[];
    readonly screenshots: readonly { readonly name: string; readonly path: string }[];
  };
  readonly dependencies: { readonly grafanaDependency: string };
}

const read = (path: string): string => readFileSync(join(DIST, path), 'utf8');
let plugin: PluginJson;
beforeAll(() => {
  if (!existsSync(join(DIST, 'plugin.json')))
    throw new Error('not built; run npm run build -w helix-orchestrator-panel');
  plugin = JSON.parse(read('plugin.json')) as PluginJson;
});

test('plugin.json is filled in and of the version of package.json', () => {
  const { version } = JSON.parse(readFileSync(join(PLUGIN, 'package.json'), 'utf8')) as { version: string };
  expect(read('plugin.json')).not.toMatch(/%[A-Z_]+%/);
  expect([plugin.type, plugin.info.version, plugin.suggestions]).toEqual(['panel', version, true]);
  expect(plugin.info.updated).toMatch(/^\d{4}-\d\d-\d\d$/);
  expect(plugin.id).toMatch(/^[0-9a-z]+-([0-9a-z]+-)?panel$/);
  expect(plugin.name).not.toBe(plugin.id);
  expect(plugin.dependencies.grafanaDependency).toMatch(/^>=\d+\.\d+\.\d+$/);
  expect(plugin.info.description.length).toBeGreaterThan(40);
  expect(plugin.info.keywords.length).toBeGreaterThan(0);
});

test('every file that plugin.json names is there, images are images', () => {
  const { logos, screenshots } = plugin.info;
  expect(screenshots.length).toBeGreaterThan(0);
  for (const { name, path } of screenshots) {
    expect(name).not.toBe('');
    expect(path).toMatch(/^img\/[\w-]+\.png$/);
    expect(readFileSync(join(DIST, path)).subarray(0, 8).toString('latin1')).toBe('\u0089PNG\r\n\u001a\n');
  }
  for (const path of [logos.small, logos.large]) {
    const svg = read(path);
    expect(svg).toMatch(/^<svg /);
    // The validator refuses whatever can run or load.
    expect(svg).not.toMatch(/<(?:script|foreignObject|image|use|style|a)\b|\son\w+\s*=|href|url\(/i);
  }
  for (const language of plugin.languages ?? []) {
    expect(JSON.parse(read(`locales/${language}/${plugin.id}.json`))).toBeInstanceOf(Object);
  }
});

test('links are safe and lead out of the page', () => {
  expect(plugin.info.links.filter(({ name, url }) => name === '' || !/^https:\/\/[^\s]+$/.test(url))).toEqual([]);
});

test('what the catalogue shows is packaged, and nothing else lies around', () => {
  expect(read('LICENSE')).toContain('Apache License');
  expect(read('CHANGELOG.md')).toContain(`## ${plugin.info.version}`);
  expect(
    readdirSync(DIST)
      // Chunks are what @grafana/i18n loads later: a pseudo language.
      .filter((name) => !['img', 'locales'].includes(name) && !/^\d+\.js(?:\.map)?$/.test(name))
      .sort()
  ).toEqual(['CHANGELOG.md', 'LICENSE', 'README.md', 'module.js', 'module.js.map', 'plugin.json']);
});

test('the README has no template text, no HTML, no comments and no links that only the repository has', () => {
  const readme = read('README.md');
  const links = [...readme.matchAll(/\]\(([^)]*)\)/g)].map(([, url]) => url ?? '');
  expect(links.filter((url) => !/^(?:https:\/\/|#)/.test(url))).toEqual([]);
  const text = readme.replace(/```[\s\S]*?```|`[^`\n]*`/g, '');
  expect(text).not.toMatch(/<!--|<[a-z/]|Panel Plugin Template/i);
  for (const said of ['## Queries', '## Options', '## Requirements']) expect(readme).toContain(said);
});
