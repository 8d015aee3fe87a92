//! Hosts that send no headers, pages inside of others, and the service worker that helps where
//! it may.

use crate::house::{House, LIMIT, Visit, by, copy};
use anyhow::{Result, ensure};
use std::fs::{self, File};
use std::thread::sleep;
use std::time::{Duration, UNIX_EPOCH};
use xtask::browser::Options;
use xtask::server::{Site, Wrong};

const SHORT: &str = "?workload=mandelbrot&size=128&budget=0.5";
/// The rungs that need a pool.
const POOLED: [&str; 2] = ["threads", "threads+simd"];

/// No headers and no service worker: all but the threads works, and the page says why.
pub fn no_headers(house: &House) -> Result<()> {
    // Before the engine is up, too: what came later would move Run from under a finger.
    let engine = house.engine("engine_bg.wasm")?;
    let page = house.open_from(SHORT, house.plain().with(&engine, Wrong::Silent))?;
    ensure!(page.attribute("status", "data-state")? == "loading");
    let said = page.notices()?;
    ensure!(
        said.contains("isolated"),
        "no notice while the engine loads: {said}"
    );
    let page = house.open_from(SHORT, house.plain())?;
    page.ready()?;
    ensure!(page.attribute("machine", "data-isolated")? == "false");
    page.notice_says("isolated")?;
    page.run()?;
    for row in POOLED {
        page.row_is(row, "skipped")?;
        page.reason_says(row, "isolated")?;
    }
    page.others_are_timed(&POOLED)?;
    if page.has_gpu()? {
        page.row_is_timed("gpu")?;
    }
    // Without a pool kernels run on the engine's own thread: Stop has to end the engine.
    let page = house.open_from("?workload=mandelbrot&size=4096&budget=60", house.plain())?;
    page.press("run")?;
    page.state_is(&["running"])?;
    sleep(Duration::from_millis(700));
    page.stops_at_once()?;
    page.run_again_shortly()
}

/// A host without any headers of ours.
fn bare(house: &House) -> Site {
    Site {
        plain: true,
        ..house.site()
    }
}

/// The first script of the page, which Trunk names by a hash.
const PAGE_SCRIPT: &str = "/theme-";
/// Counts how often pages of this tab were loaded, across reloads.
const COUNT: &str = "try { sessionStorage.loads = +(sessionStorage.loads ?? 0) + 1; } catch {}";

impl Visit {
    fn loads(&self) -> Result<u64> {
        Ok(self.eval("+sessionStorage.loads")?.as_u64().unwrap_or(0))
    }

    fn is_isolated(&self) -> Result<bool> {
        Ok(self.eval("crossOriginIsolated")? == true)
    }

    /// The page reloads itself once and is up again.
    fn becomes_isolated(&self) -> Result<()> {
        self.wait("crossOriginIsolated && document.querySelector('[data-testid=run]') !== null")?;
        self.ready()
    }
}

/// The service worker adds the headers: after one reload everything works, threads too.
pub fn a_host_without_headers(house: &House) -> Result<()> {
    let site = bare(house).with(PAGE_SCRIPT, Wrong::Begins(COUNT.into()));
    let page = house.load(SHORT, site, &Options::default())?;
    page.becomes_isolated()?;
    ensure!(page.loads()? == 2, "loaded {} times", page.loads()?);
    ensure!(page.notices()?.is_empty(), "{}", page.notices()?);
    page.run()?;
    page.others_are_timed(&[])?;
    // The policy comes with them.
    let hit = page.eval(
        "(() => { const script = document.createElement('script'); script.textContent = 'window.hit = 1';
            document.head.append(script); return window.hit ?? 0; })()",
    )?;
    ensure!(hit == 0, "an inline script ran");
    // A second visit is isolated from its first moment on.
    page.session.go(&format!("{}{SHORT}", page.site.url))?;
    ensure!(page.is_isolated()?, "the second visit is not isolated");
    page.ready()?;
    ensure!(page.loads()? == 3, "loaded {} times", page.loads()?);
    Ok(())
}

/// A browser that has none, as in some private windows, or that refuses.
pub fn service_workers_blocked(house: &House) -> Result<()> {
    for block in [
        "delete Navigator.prototype.serviceWorker;",
        "ServiceWorkerContainer.prototype.register = async () => { throw new DOMException('blocked', 'SecurityError'); };",
        "ServiceWorkerContainer.prototype.register = () => new Promise(() => {});",
    ] {
        let site = bare(house).with(PAGE_SCRIPT, Wrong::Begins(format!("{COUNT} {block}")));
        let page = house.open_from(SHORT, site)?;
        page.ready()?;
        sleep(Duration::from_millis(500));
        ensure!(page.loads()? == 1, "loaded {} times", page.loads()?);
        page.notice_says("isolated")?;
        page.run()?;
        page.others_are_timed(&POOLED)?;
    }
    Ok(())
}

