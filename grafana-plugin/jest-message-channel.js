// React 19's server renderer, which @grafana/ui loads, wants a MessageChannel; jsdom has none, and Node's own keeps the
// process alive. This one delivers with a timer.
if (global.MessageChannel === undefined) {
  global.MessageChannel = class MessageChannel {
    constructor() {
      const port = () => ({ onmessage: null, postMessage: () => undefined, close: () => undefined });
      this.port1 = port();
      this.port2 = port();
      this.port1.postMessage = (data) => setTimeout(() => this.port2.onmessage?.({ data }), 0);
      this.port2.postMessage = (data) => setTimeout(() => this.port1.onmessage?.({ data }), 0);
    }
  };
}
