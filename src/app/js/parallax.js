// `window.parallax`, there before the page's program is: calls wait for it. Described in
// parallax.d.ts. Beside it what the page needs of the browser and Rust would only write
// at length: a store in IndexedDB, files to save, a picture from an SVG.

(() => {
  'use strict';

  const failure = (code, message, more) =>
    Object.assign(new Error(message), { name: code }, more);

  const later = () => {
    const it = {};
    it.promise = new Promise((resolve, reject) => Object.assign(it, { resolve, reject }));
    // Nobody may be listening; then it is no error of the page's.
    it.promise.catch(() => {});
    return it;
  };

  const connected = later();
  const ready = later();
  let page = null;
  let job = null;

  const parallax = {
    /** Resolves with the machine's capabilities when engine and views are up. */
    ready: ready.promise,

    /** Runs a spec or a link. */
    async run(specOrLink, options) {
      const { onProgress, signal } = options || {};
      const begun = () => {
        if (signal && signal.aborted) throw failure('aborted', 'the signal was aborted before the run began');
      };
      begun();
      await connected.promise;
      await new Promise((resolve, reject) => page.loaded(resolve, reject));
      begun();
      if (job) throw failure('busy', 'another run is on its way: await it, or stop it first');
      const current = later();
      job = { ...current, onProgress };
      const stop = () => page.stop();
      try {
        page.run(specOrLink);
        if (signal) signal.addEventListener('abort', stop);
        const report = await current.promise;
        if (signal && signal.aborted) {
          throw failure('aborted', 'the run was aborted; what was measured is in error.report', { report });
        }
        return report;
      } finally {
        job = null;
        if (signal) signal.removeEventListener('abort', stop);
      }
    },

    /** What the compiler makes of a Python file. */
    async compile(source, options) {
      await connected.promise;
      await new Promise((resolve, reject) => page.loaded(resolve, reject));
      await ready.promise;
      if (options !== undefined && options !== null && typeof options !== 'object') {
        throw failure('bad-spec', 'options of compile are an object such as {size: 100}');
      }
      return new Promise((resolve, reject) => page.compile({ ...options, source }, resolve, reject));
    },

    /** The address of a page that asks this. */
    link(spec) {
      if (!page) throw failure('not-ready', 'the page is still loading: await parallax.ready first');
      return page.link(spec);
    },

    /** Ends the run that is on its way; its promise resolves with what was measured. */
    stop() {
      if (page) page.stop();
    },
  };
  Object.defineProperty(window, 'parallax', { value: Object.freeze(parallax) });

  // --- Isolation on hosts that send no headers: a service worker adds them (isolation.js).
  // Only where it is missing, in a page of its own, and with one reload at most.

  const REMOVED = 'parallax-isolation-removed';
  const RELOADED = 'parallax-isolation-reloaded';
  let touched = false;
  const touch = () => (touched = true);
  const isolate = async () => {
    const query = new URLSearchParams(location.search);
    if (window.top !== window || query.has('embed') || !('serviceWorker' in navigator)) return;
    const wish = query.get('isolate');
    if (wish === 'off') {
      localStorage.setItem(REMOVED, '1');
      const registration = await navigator.serviceWorker.getRegistration('./');
      if (registration && (await registration.unregister()) && crossOriginIsolated) location.reload();
      return;
    }
    if (wish === 'on') localStorage.removeItem(REMOVED);
    if (crossOriginIsolated || localStorage.getItem(REMOVED)) return;
    addEventListener('pointerdown', touch, { once: true });
    addEventListener('keydown', touch, { once: true });
    await navigator.serviceWorker.register('isolation.js');
    await navigator.serviceWorker.ready;
    // What somebody has begun is not taken away; the next load is isolated. And if one reload
    // did not help, a second would not.
    if (touched || job || sessionStorage.getItem(RELOADED)) return;
    sessionStorage.setItem(RELOADED, '1');
    location.reload();
  };
  // A host that sends the headers by now needs no help, and one with a newer deploy needs that
  // deploy's. The browser looks for it too, but when is its own affair.
  const notNeeded = async () => {
    const response = await fetch('build.json', { cache: 'no-cache' });
    const helper = response.headers.get('X-Parallax-Isolation');
    if (!helper) return response.headers.has('Cross-Origin-Embedder-Policy') && 'at all';
    return (await response.json()).build !== helper && 'this one';
  };
  const controlled = navigator.serviceWorker && navigator.serviceWorker.controller;
  const atFirst = controlled ? notNeeded().catch(() => false) : false;
  const retire = async () => {
    // So from the start on, or what the browser keeps of this page came from before and lacks the
    // headers: without the service worker's the next page's Workers would be refused.
    const what = await atFirst;
    if (!what || (await notNeeded()) !== what) return;
    const registration = await navigator.serviceWorker.getRegistration('./');
    if (!registration) return;
    if (what === 'at all') await registration.unregister();
    else await registration.update();
  };
  ready.promise.then(retire).catch(() => {});
  // Blocked or refused: the page says that it is not isolated, and all but threads works.
  isolate().catch(() => {});

  // --- The page's own program may not arrive: said by what is there without it.

  let arrived = false;
  const missing = (why) => {
    const notice = document.getElementById('not-loaded');
    if (arrived || !notice) return;
    notice.hidden = false;
    document.getElementById('loading').hidden = true;
    connected.reject(failure('page-failed', `the page's program could not be loaded: ${why}`));
    ready.reject(failure('page-failed', `the page's program could not be loaded: ${why}`));
  };
  // A script that is not there, one that is cut off, and a program that is neither.
  addEventListener(
    'error',
    ({ target, filename, message }) => {
      if (target instanceof HTMLScriptElement) missing('a file is missing');
      // Not of an extension's scripts.
      else if (filename && filename.startsWith(location.origin)) missing(message);
    },
    true,
  );
  addEventListener('unhandledrejection', ({ reason }) => missing(reason && reason.message));
  setTimeout(() => missing('the server does not answer'), 30_000);

  // --- The programs that are not there from the start (src/views, src/lab): fetched when first asked
  // for, and again if that failed.

  const PROGRAM_WITHIN = 15_000;
  const programs = {};
  const attempts = {};
  const fetchProgram = async (name, build) => {
    // Browsers may remember that a module did not come; under another name it is asked for anew.
    attempts[name] = (attempts[name] || 0) + 1;
    const again = attempts[name] > 1 ? `?${attempts[name]}` : '';
    const folder = new URL(`${name}-${build}/`, document.baseURI);
    const program = fetch(new URL(`${name}_bg.wasm${again}`, folder));
    program.catch(() => {});
    const exports = await import(new URL(`${name}.js${again}`, folder)).catch((error) => {
      // The same words each time, or the notice and its button would be made anew.
      throw new Error(error.message.replace(again, ''));
    });
    const answer = await program;
    if (!answer.ok) throw new Error(`the server answered ${answer.status}`);
    await exports.default({ module_or_path: answer });
    return exports;
  };
  const inTime = (name, build) => {
    const late = new Promise((_, reject) => {
      const seconds = PROGRAM_WITHIN / 1_000;
      setTimeout(() => reject(new Error(`it did not arrive within ${seconds} seconds`)), PROGRAM_WITHIN);
    });
    return Promise.race([fetchProgram(name, build), late]);
  };

  // --- The store: light entries to list, and the reports themselves.

  let opened = null;
  const database = () => {
    opened ??= new Promise((resolve, reject) => {
      // A browser whose store is damaged may never answer.
      setTimeout(() => reject(new Error('the browser\'s store does not answer')), 5_000);
      const request = indexedDB.open('parallax', 1);
      request.onupgradeneeded = () => {
        request.result.createObjectStore('entries', { keyPath: 'id', autoIncrement: true });
        request.result.createObjectStore('reports');
      };
      request.onsuccess = () => {
        // Another tab with a newer page wants to change the layout: do not stand in its way.
        request.result.onversionchange = () => request.result.close();
        resolve(request.result);
      };
      request.onerror = () => reject(request.error);
      request.onblocked = () => reject(new Error('another tab holds the history open'));
    });
    return opened;
  };
  const transact = async (mode, work) => {
    const db = await database();
    return new Promise((resolve, reject) => {
      const transaction = db.transaction(['entries', 'reports'], mode);
      let result;
      work(transaction.objectStore('entries'), transaction.objectStore('reports'), (r) => (result = r));
      transaction.oncomplete = () => resolve(result);
      transaction.onabort = () => reject(transaction.error);
    });
  };

  const save = (name, blob) => {
    const link = document.createElement('a');
    link.href = URL.createObjectURL(blob);
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  };

  window.parallaxHost = {
    failure,
    missing,

    /** The page's program is up. Its calls: `loaded` says when the views are, all but `stop` need them. */
    connect(calls) {
      arrived = true;
      page = calls;
      connected.resolve();
    },
    /** It never will be. */
    lost(message) {
      arrived = true;
      const error = failure('page-failed', message);
      connected.reject(error);
      ready.reject(error);
      if (job) job.reject(error);
    },
    ready: (capabilities) => ready.resolve(capabilities),
    engineFailed: (message) => ready.reject(failure('engine-failed', message)),
    viewsMissing: (message) => ready.reject(failure('page-failed', message)),
    progress(stage, backend = null, blocks, elapsed_s, budget_s) {
      const listener = job && job.onProgress;
      // Later: a listener may stop the run, and the page is just telling of it. What it
      // throws is its own mistake and is reported as such.
      if (listener) queueMicrotask(() => listener({ stage, backend, blocks, elapsed_s, budget_s }));
    },
    finished: (report) => job && job.resolve(report),
    refused: (error) => job && job.reject(error),

    /** The build that the server has now; `undefined` if it does not say. */
    async servedBuild() {
      try {
        const answer = await fetch('build.json', { cache: 'no-store', signal: AbortSignal.timeout(5_000) });
        return (await answer.json()).build;
      } catch {
        return undefined;
      }
    },

    program(name, build) {
      programs[name] ??= inTime(name, build).catch((error) => {
        programs[name] = null;
        throw error;
      });
      return programs[name];
    },
    idle: () =>
      new Promise((resolve) => {
        if ('requestIdleCallback' in window) requestIdleCallback(resolve, { timeout: 1_000 });
        else setTimeout(resolve, 200);
      }),

    put: (started, title, line, report) =>
      transact('readwrite', (entries, reports, done) => {
        entries.add({ started, title, line }).onsuccess = ({ target }) => {
          reports.put(report, target.result);
          done(target.result);
        };
      }),
    list: () =>
      transact('readonly', (entries, _, done) => {
        entries.getAll().onsuccess = ({ target }) => done(target.result);
      }),
    get: (id) =>
      transact('readonly', (_, reports, done) => {
        reports.get(id).onsuccess = ({ target }) => done(target.result);
      }),
    remove: (id) =>
      transact('readwrite', (entries, reports) => {
        entries.delete(id);
        reports.delete(id);
      }),
    clear: () =>
      transact('readwrite', (entries, reports) => {
        entries.clear();
        reports.clear();
      }),

    saveText: (name, type, text) => save(name, new Blob([text], { type })),
    saveBytes: (name, type, bytes) => save(name, new Blob([bytes], { type })),

    /** Draws an SVG at twice its size and saves it. */
    async savePng(name, svg) {
      const url = URL.createObjectURL(new Blob([svg], { type: 'image/svg+xml' }));
      try {
        const image = new Image();
        image.src = url;
        await image.decode();
        const canvas = document.createElement('canvas');
        canvas.width = 2 * image.naturalWidth;
        canvas.height = 2 * image.naturalHeight;
        canvas.getContext('2d').drawImage(image, 0, 0, canvas.width, canvas.height);
        const blob = await new Promise((resolve) => canvas.toBlob(resolve, 'image/png'));
        if (!blob) throw new Error('the browser made no picture of it');
        save(name, blob);
      } finally {
        URL.revokeObjectURL(url);
      }
    },
  };
})();
