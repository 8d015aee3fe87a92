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
    /** Resolves with the machine's capabilities when the engine is up. */
    ready: ready.promise,

    /** Runs a spec or a link. */
    async run(specOrLink, options) {
      const { onProgress, signal } = options || {};
      if (signal && signal.aborted) throw failure('aborted', 'the signal was aborted before the run began');
      await connected.promise;
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

  // --- The store: light entries to list, and the reports themselves.

  let opened = null;
  const database = () => {
    opened ??= new Promise((resolve, reject) => {
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

    /** The page's program is up. */
    connect(calls) {
      page = calls;
      connected.resolve();
    },
    /** It never will be. */
    lost(message) {
      const error = failure('page-failed', message);
      connected.reject(error);
      ready.reject(error);
      if (job) job.reject(error);
    },
    ready: (capabilities) => ready.resolve(capabilities),
    engineFailed: (message) => ready.reject(failure('engine-failed', message)),
    progress(state) {
      const listener = job && job.onProgress;
      // Later: a listener may stop the run, and the page is just telling of it. What it
      // throws is its own mistake and is reported as such.
      if (listener) queueMicrotask(() => listener(state));
    },
    finished: (report) => job && job.resolve(report),
    refused: (code, message) => job && job.reject(failure(code, message)),

    put: (entry, report) =>
      transact('readwrite', (entries, reports, done) => {
        entries.add(entry).onsuccess = ({ target }) => {
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

    /** Draws an SVG at twice its size and saves it. */
    async savePng(name, svg, width, height) {
      const url = URL.createObjectURL(new Blob([svg], { type: 'image/svg+xml' }));
      try {
        const image = new Image();
        image.src = url;
        await image.decode();
        const canvas = document.createElement('canvas');
        canvas.width = 2 * width;
        canvas.height = 2 * height;
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
