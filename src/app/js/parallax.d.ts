// The API of a page with Parallax, for scripts and tests: `window.parallax`.
// Additive changes only; see README.md for a Playwright and a WebDriver example.

export interface Parallax {
  /**
   * Resolves when all of the page is up: the engine, and the program that makes links and reports.
   * Rejects with `engine-failed` or `page-failed`.
   */
  readonly ready: Promise<Capabilities>;
  /**
   * Runs a spec, or the spec of a link (a whole address or what follows its `#`). Resolves
   * with the report, a partial one (rows `stopped`) after `stop()`.
   *
   * Rejects with an `Error` whose `name` is an `ErrorCode`.
   */
  run(specOrLink: Spec | string, options?: RunOptions): Promise<Report>;
  /**
   * Says what the compiler makes of a Python file in Numba's style. Nothing of it runs but its `setup(size)`,
   * for the types of the arguments. Rejects as `run` does; what is wrong with the kernel is no rejection.
   */
  compile(source: string, options?: CompileOptions): Promise<Compilation>;
  /** The address of a page that asks this. Throws `bad-spec`, or `not-ready` before the page is. */
  link(spec: Spec): string;
  /** Ends the run that is on its way, if there is one. */
  stop(): void;
}

export type ErrorCode =
  /** A field is unknown, missing or out of range; the message names it and what is possible. */
  | 'bad-spec'
  /** The link is damaged, too long, of a newer version, or no link. */
  | 'bad-link'
  /** Another run is on its way. */
  | 'busy'
  /** `link()` before the page's programs were there: await `ready` first. */
  | 'not-ready'
  /** The signal was aborted; `error.report` holds what was measured, if the run had begun. */
  | 'aborted'
  /** The kernel cannot be compiled, or its `setup` failed: `error.diagnostics` is a `Diagnostic[]`. */
  | 'bad-kernel'
  /** The run as a whole failed. */
  | 'run-failed'
  /** The engine did not start. The next `run` tries again. */
  | 'engine-failed'
  /**
   * The page's own program did not load or broke down: reload the page. Or the one that makes links
   * and reports did not load: the next `run` asks for it again, `ready` does not.
   */
  | 'page-failed';

export interface RunOptions {
  onProgress?: (progress: Progress) => void;
  signal?: AbortSignal;
}

export interface Progress {
  /** What the engine does now. */
  stage: 'waiting' | 'reference' | 'preparing' | 'warming-up' | 'sampling' | 'probing';
  /** The back end that it does it on. */
  backend: string | null;
  /** Blocks completed. */
  blocks: number;
  /** Seconds of the budget used. */
  elapsed_s: number;
  budget_s: number;
}

/** Everything but the workload may be left out; budgets differ by experiment. */
export interface Spec {
  /** Absent: 'race'. */
  experiment?: 'race' | 'threads' | 'sizes' | 'gpu' | 'roofline' | 'timeline' | 'machine';
  /** A workload's id; 'roofline' and 'machine' need none. */
  workload?: string;
  /** The workload's n; null or absent for its default. */
  size?: number | null;
  /**
   * Back end ids; empty for all. `scalar#2` is `scalar` once more, to be raced against itself.
   */
  backends?: string[];
  /** Pool threads that take part; null or absent for all. */
  threads?: number | null;
  /** Seeds inputs and order; beyond 2^53 - 1 as text. */
  seed?: number | string;
  /** Seconds for the workload over all its back ends. */
  budget?: number;
  /** A fault to provoke, for tests: `KIND:BACKEND`. */
  inject?: string | null;
  /**
   * A Python file in Numba's style, run in the place of a workload: its `setup(size)` makes the arguments,
   * every back end that runs Python runs it, and they are compared with each other, processors bit
   * for bit. `backends` then names them as reports do (`scalar`, not `scalar:python`). Any experiment but `machine`.
   */
  source?: string | null;
  /** Its function; absent for the one that a line `# parallax: entry=NAME` names, else its last kernel. */
  entry?: string | null;
  /** Whether 64-bit numbers may become 32-bit ones on the GPU, which has no others. */
  narrow?: boolean;
  /** Whether the outputs' elements are wanted, of outputs of at most a million. */
  values?: boolean;
}

