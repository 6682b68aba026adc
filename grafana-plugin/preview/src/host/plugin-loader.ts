// Imports a built panel plugin through SystemJS, as Grafana does, and keeps it for all panels of the page.
import type { PanelPlugin, PanelPluginMeta } from '@grafana/data';

export interface PluginListing {
  readonly id: string;
  readonly name: string;
  readonly info: Readonly<Record<string, unknown>>;
}

const loading = new Map<string, Promise<PanelPlugin>>();

/** The plugin with its `meta` set; rejects with a message that names the plugin. */
export function loadPlugin(listing: PluginListing): Promise<PanelPlugin> {
  const known = loading.get(listing.id);
  if (known !== undefined) return known;
  const started = importPlugin(listing);
  loading.set(listing.id, started);
  return started;
}

async function importPlugin(listing: PluginListing): Promise<PanelPlugin> {
  const baseUrl = `/public/plugins/${listing.id}`;
  const module = (await System.import(new URL(`${baseUrl}/module.js`, window.location.href).href)) as unknown as {
    plugin?: PanelPlugin | Promise<PanelPlugin>;
    default?: { plugin?: PanelPlugin | Promise<PanelPlugin> };
  };
  const plugin = await (module.plugin ?? module.default?.plugin);
  if (plugin === undefined) throw new Error(`${listing.id}: module.js exports no plugin`);
  plugin.meta = { ...listing, module: `${baseUrl}/module.js`, baseUrl, sort: 0 } as unknown as PanelPluginMeta;
  return plugin;
}
