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

export interface Replay {
  /** Undefined: live. */
  readonly atMs: number | undefined;
  readonly fromMs: number;
  /** The latest instant there is to replay: now, or the end of a range in the past. */
  readonly endMs: number;
  readonly playing: boolean;
  readonly speed: Speed;
  readonly setSpeed: (speed: Speed) => void;
  /** Kept within the range; at its end the replay is live again. */
  readonly seek: (atMs: number) => void;
  readonly step: (kind: StopKind, direction: 1 | -1) => void;
  readonly togglePlay: () => void;
  readonly goLive: () => void;
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
  const step = (kind: StopKind, direction: 1 | -1) => {
    setPlaying(false);
    const known = stops ?? replayStops(timeline, { fromMs, toMs: endMs });
    const next = nextStop(known[kind], atMs ?? endMs, direction);
    if (next !== undefined) {
      seek(next);
    } else if (direction === 1) {
      goLive();
    }
  };
  const togglePlay = () => {
    // From live there is nothing to come: play again from the beginning.
    setAtMs(atMs ?? fromMs);
    setPlaying(!playing);
  };

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

  return { atMs, fromMs, endMs, playing, speed, setSpeed, seek, step, togglePlay, goLive };
}
