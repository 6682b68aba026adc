// Whether idle time is folded: the option offers it, the viewer may open and close the folds.
import { useCallback, useMemo, useState } from 'react';
import { idleStretches, type Stretch } from '../model/idle-stretches.ts';
import type { Lane } from '../model/timeline.ts';
import type { PanelOptions } from '../options.ts';

export interface Folds {
  /** What is to be folded, ascending; empty while the viewer has it open. */
  readonly idle: readonly Stretch[];
  /** Idle stretches that there are, folded or not. */
  readonly known: number;
  readonly isOpen: boolean;
  readonly toggle: () => void;
}

interface FoldsInput {
  readonly lanes: readonly Lane[] | undefined;
  readonly options: Pick<PanelOptions, 'foldIdle' | 'foldIdleSeconds'>;
  /** The range that the data was read for: beyond it nothing is known, and what is to come is not idle. */
  readonly range: { readonly fromMs: number; readonly toMs: number; readonly nowMs: number };
}

const NONE: readonly Stretch[] = [];

export function useFolds({ lanes, options, range }: FoldsInput): Folds {
  const { foldIdle, foldIdleSeconds } = options;
  const [isOpen, setOpen] = useState(false);
  const idle = useMemo(() => {
    const known = { fromMs: range.fromMs, toMs: Math.min(range.nowMs, range.toMs) };
    return foldIdle && lanes !== undefined ? idleStretches(lanes, known, foldIdleSeconds * 1_000) : NONE;
  }, [foldIdle, foldIdleSeconds, lanes, range]);
  const toggle = useCallback(() => setOpen((before) => !before), []);
  return { idle: isOpen ? NONE : idle, known: idle.length, isOpen, toggle };
}