/// One that does nothing for the page: one reload, then the page says what is missing.
pub fn a_service_worker_that_does_not_help(house: &House) -> Result<()> {
    let idle = "self.addEventListener('install', () => self.skipWaiting());
        self.addEventListener('activate', (e) => e.waitUntil(self.clients.claim()));";
    let site = bare(house)
        .with("isolation.js", Wrong::Is(idle.into()))
        .with(PAGE_SCRIPT, Wrong::Begins(COUNT.into()));
    let page = house.load(SHORT, site, &Options::default())?;
    page.wait("+sessionStorage.loads === 2")?;
    page.notice_says("isolated")?;
    sleep(Duration::from_secs(2));
    ensure!(page.loads()? == 2, "loaded {} times", page.loads()?);
    page.run()?;
    page.others_are_timed(&POOLED)
}

/// What somebody has begun is not taken away by a reload: the service worker, which a slow host
/// sends late, comes when they are at work.
pub fn no_reload_under_a_persons_hands(house: &House) -> Result<()> {
    let late = "const begin = ServiceWorkerContainer.prototype.register;
        ServiceWorkerContainer.prototype.register = async function (...a) {
            await new Promise((come) => { window.comes = come; });
            const registered = await begin.apply(this, a);
            window.came = true;
            return registered; };";
    let site = bare(house).with(PAGE_SCRIPT, Wrong::Begins(format!("{COUNT} {late}")));
    let page = house.open_from(SHORT, site)?;
    page.press("size-tiny")?;
    page.run()?;
    page.row_is_timed("simd")?;
    page.session
        .wait("(window.comes?.(), window.came === true)", LIMIT)?;
    sleep(Duration::from_secs(2));
    ensure!(page.loads()? == 1, "reloaded while somebody was at work");
    page.row_is_timed("simd")
}

/// Two deploys in turn: the second's page is up at once, with its own service worker.
pub fn two_deploys_in_turn(house: &House) -> Result<()> {
    let newer = house.folder("second-deploy")?;
    copy(&house.dist, &newer)?;
    let build = house.build()?;
    let script = fs::read_to_string(newer.join("isolation.js"))?;
    ensure!(
        script.contains(&build),
        "the service worker does not say its build"
    );
    fs::write(newer.join("isolation.js"), script.replace(&build, "000000000000"))?;
    fs::write(newer.join("build.json"), r#"{"build":"000000000000"}"#)?;
    let page = house.load(SHORT, bare(house), &Options::default())?;
    page.becomes_isolated()?;
    let served_by = "(await fetch('build.json')).headers.get('X-Parallax-Isolation')";
    ensure!(page.awaited(served_by)? == build, "not served by the first");
    let url = format!("{}{SHORT}", page.site.url);
    let page = page.served_by(Site {
        plain: true,
        ..Site::new(newer)
    })?;
    page.session.go(&url)?;
    page.becomes_isolated()?;
    // Asked once, and then waited for: Chromium, asked ten times a second through the old one, now and
    // then never lets go of it.
    page.session.run(
        "navigator.serviceWorker.addEventListener('controllerchange', () => { window.taken = true; })",
    )?;
    if page.awaited(served_by)? == build {
        page.wait("window.taken === true")?;
    }
    ensure!(
        page.awaited(served_by)? == "000000000000",
        "not served by the second"
    );
    page.run()?;
    page.others_are_timed(&[])
}

/// A host that learns to send headers: the service worker goes, but not before a page has come with them
/// from its start on. What the browser keeps of an earlier one lacks them, and Workers are refused.
pub fn a_host_that_sends_headers_later(house: &House) -> Result<()> {
    let page = house.load(SHORT, bare(house), &Options::default())?;
    page.becomes_isolated()?;
    let url = format!("{}{SHORT}", page.site.url);
    // It learns it while a page waits for its program.
    let page = page.served_by(bare(house).with(&house.engine("engine_bg.wasm")?, Wrong::Silent))?;
    page.session.go(&url)?;
    page.state_is(&["loading"])?;
    sleep(Duration::from_secs(1));
    let page = page.served_by(house.site())?;
    page.becomes_isolated()?;
    sleep(Duration::from_secs(1));
    let left = page.awaited("(await navigator.serviceWorker.getRegistrations()).length")?;
    ensure!(left == 1, "the service worker went before the page came without");
    page.session.go(&url)?;
    page.becomes_isolated()?;
    page.session.wait(
        "((window.asked ??= navigator.serviceWorker.getRegistrations().then((all) => {
             window.asked = null; window.left = all.length; })), window.left === 0)",
        LIMIT,
    )?;
    page.run()?;
    page.others_are_timed(&[])?;
    page.session.go(&url)?;
    page.becomes_isolated()?;
    page.run()?;
    page.others_are_timed(&[])
}

