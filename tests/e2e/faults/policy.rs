//! The Content-Security-Policy that the site is served with: all of it works under it, and
//! what is not of the site does not.

use crate::house::House;
use anyhow::{Result, ensure};
use serde_json::json;
use xtask::browser::Browser;
use xtask::headers::POLICY;
use xtask::webdriver::request;

pub fn holds(house: &House) -> Result<()> {
    let page = house.open("?workload=matmul&size=128&budget=1")?;
    page.run()?;
    page.others_are_timed(&[])?;
    page.console_is_clean()?;

    let engine = format!("engine-{}", house.build()?);
    for path in [
        "",
        &format!("{engine}/engine.js"),
        &format!("{engine}/worker.js"),
        &format!("{engine}/javascript/worker.js"),
        "not-there",
    ] {
        let head = request("GET", &format!("{}{path}", page.site.url), None)?.head;
        let policy = format!("{}: {}", POLICY.0.to_lowercase(), POLICY.1);
        ensure!(
            head.lines().any(|line| line == policy),
            "/{path} has no policy: {head}"
        );
    }

    // Later than the call itself: WebDriver's own scripts may do what the page's may not.
    let mut found = page.session.run_async(
        "const done = arguments[0];
         setTimeout(() => {
             const blocked = [];
             document.addEventListener('securitypolicyviolation', (e) => blocked.push(e.effectiveDirective));
             const script = document.createElement('script');
             script.textContent = 'window.hit = 1';
             document.head.append(script);
             let thrown = 'nothing';
             try { (0, eval)('window.hit = 2'); } catch (error) { thrown = error.name; }
             try { new Worker(URL.createObjectURL(new Blob(['']))); } catch {}
             const styled = document.createElement('p');
             styled.setAttribute('style', 'color: red');
             setTimeout(() => done({ hit: window.hit ?? 0, thrown, blocked: [...new Set(blocked)].sort() }), 200);
         });",
    )?;
    let expected = json!({
        "hit": 0,
        "thrown": "EvalError",
        "blocked": ["script-src", "script-src-elem", "style-src-attr", "worker-src"],
    });
    // Firefox runs WebDriver's own scripts, and what they evaluate, outside of the policy.
    if matches!(house.browser, Browser::Firefox(_)) {
        found["blocked"]
            .as_array_mut()
            .into_iter()
            .for_each(|all| all.insert(0, "script-src".into()));
        found["thrown"] = "EvalError".into();
        found["hit"] = 0.into();
    }
    ensure!(found == expected, "{found} is not {expected}");
    Ok(())
}
