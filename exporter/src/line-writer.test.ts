import { Writable } from 'node:stream';
import { lineWriter } from './line-writer.ts';

const lostLine = (lost: number): string => `lost ${lost}\n`;

/** Takes a chunk only when told to. */
class Valve extends Writable {
  readonly taken: string[] = [];
  #next: (() => void) | undefined;

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.taken.push(chunk.toString());
    this.#next = done;
  }

  async open(): Promise<void> {
    while (this.#next !== undefined) {
      const next = this.#next;
      this.#next = undefined;
      next();
      await new Promise(setImmediate);
    }
  }
}

test('a line is handed on before the call returns', () => {
  const stream = new Valve();
  lineWriter({ stream, lostLine })('a\n');
  expect(stream.taken).toEqual(['a\n']);
});

test('a reader that hangs: up to the bound waits, the rest is counted and told when it reads again', async () => {
  const stream = new Valve();
  const write = lineWriter({ stream, lostLine, maxQueuedBytes: 30 });
  for (let index = 0; index < 100; index++) write(`line ${index}\n`);
  await stream.open();
  write('after\n');
  await stream.open();
  expect(stream.taken).toEqual(['line 0\n', 'line 1\n', 'line 2\n', 'line 3\n', 'lost 96\n', 'after\n']);
});

test('the count waits with the lines: it is told once, whenever there is room', async () => {
  const stream = new Valve();
  const write = lineWriter({ stream, lostLine, maxQueuedBytes: 16 });
  for (const line of ['0123456789\n', 'x\n', 'too long for it\n', 'y\n']) write(line);
  await stream.open();
  write('z\n');
  await stream.open();
  expect(stream.taken).toEqual(['0123456789\n', 'x\n', 'lost 2\n', 'z\n']);
});

test('a reader that has gone is no error of the process', async () => {
  const stream = new Writable({
    write: (_chunk, _encoding, done) => {
      done(new Error('EPIPE'));
    },
  });
  const write = lineWriter({ stream, lostLine });
  write('a\n');
  await new Promise(setImmediate);
  expect(() => {
    write('b\n');
  }).not.toThrow();
});
