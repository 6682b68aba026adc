// Bundles the browser side twice from one source: with the @grafana 12.4 packages and React 18, and with 13.2 and React 19.
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { build, type Plugin } from 'esbuild';
import { HOST_VERSIONS, type HostVersion } from './server/arguments.ts';

const previewDir = join(import.meta.dirname, '..');
/** Folder from which each line's packages resolve. */
const PACKAGES_FROM: Readonly<Record<HostVersion, string>> = {
  '12.4': previewDir,
  '13.2': join(previewDir, 'grafana-13.2'),
};
/** The plugin and the host must share these: two copies of React or emotion break hooks and styles. */
const ONE_COPY =
  /^(react|react-dom|rxjs|@emotion\/(css|react)|@grafana\/(data|ui|runtime|schema|i18n)|i18next|moment|lodash)(\/|$)/;
const RESOLVED_ONCE = Symbol('resolved from the packages folder');

/** Resolves the host's own imports, and shared packages whoever imports them, from the line's folder. */
function packagesFrom(folder: string): Plugin {
  return {
    name: 'packages-of-one-line',
    setup(bundler) {
      bundler.onResolve({ filter: /^[^./]/ }, async (args) => {
        if (args.pluginData === RESOLVED_ONCE) return undefined;
        const ofHost = args.importer.startsWith(join(previewDir, 'src'));
        if (!ofHost && !ONE_COPY.test(args.path)) return undefined;
        const found = await bundler.resolve(args.path, {
          resolveDir: folder,
          kind: args.kind,
          importer: args.importer,
          pluginData: RESOLVED_ONCE,
        });
        // What is the host's own and not Grafana's (systemjs in 12.4) comes from where esbuild finds it.
        return found.errors.length > 0 ? undefined : found;
      });
    },
  };
}

/** The code editor of @grafana/ui weighs more than all the rest, and a dashboard draws none. */
const withoutCodeEditor: Plugin = {
  name: 'without-code-editor',
  setup(bundler) {
    bundler.onResolve({ filter: /^monaco-editor/ }, ({ path }) => ({ path, namespace: 'empty' }));
    bundler.onLoad({ filter: /.*/, namespace: 'empty' }, () => ({ contents: 'module.exports = {}' }));
  },
};

/**
 * A default import from an .mjs file is all of a CommonJS module, as in Node; @grafana/ui means what the module calls its default.
 * Its tables scroll in this component.
 */
const scrollbarsByName: Plugin = {
  name: 'scrollbars-by-name',
  setup(bundler) {
    bundler.onResolve({ filter: /^react-custom-scrollbars-2$/ }, ({ path, namespace, resolveDir }) =>
      namespace === 'by-name' ? undefined : { path, namespace: 'by-name', pluginData: resolveDir }
    );
    bundler.onLoad({ filter: /.*/, namespace: 'by-name' }, ({ path, pluginData }) => ({
      contents: `export { Scrollbars as default, Scrollbars } from '${path}';`,
      resolveDir: pluginData as string,
    }));
  },
};

async function bundleHost(version: HostVersion): Promise<void> {
  const folder = PACKAGES_FROM[version];
  const require = createRequire(join(folder, 'resolve.js'));
  const out = join(previewDir, 'dist', `host-${version}`);
  await rm(out, { recursive: true, force: true });
  await build({
    entryPoints: { host: join(previewDir, 'src/host/main.tsx') },
    outdir: out,
    bundle: true,
    minify: true,
    format: 'iife',
    platform: 'browser',
    target: 'es2022',
    jsx: 'automatic',
    legalComments: 'linked',
    loader: { '.svg': 'dataurl', '.woff2': 'dataurl' },
    define: {
      'process.env.NODE_ENV': '"production"',
      // SystemJS's AMD extra defines a global `define`; a UMD dependency in this bundle must not register with it.
      define: 'undefined',
      global: 'globalThis',
    },
    plugins: [withoutCodeEditor, scrollbarsByName, packagesFrom(folder)],
    logLevel: 'warning',
    // systemjs names a module type that esbuild does not know.
    logOverride: { 'package.json': 'silent' },
  });
  const uiDist = join(dirname(require.resolve('@grafana/ui/package.json')), 'dist');
  const icons = join(out, 'public/build/img/icons');
  await cp(join(uiDist, 'public/img/icons'), icons, { recursive: true });
  await addMissingIcons(join(icons, 'unicons'));
  await copyFonts(join(out, 'public/fonts'));
}

/** @grafana/ui draws these two but does not ship them: one is its mirror image, the other an open circle. */
async function addMissingIcons(unicons: string): Promise<void> {
  const right = await readFile(join(unicons, 'angle-double-right.svg'), 'utf8');
  const left = right.replace(/(<svg[^>]*>)(.*)(<\/svg>)/s, '$1<g transform="translate(24 0) scale(-1 1)">$2</g>$3');
  await writeFile(join(unicons, 'angle-double-left.svg'), left);
  const spinner =
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"><path fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" d="M12 3a9 9 0 1 1-9 9"/></svg>';
  await writeFile(join(unicons, 'spinner.svg'), spinner);
}

/** Puts the variable fonts where the style sheet of @grafana/ui looks for Grafana's static cuts of the same faces. */
async function copyFonts(out: string): Promise<void> {
  const require = createRequire(import.meta.url);
  const font = (name: string, file: string): string =>
    join(dirname(require.resolve(`@fontsource-variable/${name}/package.json`)), 'files', file);
  const inter = font('inter', 'inter-latin-wght-normal.woff2');
  const interItalic = font('inter', 'inter-latin-wght-italic.woff2');
  const robotoMono = font('roboto-mono', 'roboto-mono-latin-wght-normal.woff2');
  const copies: readonly (readonly [string, string])[] = [
    [inter, 'inter/Inter-Regular.woff2'],
    [inter, 'inter/Inter-Medium.woff2'],
    [interItalic, 'inter/Inter-Italic.woff2'],
    [interItalic, 'inter/Inter-MediumItalic.woff2'],
    [robotoMono, 'roboto/L0xTDF4xlVMF-BfR8bXMIhJHg45mwgGEFl0_3vrtSM1J-gEPT5Ese6hmHSh0mQ.woff2'],
  ];
  for (const [from, to] of copies) {
    await mkdir(dirname(join(out, to)), { recursive: true });
    await cp(from, join(out, to));
  }
}

// `node dist/build.js 12.4` bundles that line alone, so that the other's packages need not be installed.
const wanted = process.argv.slice(2);
const versions = HOST_VERSIONS.filter((version) => wanted.length === 0 || wanted.includes(version));
if (versions.length === 0)
  throw new Error(`no host version in '${wanted.join(' ')}'; known are ${HOST_VERSIONS.join(', ')}`);
for (const version of versions) await bundleHost(version);
