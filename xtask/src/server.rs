//! Serves a site on this machine, with or without what makes it isolated.
//!
//! The tests start as many of these as they have cases: a site without isolation, one
//! whose pool script is missing, two builds at once. Each ends when its [`Running`] is
//! dropped.

use std::collections::BTreeSet;
use std::io::ErrorKind;
use std::net::{Ipv4Addr, TcpListener};
use std::ops::Range;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};

use anyhow::{Context, Result, bail};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::response::Parts;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use futures_util::TryStreamExt;
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
    /// Whether the service worker is there that adds them where they are not sent.
    pub fallback: bool,
    /// None of our headers at all: somebody else's host.
    pub plain: bool,
    /// Whether the content security policy is sent: other people's code may not keep to it.
    pub policy: bool,
    /// What goes wrong with which answers.
    pub faults: Vec<Fault>,
}

/// Something that goes wrong with the answers to some paths.
#[derive(Debug, Clone)]
pub struct Fault {
    /// The paths that hold this.
    pub path: String,
    /// Which answers to them, counted from 0; the others are as they should be.
    pub of: Range<usize>,
    /// What then happens.
    pub what: Wrong,
}

/// What can be wrong with an answer.
#[derive(Debug, Clone)]
pub enum Wrong {
    /// 404, as if a deploy had lost the file.
    Missing,
    /// No answer at all.
    Silent,
    /// The connection ends after this many bytes.
    Cut(usize),
    /// Another content type.
    Type(&'static str),
    /// Without the headers that isolate.
    NotIsolated,
    /// This stands before the file's own text: how a test changes a browser from within.
    Begins(String),
    /// This instead of the file's content.
    Is(Vec<u8>),
}

/// A site that is being served; dropping it ends that.
#[derive(Debug)]
pub struct Running {
    /// Its address, with a slash at the end.
    pub url: String,
    /// The same that the thread listens with: another site may take it over.
    listener: Option<TcpListener>,
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
            fallback: true,
            plain: false,
            policy: true,
            faults: Vec::new(),
        }
    }

    /// The same site with a fault.
    #[must_use]
    pub fn with(self, path: &str, what: Wrong) -> Self {
        self.with_some(path, 0..usize::MAX, what)
    }

    /// The same site with a fault of some answers, counted from 0.
    #[must_use]
    pub fn with_some(mut self, path: &str, of: Range<usize>, what: Wrong) -> Self {
        self.faults.push(Fault {
            path: path.into(),
            of,
            what,
        });
        self
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
        let kept = listener.try_clone().context("the listener cannot be kept")?;
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
            listener: Some(kept),
            stop: Some(stop),
            thread: Some(thread),
        })
    }
}

/// The free ports that were taken. One that comes back would be the same origin to a browser that
/// knew the last site there, with its cache and its store.
static GIVEN: Mutex<BTreeSet<u16>> = Mutex::new(BTreeSet::new());

/// Takes a port on 127.0.0.1; 0 takes a free one, never the same twice.
///
/// # Errors
/// If it is taken; the message names it and the flag for another.
pub fn listen(port: u16) -> Result<TcpListener> {
    match TcpListener::bind((Ipv4Addr::LOCALHOST, port)) {
        Ok(listener) if port == 0 => {
            let given = listener.local_addr().context("no address")?.port();
            let mut before = GIVEN.lock().unwrap_or_else(PoisonError::into_inner);
            match before.insert(given) {
                true => Ok(listener),
                // Held while another is asked for, so that it is another.
                false => {
                    drop(before);
                    listen(0)
                }
            }
        }
        Err(error) if error.kind() == ErrorKind::AddrInUse => bail!(
            "port {port} is in use: end what uses it or take another, as in `--port {}`",
            port.checked_add(1).unwrap_or(8081)
        ),
        other => other.with_context(|| format!("port {port} cannot be used")),
    }
}

impl Running {
    /// The port that is served.
    ///
    /// # Errors
    /// Never for a site that was started.
    pub fn port(&self) -> Result<u16> {
        let port = self.url.trim_end_matches('/').rsplit(':').next();
        port.context("no port")?.parse().context("no port")
    }

    /// Another site at the same address, as after a deploy: who asks in between waits and is
    /// answered by the new one, and nobody else can take the port unless this one was stopped.
    ///
    /// # Errors
    /// If this one was stopped and the port was taken since, or the system refuses.
    pub fn replaced_by(mut self, site: Site) -> Result<Running> {
        let kept = self.listener.take();
        self.stop();
        site.start_on(match kept {
            Some(listener) => listener,
            None => listen(self.port()?)?,
        })
    }

    /// Ends it: from now on nothing answers there.
    pub fn stop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
        drop(self.listener.take());
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.stop();
    }
}

/// A site and how often each of its faults was asked for.
#[derive(Debug)]
struct Served {
    site: Site,
    asked: Vec<AtomicUsize>,
}

async fn serve(listener: TcpListener, site: Site) -> std::io::Result<()> {
    let files = ServeDir::new(&site.root);
    let asked = site.faults.iter().map(|_| AtomicUsize::new(0)).collect();
    let router = Router::new()
        .fallback_service(files)
        .layer(from_fn_with_state(Arc::new(Served { site, asked }), dress));
    axum::serve(tokio::net::TcpListener::from_std(listener)?, router).await
}

