// The tooltip that a click on a state or a checkpoint pins: what it said then, and the links that it offers.
import { useCallback, useEffect, useRef, useState } from 'react';
import { useDataLinksContext, type DataFrame, type PanelProps } from '@grafana/data';
import type { Hit } from '../layout/hit-test.ts';
import type { Timeline } from '../model/timeline.ts';
import { findLinkSource, type LinkSubject } from '../read/link-source.ts';
import type { HoverText } from './hover-text.ts';
import type { Pin } from './PinnedLinks.tsx';
import { segmentLinks, type SegmentVariables } from './segment-links.ts';
import type { Pointer } from './use-chart-pointer.ts';

export interface PinnedTooltip {
  readonly hover: HoverText;
  /** Viewport position. */
  readonly at: { readonly x: number; readonly y: number };
  readonly pin: Pin;
}

interface PinnedTooltipInput {
  readonly frames: readonly DataFrame[];
  readonly timeline: Timeline | undefined;
  readonly replaceVariables: PanelProps['replaceVariables'];
  readonly timeZone: string;
  readonly textOf: (hit: Hit) => HoverText;
  readonly enabled: boolean;
}

/** What a hit is about, for links; undefined where nothing can be pinned. */
export function linkSubjectOf(
  hit: Pick<Hit, 'lane' | 'segment' | 'checkpoint'>,
  timeline: Timeline | undefined
): { subject: LinkSubject; variables: SegmentVariables } | undefined {
  const { checkpoint, lane, segment } = hit;
  if (checkpoint !== undefined) {
    const { thread, atMs } = checkpoint;
    const workflow = timeline?.groups.find((group) => group.thread === thread)?.workflow ?? '';
    return {
      subject: { thread, agent: undefined, state: undefined, startMs: atMs },
      variables: { start: atMs, end: atMs, duration: 0, state: 'checkpoint', agent: '', thread, workflow },
    };
  }
  if (lane === undefined || segment === undefined) {
    return undefined;
  }
  const { thread, agent, workflow } = lane;
  const { state, startMs: start, endMs: end } = segment;
  return {
    subject: { thread, agent, state, startMs: start },
    variables: { start, end, duration: end - start, state, agent, thread, workflow },
  };
}

/** A click while a tooltip is pinned only closes it, as in Grafana's own panels. */
export function usePinnedTooltip(input: PinnedTooltipInput): {
  readonly pinned: PinnedTooltip | undefined;
  readonly onClick: (at: Pointer) => void;
} {
  const { frames, timeline, replaceVariables, timeZone, textOf, enabled } = input;
  const [pinned, setPinned] = useState<PinnedTooltip>();
  const { dataLinkPostProcessor: postProcess } = useDataLinksContext();
  // The press that closes one is over when its click arrives: the next press may pin again.
  const pressedWhilePinned = useRef(false);
  const isPinned = useRef(false);
  useEffect(() => {
    isPinned.current = pinned !== undefined;
  }, [pinned]);
  useEffect(() => {
    const onPress = () => {
      pressedWhilePinned.current = isPinned.current;
    };
    // Before the tooltip's own listener on the document.
    window.addEventListener('pointerdown', onPress, true);
    return () => window.removeEventListener('pointerdown', onPress, true);
  }, []);

  const close = useCallback(() => setPinned(undefined), []);
  const onClick = ({ hit, clientX, clientY }: Pointer) => {
    const about = linkSubjectOf(hit, timeline);
    if (about === undefined || !enabled || pressedWhilePinned.current) {
      return;
    }
    const source = findLinkSource(frames, about.subject);
    const links =
      source === undefined ? [] : segmentLinks(source, about.variables, { replaceVariables, timeZone, postProcess });
    setPinned({ hover: textOf(hit), at: { x: clientX, y: clientY }, pin: { links, onClose: close } });
  };
  return { pinned, onClick };
}
