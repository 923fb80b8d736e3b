interface WebAssemblyApi {
  readonly Module: new (bytes: unknown) => object;
  readonly Instance: new (module: object, imports: unknown) => object;
  compile: (bytes: unknown) => Promise<object>;
  instantiate: (source: unknown, imports?: unknown) => Promise<unknown>;
  instantiateStreaming?: unknown;
}

const { WebAssembly: wasm } = globalThis as unknown as { readonly WebAssembly: WebAssemblyApi };
const { Module, Instance } = wasm;

/*
 * From here on this thread compiles WebAssembly while it waits, not beside it. V8 goes on validating a module in the
 * background when the
 * thread it is for ends, reads memory that is gone, and takes the whole process with it (seen on Node 20, 22 and 24).
 * Both parsers would
 * load that way, so this is imported before them, and only where nothing else runs.
 */
wasm.compile = (bytes) => Promise.resolve().then(() => new Module(bytes));
wasm.instantiate = (source, imports) =>
  Promise.resolve().then(() => {
    if (source instanceof Module) return new Instance(source, imports);
    const module = new Module(source);
    releaseBytes(source);
    return { module, instance: new Instance(module, imports) };
  });
delete wasm.instantiateStreaming;

const closedPort = new MessageChannel().port1;
closedPort.close();

/** V8 has its own copy. What is posted to a closed port is freed at once. */
function releaseBytes(bytes: unknown): void {
  if (ArrayBuffer.isView(bytes) && bytes.byteLength === bytes.buffer.byteLength && bytes.buffer instanceof ArrayBuffer)
    closedPort.postMessage(undefined, [bytes.buffer]);
}