export interface CompileOptions {
  entry?: string | null;
  /** What `setup` is given (1,000). */
  size?: number | null;
  narrow?: boolean;
}

export interface Compilation {
  /** It can be run, at least by the interpreter. */
  ok: boolean;
  /** What is wrong with it, if it cannot. */
  diagnostics: Diagnostic[];
  /** Back ends that refuse it although others run it. */
  refusals: { backend: string; diagnostics: Diagnostic[] }[];
  /** The function that runs. */
  entry: string | null;
  /** Types of its arguments as Numba writes them: `array(float32, 2d, C)`. */
  arguments: string[];
  /** Bytes of WebAssembly with vectors and threads. */
  wasm_bytes: number | null;
  compile_ms: number;
}

/** One thing that is wrong with a kernel. Lines and columns count from 1; the end is behind the last. */
export interface Diagnostic {
  /** As Python or Numba call it: `TypingError`, `IndexError`. */
  kind: string;
  message: string;
  line: number;
  column: number;
  endLine: number;
  endColumn: number;
  /** The way out. */
  help: string | null;
  /** Other places that have to do with it. */
  notes: { message: string; line: number; column: number; endLine: number; endColumn: number }[];
  /** All of it for a terminal, with the line and a caret under the place. */
  rendered: string;
}

export interface Capabilities {
  build: string;
  cores: number;
  /** 0 without a pool. */
  pool_threads: number;
  isolated: boolean;
  timer_resolution_us: number;
  adapter: Adapter | null;
  experiments: string[];
  /**
   * Ids are what `Spec.backends` takes: `scalar`, and `scalar:python` for the same rung compiled from Python.
   * Results name both `scalar`, and their `form` tells them apart.
   */
  backends: {
    id: string;
    name: string;
    form: 'python' | 'rust' | 'wgsl' | 'javascript';
    supported: boolean;
    note: string | null;
  }[];
  workloads: {
    id: string;
    name: string;
    default_size: number;
    size_range: [number, number];
    sizes: { name: string; n: number }[];
  }[];
}

export interface Adapter {
  name: string;
  /** It runs shaders on the CPU. */
  software: boolean;
}

/** Fields that do not apply are null, never absent. Times are milliseconds. */
export interface Report {
  schema: 1;
  spec: Spec;
  environment: {
    build: string;
    user_agent: string;
    cores: number;
    pool_threads: number;
    /** Cold: the engine's program fetched and compiled, the pool started. */
    engine_load_ms: number | null;
    pool_start_ms: number | null;
    /** An empty parallel run: the pool called; each further one while its threads are awake. */
    dispatch_us: number | null;
    barrier_us: number | null;
    isolated: boolean;
    timer_resolution_us: number;
    adapter: Adapter | null;
    visible: boolean;
    /** When it began: `2026-11-21T02:25:49Z`. */
    started: string;
  };
  results: Result[];
  /** Of experiments: what was measured of the machine itself. */
  quantities: Quantity[];
  /** Of `timeline`: who did what when. */
  timelines: Timeline[];
  /** Of experiments: what they come to. */
  findings: Finding[];
}

/** Something measured that is no run of a workload. */
export interface Quantity {
  /** `copy`, `peak`, `message`, ... */
  id: string;
  /** A back end's id or a word; may be empty. */
  of: string;
  threads: number | null;
  /** Of the working set or message. */
  bytes: number | null;
  value: number;
  ci95: [number, number] | null;
  unit: '' | 'x' | 'ms' | 'us' | 'B' | 'GB/s' | 'GFLOP/s';
  note: string | null;
}

