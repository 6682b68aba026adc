// Data links of a state or a checkpoint, made by Grafana's own link model: it interpolates, encodes and sanitises.
import {
  getLinksSupplier,
  textUtil,
  type DataLinkPostProcessor,
  type Field,
  type LinkModel,
  type PanelProps,
  type ScopedVars,
} from '@grafana/data';
import type { AgentState } from 'orchestrator-exporter/contract/states';
import type { LinkSource } from '../read/link-source.ts';

/** What `${__segment.…}` offers to data links; the names are part of the plugin's interface. Times are epoch milliseconds. */
export interface SegmentVariables {
  /** Start; of what began before the range the earliest time known. */
  readonly start: number;
  /** End; of what goes on the time it is known until. */
  readonly end: number;
  /** `end - start`, ms. */
  readonly duration: number;
  readonly state: AgentState | 'checkpoint';
  readonly agent: string;
  readonly thread: string;
  readonly workflow: string;
}

export interface LinkContext {
  readonly replaceVariables: PanelProps['replaceVariables'];
  readonly timeZone: string;
  /** Of the host: links between its own pages. */
  readonly postProcess: DataLinkPostProcessor | undefined;
}

/**
 * Links of one value, each title and address once. Addresses that would run a script are `about:blank`, even where Grafana
 * is configured not to sanitise. A link that cannot be made is left out: others stay.
 */
export function segmentLinks(
  source: LinkSource,
  variables: SegmentVariables,
  context: LinkContext
): ReadonlyArray<LinkModel<Field>> {
  const { frame, field, rowIndex, labels } = source;
  const scopedVars: ScopedVars = {
    ...field.state?.scopedVars,
    __segment: { text: variables.agent, value: { ...variables, labels } },
  };
  const found = new Map<string, LinkModel<Field>>();
  for (const link of field.config.links ?? []) {
    for (const model of linkModels({ link, scopedVars }, { frame, field, rowIndex }, context)) {
      found.set(`${model.title}\n${model.href}`, model);
    }
  }
  return [...found.values()];
}

function linkModels(
  { link, scopedVars }: { link: NonNullable<Field['config']['links']>[number]; scopedVars: ScopedVars },
  { frame, field, rowIndex }: Pick<LinkSource, 'frame' | 'field' | 'rowIndex'>,
  { replaceVariables, timeZone, postProcess }: LinkContext
): Array<LinkModel<Field>> {
  const only: Field = { ...field, config: { ...field.config, links: [link] } };
  try {
    return getLinksSupplier(
      frame,
      only,
      scopedVars,
      replaceVariables,
      timeZone,
      postProcess
    )({ valueRowIndex: rowIndex }).map((model) => ({
      ...model,
      href: model.href ? textUtil.sanitizeUrl(model.href) : '',
    }));
  } catch {
    return [];
  }
}
