//! The server and the browser together, as the page's own tests use them.

use std::fs;

use xtask::browser::{Browser, Chromium, Driver, Options};
use xtask::server::Site;
use xtask::webdriver::Session;

#[test]
fn a_session_is_what_was_asked_for() {
    let Some(browser) = Chromium::find().map(Browser::Chromium) else {
        println!("SKIPPED a_session_is_what_was_asked_for: no Chromium with chromedriver");
        return;
    };
    let root = std::env::temp_dir().join(format!("parallax-driver-{}", std::process::id()));
    fs::create_dir_all(&root).unwrap();
    // A file of its own: the policy allows no script within the page.
    let page = "<!doctype html><button>n</button><script src='n.js'></script>";
    fs::write(root.join("index.html"), page).unwrap();
    let script = "document.querySelector('button').onclick = () => (window.n = 7);";
    fs::write(root.join("n.js"), script).unwrap();
    let isolated = Site::new(root.clone()).start(0).unwrap();
    let plain = Site {
        isolated: false,
        ..Site::new(root.clone())
    }
    .start(0)
    .unwrap();
    let driver = Driver::start(&browser).unwrap();

    let dark = Options {
        dark: true,
        webgpu: false,
        ..Options::default()
    };
    let session = Session::start(&driver, &browser, &dark).unwrap();
    let is = |session: &Session, expression: &str, expect: bool| {
        assert_eq!(
            session.run(&format!("return {expression}")).unwrap(),
            expect,
            "{expression}"
        );
    };
    session.go(&isolated.url).unwrap();
    is(&session, "crossOriginIsolated", true);
    is(
        &session,
        "matchMedia('(prefers-color-scheme: dark)').matches",
        true,
    );
    let adapter = "navigator.gpu?.requestAdapter().then(a => arguments[0](!!a)) ?? arguments[0](false)";
    assert_eq!(
        session.run_async(adapter).unwrap(),
        false,
        "no adapter without the flag"
    );
    session.click("button").unwrap();
    is(&session, "window.n === 7", true);
    assert!(session.screenshot().unwrap().starts_with(b"\x89PNG"));
    session.go(&plain.url).unwrap();
    is(&session, "crossOriginIsolated", false);

    // A second window of the same driver, while the first is open.
    let light = Session::start(&driver, &browser, &Options::default()).unwrap();
    light.go(&isolated.url).unwrap();
    is(
        &light,
        "matchMedia('(prefers-color-scheme: dark)').matches",
        false,
    );
    assert_eq!(light.run_async(adapter).unwrap(), true, "SwiftShader's adapter");
    let error = light.run("throw Error('no')").unwrap_err().to_string();
    assert!(error.contains("no"), "{error}");
    fs::remove_dir_all(root).unwrap();
}