export interface Timeline {
  backend: string;
  tracks: { name: string; spans: Span[] }[];
  /** Spans that there was no room for. */
  dropped: number;
}

export interface Span {
  /** Milliseconds since the recording began. */
  start_ms: number;
  end_ms: number;
  kind: 'chunk' | 'wait' | 'run' | 'upload' | 'submit' | 'kernel' | 'read-back';
  pass: number;
  /** Of chunks: the first item, and how many. */
  first: number;
  items: number;
}

export interface Finding {
  /** `speedup`, `amdahl`, `usl`, `schedule`, `cost`, `crossover`, `resident`, `bound`, `balance`, ... */
  id: string;
  workload: string;
  backend: string;
  against: string | null;
  values: { name: string; value: number; ci95: [number, number] | null }[];
  words: string;
}

export interface Result {
  /** A workload's id, or the function of a kernel of one's own. */
  workload: string;
  size: number;
  backend: string;
  form: 'python' | 'rust' | 'wgsl' | 'javascript';
  threads: number;
  /** Where an experiment asks about it: how items were dealt out, and chunks over the usual size. */
  schedule: 'static' | 'dynamic' | 'guided' | null;
  chunk: number | null;
  /** It was timed while it was being recorded. */
  recorded: boolean;
  /** Longest busy time of a thread over the mean, less 1. */
  imbalance: number | null;
  /** Operations and bytes of a run, as the workload counts them. */
  flops: number | null;
  bytes: number | null;
  /** `browser`, `native` or `peer:<name>`. */
  where: string;
  status: 'ok' | 'wrong' | 'skipped' | 'failed' | 'stopped';
  reason: string | null;
  cold_ms: {
    total: number;
    compile: number | null;
    start: number | null;
    pipeline: number | null;
    first_run: number | null;
  } | null;
  samples: { ms: number; block: number; outlier: boolean }[];
  sample_count: number;
  median_ms: number | null;
  mad_ms: number | null;
  ci95_ms: [number, number] | null;
  /** Median of the ratios paired by block; null for the baseline and for a software GPU. */
  speedup: number | null;
  speedup_ci95: [number, number] | null;
  verdict: 'faster' | 'slower' | 'no-clear-difference' | 'too-few' | null;
  against: string | null;
  max_error: number | null;
  error_kind: 'ulp' | 'relative' | 'absolute' | 'mismatch_fraction' | null;
  tolerance: number | null;
  gpu_ms: {
    upload: number | null;
    kernel: number | null;
    /** What a resident run takes beyond its kernel. */
    dispatch: number | null;
    readback: number | null;
    end_to_end: number | null;
    resident: number | null;
  } | null;
  /** Its times are extrapolated: it ran, and was verified, at this size, and they were multiplied by the factor. */
  sampled: { size: number; factor: number } | null;
  /** What the first run gave, in the order in which the kernel returns it. */
  outputs: Output[] | null;
  /** What is wrong with the kernel, where that ended the row. */
  diagnostics: Diagnostic[] | null;
  warnings: string[];
}

/** An array, or a number without axes. */
export interface Output {
  /** As NumPy calls it: `float32`. */
  dtype: string;
  shape: number[];
  /**
   * FNV-1a of 64 bits, as 16 hexadecimal digits, over the elements' little-endian bytes, the last axis the
   * fastest, every NaN as NumPy's `nan` (NumPy: `a[np.isnan(a)] = np.nan` if it holds floats, then
   * `a.astype(a.dtype.newbyteorder('<')).tobytes()`).
   */
  checksum: string;
  /**
   * The elements in that order, if `values` were asked for and are at most a million. What JSON has no number
   * for is a text: `nan`, `inf`, `-inf`, and whole numbers beyond 2^53 - 1 as their digits.
   */
  values: (number | boolean | string)[] | null;
}

declare global {
  interface Window {
    readonly parallax: Parallax;
  }
}
