// Where a replay stands and how it moves on: stepping, playing at a speed, snapping back to live.
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { Stretch } from '../model/idle-stretches.ts';
import { nextStop, replayStops, type StopKind } from '../model/replay.ts';
import type { Timeline } from '../model/timeline.ts';
import { useReducedMotion } from './use-reduced-motion.ts';

export const SPEEDS = [1, 5, 20, 100] as const;
export type Speed = (typeof SPEEDS)[number];

/** For whom things should not move, playing goes on in steps and not in a glide. */
const REDUCED_STEP_MS = 1_000;

interface ReplayInput {
  readonly timeline: Timeline | undefined;
  readonly range: { readonly fromMs: number; readonly toMs: number; readonly nowMs: number };
  /** Folded time: playing leaps over it. Ascending. */
  readonly skipped: readonly Stretch[];
  /** Hears of every move; undefined: live again. */
  readonly onMove: (atMs: number | undefined) => void;
}

/** What the controls show and do: the same object until the replay itself moves, whatever the range does. */
export interface ReplayActions {
  /** Undefined: live. */
  readonly atMs: number | undefined;
  readonly playing: boolean;
  readonly speed: Speed;
  readonly setSpeed: (speed: Speed) => void;
  readonly step: (kind: StopKind, direction: 1 | -1) => void;
  readonly togglePlay: () => void;
  readonly goLive: () => void;
}

export interface Replay extends ReplayActions {
  readonly fromMs: number;
  /** The latest instant there is to replay: now, or the end of a range in the past. */
  readonly endMs: number;
  /** Kept within the range; at its end the replay is live again. */
  readonly seek: (atMs: number) => void;
  readonly actions: ReplayActions;
}

/** `ms`, or the end of the stretch that it lies in. */
function leapt(ms: number, stretches: readonly Stretch[]): number {
  return stretches.find(({ fromMs, toMs }) => ms > fromMs && ms < toMs)?.toMs ?? ms;
}

export function useReplay({ timeline, range, skipped, onMove }: ReplayInput): Replay {
  const [atMs, setAtMs] = useState<number>();
  const [playing, setPlaying] = useState(false);
  const [speed, setSpeed] = useState<Speed>(1);
  const { fromMs } = range;
  const endMs = Math.max(fromMs, Math.min(range.toMs, range.nowMs));
  const leastStepMs = useReducedMotion() ? REDUCED_STEP_MS : 0;
  const isActive = atMs !== undefined;
  // A million instants are sorted only for whom they are needed.
  const stops = useMemo(
    () => (isActive ? replayStops(timeline, { fromMs, toMs: endMs }) : undefined),
    [isActive, timeline, fromMs, endMs]
  );

  const goLive = useCallback(() => {
    setAtMs(undefined);
    setPlaying(false);
  }, []);
  const seek = useCallback(
    (ms: number) => {
      if (ms >= endMs) {
        goLive();
      } else {
        setAtMs(Math.max(fromMs, ms));
      }
    },
    [fromMs, endMs, goLive]
  );
  // Read when a button is pressed: the buttons need not be made anew with every range.
  const latest = useRef({ timeline, fromMs, endMs, stops, atMs, seek });
  useEffect(() => {
    latest.current = { timeline, fromMs, endMs, stops, atMs, seek };
  });
  const step = useCallback(
    (kind: StopKind, direction: 1 | -1) => {
      const now = latest.current;
      setPlaying(false);
      const known = now.stops ?? replayStops(now.timeline, { fromMs: now.fromMs, toMs: now.endMs });
      const next = nextStop(known[kind], now.atMs ?? now.endMs, direction);
      if (next !== undefined) {
        now.seek(next);
      } else if (direction === 1) {
        goLive();
      }
    },
    [goLive]
  );
  const togglePlay = useCallback(() => {
    // From live there is nothing to come: play again from the beginning.
    setAtMs((ms) => ms ?? latest.current.fromMs);
    setPlaying((before) => !before);
  }, []);

  useEffect(() => {
    if (!playing) {
      return undefined;
    }
    let before: number | undefined;
    let frame = requestAnimationFrame(function advance(frameMs) {
      before ??= frameMs;
      const passedMs = frameMs - before;
      if (passedMs > 0 && passedMs >= leastStepMs) {
        before = frameMs;
        setAtMs((ms) => (ms === undefined ? ms : leapt(ms + passedMs * speed, skipped)));
      }
      frame = requestAnimationFrame(advance);
    });
    return () => cancelAnimationFrame(frame);
  }, [playing, speed, leastStepMs, skipped]);

  // What is replayed is the same for an instant that left a sliding range, and over at the end.
  useEffect(() => {
    if (atMs !== undefined && (atMs >= endMs || atMs < fromMs)) {
      seek(atMs);
    }
  }, [atMs, fromMs, endMs, seek]);
  const wasActive = useRef(false);
  useEffect(() => {
    if (isActive || wasActive.current) {
      onMove(atMs);
    }
    wasActive.current = isActive;
  }, [atMs, isActive, onMove]);

  const actions = useMemo(
    () => ({ atMs, playing, speed, setSpeed, step, togglePlay, goLive }),
    [atMs, playing, speed, step, togglePlay, goLive]
  );
  return { ...actions, fromMs, endMs, seek, actions };
}
