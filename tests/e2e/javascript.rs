//! The JavaScript rung, whose modules exist in the built site only.

use crate::house::House;
use anyhow::Result;

/// Sizes that divide by nothing, tiny, and one of two blocks of k.
const SIZES: [u32; 7] = [1, 7, 33, 67, 129, 128, 300];

/// What conformance does for the other rungs: whole outputs against the reference.
pub fn edges(house: &House) -> Result<()> {
    let page = house.open("")?;
    for workload in ["mandelbrot", "matmul"] {
        for size in SIZES {
            let query = format!("?workload={workload}&size={size}&backends=javascript&budget=0.1");
            page.session.go(&format!("{}{query}", page.site.url))?;
            page.wait("document.querySelector('[data-testid=run]') !== null")?;
            page.run()?;
            page.row_is_timed("javascript")?;
        }
    }
    page.console_is_clean()
}