/// Puts the table's headers on every answer, refusals included, does what goes wrong, and logs
/// what is missing.
async fn dress(State(served): State<Arc<Served>>, mut request: Request, next: Next) -> Response {
    let site = &served.site;
    let path = request.uri().path().to_owned();
    let due = |(fault, asked): (&Fault, &AtomicUsize)| {
        path.contains(&fault.path) && fault.of.contains(&asked.fetch_add(1, Ordering::Relaxed))
    };
    let faulty = site.faults.iter().any(|fault| path.contains(&fault.path));
    let faults = site.faults.iter().zip(&served.asked);
    let wrong: Vec<&Wrong> = faults
        .filter(|pair| due(*pair))
        .map(|(fault, _)| &fault.what)
        .collect();
    if faulty {
        // The whole file and not "not modified", which would hide what is wrong with it.
        for name in [header::IF_NONE_MATCH, header::IF_MODIFIED_SINCE, header::RANGE] {
            request.headers_mut().remove(name);
        }
    }
    let hidden = !site.fallback && path.ends_with("/isolation.js");
    let denied = hidden || wrong.iter().any(|wrong| matches!(wrong, Wrong::Missing));
    let mut response = if denied {
        StatusCode::NOT_FOUND.into_response()
    } else {
        next.run(request).await
    };
    let found = response.status() != StatusCode::NOT_FOUND;
    if !found {
        eprintln!("404 {path}{}", if denied { " (denied)" } else { "" });
    }
    if !site.plain {
        let sent = headers::of(&path, found, site.isolated);
        for (name, value) in sent.filter(|header| site.policy || *header != headers::POLICY) {
            if let Ok(name) = HeaderName::from_bytes(name.as_bytes()) {
                response
                    .headers_mut()
                    .insert(name, HeaderValue::from_static(value));
            }
        }
    }
    if faulty {
        // Nobody is to keep what is wrong, nor what is to be wrong the next time.
        let never = HeaderValue::from_static("no-store");
        response.headers_mut().insert(header::CACHE_CONTROL, never);
    }
    for wrong in wrong {
        response = spoil(response, wrong).await;
    }
    response
}

async fn spoil(mut response: Response, wrong: &Wrong) -> Response {
    let headers = response.headers_mut();
    match wrong {
        Wrong::Missing => return response,
        Wrong::Silent => std::future::pending().await,
        Wrong::Type(name) => {
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(name));
            return response;
        }
        Wrong::NotIsolated => {
            for (name, _) in headers::ISOLATION {
                headers.remove(name);
            }
            return response;
        }
        Wrong::Cut(_) | Wrong::Begins(_) | Wrong::Is(_) => {}
    }
    let (mut parts, body) = response.into_parts();
    // Our own files, which are there as a whole.
    let body = to_bytes(body, usize::MAX).await.unwrap_or_default();
    let length = |parts: &mut Parts, length: usize| {
        parts
            .headers
            .insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    };
    let body = match wrong {
        Wrong::Cut(bytes) => {
            length(&mut parts, body.len());
            let begin = body.slice(..body.len().min(*bytes));
            // A stream that breaks off: the length that was promised is never reached.
            let broken = futures_util::stream::iter([Ok(begin), Err(ErrorKind::ConnectionReset)]);
            Body::from_stream(broken.map_err(std::io::Error::from))
        }
        Wrong::Begins(text) => {
            let whole = [text.as_bytes(), &body].concat();
            length(&mut parts, whole.len());
            Body::from(whole)
        }
        Wrong::Is(content) => {
            length(&mut parts, content.len());
            Body::from(content.clone())
        }
        _ => Body::from(body),
    };
    Response::from_parts(parts, body)
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
            ..site().with("worker.js", Wrong::Missing)
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
    fn what_is_wrong_is_wrong_with_what_it_names_only() {
        let faulty = site()
            .with("engine_bg.wasm", Wrong::Cut(2))
            .with_some("worker.js", 1..usize::MAX, Wrong::Begins("0;".into()))
            .with("index", Wrong::Is(b"other".to_vec()));
        let running = faulty.start(0).unwrap();
        let body = |path: &str| {
            let answer = request("GET", &format!("{}engine-0123456789ab/{path}", running.url), None);
            answer.map(|answer| String::from_utf8_lossy(&answer.body).into_owned())
        };
        assert_eq!(body("worker.js").unwrap(), "1", "the first is as it should be");
        assert_eq!(body("worker.js").unwrap(), "0;1");
        // Short, or an error, as the other side happens to see it.
        assert!(body("engine_bg.wasm").is_ok_and(|body| body.len() <= 2) || body("engine_bg.wasm").is_err());
        assert!(get(&running, "engine-0123456789ab/worker.js").contains("no-store"));
        assert!(get(&running, "").contains("no-cache"));
    }

    #[test]
    fn no_free_port_is_given_twice() {
        // The system gives one of some 28,000 at random: of 1,000 two would be the same.
        let mut given = BTreeSet::new();
        for _ in 0..1_000 {
            let port = listen(0).unwrap().local_addr().unwrap().port();
            assert!(given.insert(port), "{port} came back");
        }
    }

    #[test]
    fn another_site_at_the_same_address() {
        let running = site().start(0).unwrap();
        let url = running.url.clone();
        let plain = Site {
            isolated: false,
            ..site()
        };
        let mut running = running.replaced_by(plain).unwrap();
        assert_eq!(running.url, url);
        assert!(!get(&running, "").contains("cross-origin-embedder-policy"));
        running.stop();
        assert!(request("GET", &url, None).is_err(), "nothing answers");
        let running = running.replaced_by(site()).unwrap();
        assert!(running.url == url && get(&running, "").contains("cross-origin-embedder-policy"));
    }

    #[test]
    fn a_taken_port_is_named() {
        let running = site().start(0).unwrap();
        let port = running.port().unwrap();
        let error = site().start(port).unwrap_err().to_string();
        assert!(
            error.contains(&port.to_string()) && error.contains("--port"),
            "{error}"
        );
        drop(running);
        assert!(site().start(port).is_ok(), "dropping ends it");
    }
}
