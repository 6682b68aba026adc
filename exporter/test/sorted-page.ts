// Pages compared whatever the order of their series, which is the order of their making.

/** The page with the sample lines between two comments sorted; comments stay where they are. */
export function sortedPage(page: string): string {
  const sorted: string[] = [];
  let family: string[] = [];
  for (const line of page.split('\n')) {
    if (line !== '' && !line.startsWith('#')) {
      family.push(line);
      continue;
    }
    sorted.push(...family.sort(), line);
    family = [];
  }
  return [...sorted, ...family.sort()].join('\n');
}
