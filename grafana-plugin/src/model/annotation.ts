// What somebody, an alert or an exemplar says about an instant or a stretch of time.

export interface Annotation {
  readonly kind: 'annotation' | 'exemplar';
  readonly startMs: number;
  /** Undefined: an instant. */
  readonly endMs: number | undefined;
  /** As it was given: a colour or a name of one; undefined for the usual one. */
  readonly color: string | undefined;
  readonly title: string;
  readonly text: string;
  readonly tags: readonly string[];
}
