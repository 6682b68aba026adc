// What somebody, an alert or an exemplar says about an instant or a stretch of time.

export interface Annotation {
  readonly kind: 'annotation' | 'exemplar';
  /** By which the dashboard knows it; undefined for what it did not save: that cannot be changed. */
  readonly id: string | undefined;
  /** The dashboard that it belongs to; undefined: none, or it does not say. */
  readonly dashboardUid: string | undefined;
  readonly startMs: number;
  /** Undefined: an instant. */
  readonly endMs: number | undefined;
  /** As it was given: a colour or a name of one; undefined for the usual one. */
  readonly color: string | undefined;
  /** Empty: it has none; exemplars never have. */
  readonly title: string;
  readonly text: string;
  readonly tags: readonly string[];
}
