const newline = 0x0a;
const leastBytes = 65_536;
/** A larger one, made for something huge, is not kept for good. */
const mostBytes = 8 * 1024 ** 2;
/** A UTF-16 code unit is at most so many bytes in UTF-8. */
const widest = 3;

/** The lines of a group as the bytes that a medium stores, encoded as they come; used again for the next group. */
export class Page {
  #buffer = Buffer.allocUnsafe(leastBytes);
  #end = 0;

  get bytes(): Buffer {
    return this.#buffer.subarray(0, this.#end);
  }

  get length(): number {
    return this.#end;
  }

  add(lines: readonly string[]): void {
    for (const line of lines) {
      this.#reserve(line.length * widest + 1);
      this.#end += this.#buffer.write(line, this.#end);
      this.#buffer[this.#end] = newline;
      this.#end += 1;
    }
  }

  /** Takes back what lies behind. */
  cut(length = 0): void {
    this.#end = length;
    if (length === 0 && this.#buffer.length > mostBytes) this.#buffer = Buffer.allocUnsafe(leastBytes);
  }

  #reserve(more: number): void {
    const needed = this.#end + more;
    if (needed <= this.#buffer.length) return;
    const larger = Buffer.allocUnsafe(Math.max(needed, this.#buffer.length * 2));
    this.bytes.copy(larger);
    this.#buffer = larger;
  }
}
