// JSON as bytes in one buffer that is used again and again. Of an event's text, made twice for every event (for its digest and
// for the journal), strings would leave several times its length behind for the collector of garbage.

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const ZERO = 0x30;
const FIRST_BYTES = 65_536;
/** A larger buffer is let go of after its use. */
const KEPT_BYTES = 1_048_576;

export class JsonBytes {
  #bytes = Buffer.allocUnsafe(FIRST_BYTES);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** Begins anew. */
  clear(): void {
    this.#length = 0;
    if (this.#bytes.length > KEPT_BYTES) this.#bytes = Buffer.allocUnsafe(FIRST_BYTES);
  }

  /** What was written so far; good until the next {@link clear} or write. */
  view(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }

  /** What was written so far, for keeps. */
  copy(): Buffer {
    return Buffer.from(this.view());
  }

  append(bytes: Uint8Array): void {
    this.#room(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  byte(code: number): void {
    this.#room(1);
    this.#bytes[this.#length++] = code;
  }

  /** Text of ASCII only, as it stands. */
  ascii(text: string): void {
    this.#room(text.length);
    for (let at = 0; at < text.length; at += 1) this.#bytes[this.#length++] = text.charCodeAt(at);
  }

  /** As JSON.stringify(text). */
  string(text: string): void {
    this.#room(text.length + 2);
    const bytes = this.#bytes;
    let to = this.#length;
    bytes[to++] = QUOTE;
    for (let at = 0; at < text.length; at += 1) {
      const code = text.charCodeAt(at);
      if (code < 0x20 || code > 0x7e || code === QUOTE || code === BACKSLASH) {
        this.#escaped(text);
        return;
      }
      bytes[to++] = code;
    }
    bytes[to++] = QUOTE;
    this.#length = to;
  }

  /** As String(value), of a finite number. */
  number(value: number): void {
    if (value >= 0 && value <= 0x7fffffff && Number.isInteger(value)) this.#digits(value);
    else if (value > 0 && value < 1e15 && Number.isInteger(value)) {
      // A time in milliseconds, mostly: two parts, each of which fits 31 bits.
      const high = Math.floor(value / 1e6);
      const low = value - high * 1e6;
      if (high > 0x7fffffff) this.ascii(String(value));
      else {
        this.#digits(high);
        this.#sixDigits(low);
      }
    } else this.ascii(String(value));
  }

  /** As JSON.stringify(value), of what holds nothing but plain objects, lists, text, finite numbers, booleans and null. */
  value(value: unknown): void {
    switch (typeof value) {
      case 'string':
        this.string(value);
        return;
      case 'number':
        this.number(value);
        return;
      case 'object':
        if (value === null) this.ascii('null');
        else if (Array.isArray(value)) this.#list(value);
        else this.#record(value as Readonly<Record<string, unknown>>);
        return;
      default:
        this.ascii(String(value));
    }
  }

  #list(list: readonly unknown[]): void {
    let before = 0x5b;
    if (list.length === 0) this.byte(before);
    for (const each of list) {
      this.byte(before);
      this.value(each);
      before = 0x2c;
    }
    this.byte(0x5d);
  }

  #record(record: Readonly<Record<string, unknown>>): void {
    this.byte(0x7b);
    let isFirst = true;
    for (const key in record) {
      const value = record[key];
      if (value === undefined) continue;
      if (!isFirst) this.byte(0x2c);
      isFirst = false;
      this.string(key);
      this.byte(0x3a);
      this.value(value);
    }
    this.byte(0x7d);
  }

  #escaped(text: string): void {
    const quoted = JSON.stringify(text);
    this.#room(3 * quoted.length);
    this.#length += this.#bytes.write(quoted, this.#length, 'utf8');
  }

  /** Of a whole number of at most 31 bits. */
  #digits(value: number): void {
    let digits = 1;
    for (let reach = 10; reach <= value; reach *= 10) digits += 1;
    this.#room(digits);
    this.#put(value, digits);
  }

  #sixDigits(value: number): void {
    this.#room(6);
    this.#put(value, 6);
  }

  #put(value: number, digits: number): void {
    let rest = value | 0;
    for (let to = this.#length + digits - 1; to >= this.#length; to -= 1) {
      const tenth = (rest / 10) | 0;
      this.#bytes[to] = ZERO + rest - tenth * 10;
      rest = tenth;
    }
    this.#length += digits;
  }

  #room(bytes: number): void {
    if (this.#length + bytes <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafe(2 * (this.#length + bytes));
    larger.set(this.view());
    this.#bytes = larger;
  }
}
