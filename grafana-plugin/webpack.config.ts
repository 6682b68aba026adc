// The scaffold's webpack configuration with one change. Changes are merged here, never in .config.
import type { Configuration, RuleSetRule } from 'webpack';
import scaffold, { type Env } from './.config/webpack/webpack.config.ts';

/** What every browser that Grafana 12 supports runs as it is. */
const TARGET = 'es2022';

function withTarget(rule: RuleSetRule): RuleSetRule {
  const { use } = rule;
  if (typeof use !== 'object' || Array.isArray(use) || use.loader !== 'swc-loader' || typeof use.options !== 'object') {
    return rule;
  }
  const { jsc, ...options } = use.options as { jsc?: object };
  return { ...rule, use: { ...use, options: { ...options, jsc: { ...jsc, target: TARGET } } } };
}

/**
 * Names of sources as the plugin catalogue compares them: relative to src, and of dependencies below node_modules, wherever
 * npm has put those. The exporter's contract is a dependency that npm links.
 */
function sourceName({ resourcePath, namespace }: { resourcePath: string; namespace: string }): string {
  const dependency = /(?:^|\/)node_modules\/(.*)$/.exec(resourcePath)?.[1];
  const linked = /^(?:\.\.\/)+(?:exporter\/)?(src\/contract\/.*)$/.exec(resourcePath)?.[1];
  const name = dependency ?? (linked === undefined ? undefined : `orchestrator-exporter/${linked}`);
  return `webpack://${namespace}/${name === undefined ? resourcePath : `./node_modules/${name}`}`;
}

/** The scaffold compiles for ES2015: every spread of an object becomes a call that copies it property by property. */
export default async function config(env: Env): Promise<Configuration> {
  const base = await scaffold(env);
  const rules = base.module?.rules ?? [];
  const targeted = rules.map((rule) => (typeof rule === 'object' && rule !== null ? withTarget(rule) : rule));
  if (!targeted.some((rule, i) => rule !== rules[i])) {
    throw new Error('webpack.config.ts: the scaffold has no swc-loader rule to set a target on');
  }
  return {
    ...base,
    output: { ...base.output, devtoolModuleFilenameTemplate: sourceName },
    module: { ...base.module, rules: targeted },
  };
}
