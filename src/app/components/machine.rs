//! The machine, as the engine found it.

use leptos::prelude::*;
use parallax_protocol::Capabilities;

use super::{Page, all};
use crate::{BUILD, format, text};

/// The strip at the bottom.
#[component]
pub fn Machine() -> impl IntoView {
    let page = Page::here();
    let of = move |read: fn(&Capabilities) -> String| {
        move || {
            page.session
                .with(|s| s.capabilities.as_ref().map(read).unwrap_or_default())
        }
    };
    view! {
        <footer
            class="machine"
            data-testid="machine"
            data-isolated=of(|c| c.isolated.to_string())
            data-pool=of(|c| c.pool_threads.to_string())
            data-cores=of(|c| c.cores.to_string())
            data-adapter=of(|c| c.adapter.as_ref().map(|a| a.name.clone()).unwrap_or_default())
            data-software=of(|c| {
                c.adapter.as_ref().map(|a| a.software.to_string()).unwrap_or_default()
            })
        >
            <h2>{text::MACHINE}</h2>
            {move || page.session.with(|s| match &s.capabilities {
                Some(capabilities) => list(capabilities),
                None => view! { <p class="more">{text::MACHINE_UNKNOWN}</p> }.into_any(),
            })}
        </footer>
    }
    .into_any()
}

fn list(c: &Capabilities) -> AnyView {
    let yes_no = |yes| if yes { text::YES } else { text::NO };
    let start = c.pool_start_ms.map(format::time);
    let empty = c.overhead.map(|o| format::time(o.dispatch_us / 1e3));
    let pool = match c.pool_threads {
        0 => text::POOL_NONE.into(),
        n => text::pool_of(n, start.as_deref(), empty.as_deref()),
    };
    let gpu = match &c.adapter {
        Some(adapter) => text::adapter(&adapter.name, adapter.software),
        None => text::GPU_NONE.into(),
    };
    let items = [
        (text::CORES, c.cores.to_string()),
        (
            text::ENGINE,
            c.engine_load_ms
                .map(|ms| text::loaded_in(&format::time(ms)))
                .unwrap_or_default(),
        ),
        (text::POOL, pool),
        (text::ISOLATED, yes_no(c.isolated).into()),
        (text::TIMER, format::time(c.timer_resolution_us / 1000.0)),
        (text::GPU, gpu),
        (text::BUILD, BUILD.into()),
    ];
    let items = items.map(|(name, value)| view! { <div><dt>{name}</dt><dd>{value}</dd></div> }.into_any());
    view! { <dl>{all(items)}</dl> }.into_any()
}
