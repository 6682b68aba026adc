// As many names as one asks for, all different, each made to hurt: what separates, quotes, escapes, overflows or looks like
// something else.

const SHAPES: readonly ((n: number) => string)[] = [
  (n) => `agent-${n}`,
  (n) => `a"} 1\norchestrator_cost_usd_total{agent="${n}`,
  (n) => `${n}\\`,
  (n) => `,${n},agent="x",`,
  (n) => `${'x'.repeat(100)}${n}`,
  (n) => `${n}${'\u{1f980}'.repeat(60)}`,
  (n) => `other ${n}`,
  (n) => `__proto__${n}`,
  (n) => `\u202e${n}\u0000`,
  (n) => `constructor.${n}.prototype`,
  (n) => `<img src=x onerror=alert(${n})>`,
  (n) => `../../${n}/../etc/passwd`,
  (n) => `A\u030a${n}`,
  (n) => `\ud800${n}`,
  (n) => `${n} # EOF`,
  (n) => `{{ $labels.agent }}${n}`,
];

export function hostileName(n: number): string {
  return (SHAPES[n % SHAPES.length] ?? String)(n);
}
