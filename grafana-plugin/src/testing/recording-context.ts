// A 2D context for tests that keeps what is drawn as lines of text: method, rounded numbers, colour. No pixels.

type Call = readonly unknown[];

const RECORDED = new Set([
  'fillRect',
  'rect',
  'fillText',
  'moveTo',
  'lineTo',
  'arcTo',
  'clip',
  'save',
  'restore',
  'fill',
  'stroke',
  'setLineDash',
  'setTransform',
  'clearRect',
]);
const CHARACTER_EM = 0.5;

export interface RecordingContext extends CanvasRenderingContext2D {
  /** Calls in order, as `fillText 12 40 "research" #ffffff`. */
  readonly drawn: string[];
}

function argumentText(argument: unknown): string {
  if (typeof argument === 'number') {
    return String(Math.round(argument * 10) / 10);
  }
  return typeof argument === 'string' ? JSON.stringify(argument) : JSON.stringify(argument);
}

/** A context whose text is half as wide per character as it is high. */
export function createRecordingContext(): RecordingContext {
  const drawn: string[] = [];
  const state: Record<string, unknown> = { drawn, font: '10px sans-serif', fillStyle: '#000', strokeStyle: '#000' };
  const fontPx = () => Number(/(\d+(?:\.\d+)?)px/.exec(String(state['font']))?.[1] ?? 10);
  const record = (name: string, call: Call) => {
    const color = name.startsWith('fill') ? state['fillStyle'] : name === 'stroke' ? state['strokeStyle'] : '';
    const parts = [name, ...call.map(argumentText), typeof color === 'string' ? color : 'gradient'];
    drawn.push(parts.filter((part) => part !== '').join(' '));
  };
  const handler: ProxyHandler<Record<string, unknown>> = {
    get(target, property) {
      const name = String(property);
      if (name === 'measureText') {
        return (text: string) => ({ width: text.length * fontPx() * CHARACTER_EM });
      }
      if (name === 'createLinearGradient') {
        return () => ({ addColorStop: () => undefined });
      }
      if (name === 'createPattern') {
        return () => 'pattern';
      }
      if (name === 'getTransform') {
        return () => ({ a: 1 });
      }
      if (name in target) {
        return target[name];
      }
      return (...call: Call) => {
        if (RECORDED.has(name)) {
          record(name, call);
        }
      };
    },
    set(target, property, value) {
      target[String(property)] = value;
      return true;
    },
  };
  return new Proxy(state, handler) as unknown as RecordingContext;
}

const contexts = new WeakMap<HTMLCanvasElement, RecordingContext>();

/** The one context of a canvas, as browsers have it. */
export function contextOf(canvas: HTMLCanvasElement): RecordingContext {
  const context = contexts.get(canvas) ?? createRecordingContext();
  contexts.set(canvas, context);
  return context;
}