/// The same without the service worker: what the browser keeps of the engine lacks the headers.
pub fn headers_later_and_files_kept(house: &House) -> Result<()> {
    let folder = house.folder("kept")?;
    copy(&house.dist, &folder)?;
    let mut folders = vec![folder.join(format!("engine-{}", house.build()?))];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next)? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else {
                // Long ago, so that browsers keep it for long without being told to.
                File::options().write(true).open(path)?.set_modified(UNIX_EPOCH)?;
            }
        }
    }
    let site = Site::new(folder);
    let plain = Site {
        plain: true,
        ..site.clone()
    };
    let asks = format!("{SHORT}&isolate=off");
    let page = house.load(&asks, plain, &Options::default())?;
    page.ready()?;
    page.run()?;
    page.others_are_timed(&POOLED)?;
    let url = format!("{}{asks}", page.site.url);
    let page = page.served_by(site)?;
    page.session.go(&url)?;
    page.becomes_isolated()?;
    page.run()?;
    page.others_are_timed(&[])
}

/// A link removes it, and it stays away until another link wants it back.
pub fn removed_by_a_link(house: &House) -> Result<()> {
    let page = house.load(SHORT, bare(house), &Options::default())?;
    page.becomes_isolated()?;
    let url = page.site.url.clone();
    page.session.go(&format!("{url}{SHORT}&isolate=off"))?;
    page.wait("!crossOriginIsolated && document.querySelector('[data-testid=run]') !== null")?;
    page.notice_says("isolated")?;
    page.session.go(&format!("{url}{SHORT}"))?;
    page.notice_says("isolated")?;
    sleep(Duration::from_secs(1));
    let left = page.awaited("(await navigator.serviceWorker.getRegistrations()).length")?;
    ensure!(left == 0, "{left} service workers are left");
    page.run()?;
    page.others_are_timed(&POOLED)?;
    page.session.go(&format!("{url}{SHORT}&isolate=on"))?;
    page.session.run("sessionStorage.clear()")?;
    page.session.go(&format!("{url}{SHORT}"))?;
    page.becomes_isolated()
}

/// In somebody else's page, which is not isolated and so neither is the frame.
pub fn embedded(house: &House) -> Result<()> {
    let folder = house.folder("embedding")?;
    let inner = house.site().start(0)?;
    // Another host than the page's own: localhost is to 127.0.0.1 what a stranger is.
    let url = inner.url.replace("127.0.0.1", "localhost");
    fs::write(
        folder.join("index.html"),
        format!(
            "<!doctype html><title>A stranger's page</title><iframe id=f width=900 height=700 src=\"{url}?embed&workload=mandelbrot&size=64&budget=0.5\"></iframe>"
        ),
    )?;
    let outer = Site {
        isolated: false,
        plain: true,
        ..Site::new(folder)
    };
    let outer = outer.start(0)?;
    let session = house.session(&Options::default())?;
    session.go(&outer.url)?;
    session.frame("#f")?;
    let page = house.visit(session, outer);
    page.session.wait(
        &format!("document.querySelector('{}') !== null", by("run")),
        LIMIT,
    )?;
    page.ready()?;
    ensure!(page.attribute("machine", "data-isolated")? == "false");
    ensure!(page.notices()?.contains("isolated"), "{}", page.notices()?);
    let own = page.attribute("own-page", "href")?;
    ensure!(own.starts_with(&url) && !own.contains("embed"), "{own}");
    ensure!(page.eval(&format!("document.querySelector('{}') === null", by("history")))? == true);
    page.run()?;
    page.row_is_timed("simd")?;
    page.row_is("threads", "skipped")?;
    // Nothing is registered for a page that is not the site's own.
    let left = page.awaited("(await navigator.serviceWorker.getRegistrations()).length")?;
    ensure!(
        left == 0,
        "{left} service workers were registered by an embedded page"
    );
    Ok(())
}
