// The scaffold's set-up, and what jsdom lacks for a canvas panel: a 2D context that records what is drawn.
import './.config/jest-setup';
import { contextOf } from './src/testing/recording-context.ts';

HTMLCanvasElement.prototype.getContext = function getContext(kind) {
  return kind === '2d' ? contextOf(this) : null;
};

// Floating menus and tooltips of @grafana/ui watch sizes and visibility; in jsdom nothing ever changes them.
class NoObserver {
  observe() {}
  unobserve() {}
  disconnect() {}
  takeRecords() {
    return [];
  }
}
global.ResizeObserver ??= NoObserver;
global.IntersectionObserver ??= NoObserver;
