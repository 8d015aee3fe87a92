//! Serves a site on this machine, with or without what makes it isolated.
//!
//! The tests start as many of these as they have cases: a site without isolation, one
//! whose pool script is missing, two builds at once. Each ends when its [`Running`] is
//! dropped.

use std::io::ErrorKind;
use std::net::{Ipv4Addr, TcpListener};
use std::path::PathBuf;
use std::sync::Arc;
use std::thread::{self, JoinHandle};

use anyhow::{Context, Result, bail};
use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use tokio::sync::oneshot;
use tower_http::services::ServeDir;

use crate::headers;

/// What is served, and with which faults.
#[derive(Debug, Clone)]
pub struct Site {
    /// The folder with `index.html`.
    pub root: PathBuf,
    /// Whether COOP and COEP are sent.
    pub isolated: bool,
    /// None of our headers at all: somebody else's host.
    pub plain: bool,
    /// Whether the content security policy is sent: other people's code may not keep to it.
    pub policy: bool,
    /// Paths that hold one of these are answered with 404, as if a deploy had lost them.
    pub deny: Vec<String>,
}

/// A site that is being served; dropping it ends that.
#[derive(Debug)]
pub struct Running {
    /// Its address, with a slash at the end.
    pub url: String,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Site {
    /// An isolated site without faults.
    #[must_use]
    pub fn new(root: PathBuf) -> Self {
        Self {
            root,
            isolated: true,
            plain: false,
            policy: true,
            deny: Vec::new(),
        }
    }

    /// Serves it on 127.0.0.1; port 0 takes a free one. Answers when this returns.
    ///
    /// # Errors
    /// If the port is taken.
    pub fn start(self, port: u16) -> Result<Running> {
        self.start_on(listen(port)?)
    }

    /// Serves it on a port that [`listen`] took before there was a site.
    ///
    /// # Errors
    /// If the system refuses.
    pub fn start_on(self, listener: TcpListener) -> Result<Running> {
        listener
            .set_nonblocking(true)
            .context("the listener cannot be set up")?;
        let url = format!("http://{}/", listener.local_addr().context("no address")?);
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_io()
            .build()
            .context("the server's runtime cannot start")?;
        let (stop, stopped) = oneshot::channel::<()>();
        let thread = thread::spawn(move || {
            runtime.block_on(async {
                let serving = serve(listener, self);
                // Open connections end with the runtime: a test does not wait for them.
                tokio::select! {
                    result = serving => if let Err(error) = result {
                        eprintln!("the server ended: {error}");
                    },
                    _ = stopped => (),
                }
            });
        });
        Ok(Running {
            url,
            stop: Some(stop),
            thread: Some(thread),
        })
    }
}

/// Takes a port on 127.0.0.1; 0 takes a free one.
///
/// # Errors
/// If it is taken; the message names it and the flag for another.
pub fn listen(port: u16) -> Result<TcpListener> {
    match TcpListener::bind((Ipv4Addr::LOCALHOST, port)) {
        Err(error) if error.kind() == ErrorKind::AddrInUse => bail!(
            "port {port} is in use: end what uses it or take another, as in `--port {}`",
            port.checked_add(1).unwrap_or(8081)
        ),
        other => other.with_context(|| format!("port {port} cannot be used")),
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

async fn serve(listener: TcpListener, site: Site) -> std::io::Result<()> {
    let files = ServeDir::new(&site.root);
    let router = Router::new()
        .fallback_service(files)
        .layer(from_fn_with_state(Arc::new(site), dress));
    axum::serve(tokio::net::TcpListener::from_std(listener)?, router).await
}

/// Puts the table's headers on every answer, refusals included, and logs what is missing.
async fn dress(State(site): State<Arc<Site>>, request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    let denied = site.deny.iter().any(|part| path.contains(part));
    let mut response = if denied {
        StatusCode::NOT_FOUND.into_response()
    } else {
        next.run(request).await
    };
    let found = response.status() != StatusCode::NOT_FOUND;
    if !found {
        eprintln!("404 {path}{}", if denied { " (denied)" } else { "" });
    }
    if site.plain {
        return response;
    }
    let sent = headers::of(&path, found, site.isolated);
    for (name, value) in sent.filter(|header| site.policy || *header != headers::POLICY) {
        if let Ok(name) = HeaderName::from_bytes(name.as_bytes()) {
            response
                .headers_mut()
                .insert(name, HeaderValue::from_static(value));
        }
    }
    response
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::webdriver::request;

    fn site() -> Site {
        let root = std::env::temp_dir().join(format!("parallax-site-{}", std::process::id()));
        fs::create_dir_all(root.join("engine-0123456789ab")).unwrap();
        fs::write(root.join("index.html"), "<!doctype html>").unwrap();
        fs::write(root.join("engine-0123456789ab/worker.js"), "1").unwrap();
        fs::write(root.join("engine-0123456789ab/engine_bg.wasm"), "\0asm").unwrap();
        Site::new(root)
    }

    fn get(running: &Running, path: &str) -> String {
        let answer = request("GET", &format!("{}{path}", running.url), None).unwrap();
        answer.head.to_lowercase()
    }

    #[test]
    fn types_and_headers() {
        let running = site().start(0).unwrap();
        for (path, expect) in [
            ("", "content-type: text/html"),
            ("engine-0123456789ab/worker.js", "content-type: text/javascript"),
            (
                "engine-0123456789ab/engine_bg.wasm",
                "content-type: application/wasm",
            ),
            ("engine-0123456789ab/engine_bg.wasm", "immutable"),
            ("none", "http/1.1 404"),
        ] {
            let head = get(&running, path);
            assert!(head.contains(expect), "{path}: {head}");
            assert!(
                head.contains("cross-origin-embedder-policy: require-corp"),
                "{head}"
            );
            assert!(head.contains("cross-origin-opener-policy: same-origin"), "{head}");
            assert!(
                head.contains("content-security-policy: default-src 'none'"),
                "{head}"
            );
        }
    }

    #[test]
    fn faults_on_demand() {
        let plain = Site {
            isolated: false,
            deny: vec!["worker.js".into()],
            ..site()
        };
        let running = plain.start(0).unwrap();
        assert!(!get(&running, "").contains("cross-origin-embedder-policy"));
        assert!(get(&running, "").contains("content-security-policy"));
        assert!(get(&running, "engine-0123456789ab/worker.js").contains("404"));
        let lax = Site {
            policy: false,
            ..site()
        };
        let head = get(&lax.start(0).unwrap(), "");
        assert!(!head.contains("content-security-policy") && head.contains("cross-origin-embedder-policy"));
    }

    #[test]
    fn a_taken_port_is_named() {
        let running = site().start(0).unwrap();
        let port = running
            .url
            .trim_end_matches('/')
            .rsplit(':')
            .next()
            .unwrap()
            .parse()
            .unwrap();
        let error = site().start(port).unwrap_err().to_string();
        assert!(
            error.contains(&port.to_string()) && error.contains("--port"),
            "{error}"
        );
        drop(running);
        assert!(site().start(port).is_ok(), "dropping ends it");
    }
}
