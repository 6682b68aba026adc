// Rectangles with round corners. Not the canvas's own `roundRect`: a library of Grafana's Geomap panel replaces that for the
// whole page by one that knows a single radius and begins the path anew, and bars would vanish beside a map.

/**
 * Adds a rectangle to the current path; radii of the left and of the right corners, CSS pixels, 0 for sharp ones. It ends
 * where it began and is not closed: Chromium works out the bounds of the whole path at each `closePath`.
 */
export function roundedRect(
  path: CanvasPath,
  { x, y, width, height }: { x: number; y: number; width: number; height: number },
  [left, right]: readonly [left: number, right: number]
): void {
  const bottom = y + height;
  const end = x + width;
  path.moveTo(x + left, y);
  path.arcTo(end, y, end, bottom, right);
  path.arcTo(end, bottom, x, bottom, right);
  path.arcTo(x, bottom, x, y, left);
  path.arcTo(x, y, end, y, left);
}
