const newline = 0x0a;
const initialBytes = 65_536;
/** A larger one, made for something huge, is not kept for good. */
const maxKeptBytes = 8 * 1024 ** 2;
/** A UTF-16 code unit is at most so many bytes in UTF-8. */
const maxBytesPerUnit = 3;

/** The lines of a group as the bytes that a log storage stores, encoded as they come; used again for the next group. */
export class LineBuffer {
  #buffer = Buffer.allocUnsafe(initialBytes);
  #end = 0;

  get bytes(): Buffer {
    return this.#buffer.subarray(0, this.#end);
  }

  get length(): number {
    return this.#end;
  }

  add(lines: readonly string[]): void {
    for (const line of lines) {
      this.#reserve(line.length * maxBytesPerUnit + 1);
      this.#end += this.#buffer.write(line, this.#end);
      this.#buffer[this.#end] = newline;
      this.#end += 1;
    }
  }

  /** Takes back what lies behind. */
  truncate(length = 0): void {
    this.#end = length;
    if (length === 0 && this.#buffer.length > maxKeptBytes) this.#buffer = Buffer.allocUnsafe(initialBytes);
  }

  #reserve(more: number): void {
    const needed = this.#end + more;
    if (needed <= this.#buffer.length) return;
    const larger = Buffer.allocUnsafe(Math.max(needed, this.#buffer.length * 2));
    this.bytes.copy(larger);
    this.#buffer = larger;
  }
}
