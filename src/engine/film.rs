//! Moving pictures, frame by frame, on the pool.

use parallax_backends::{Machine, StopFlag};
use parallax_protocol::Event;
use parallax_workloads::Film;

/// Time between two frames, in milliseconds, besides what making one takes.
const FRAME_MS: u32 = 36;

/// Makes a film and emits its frames, until it is over or the flag is raised. A workload
/// without one, or one that fails, is over at once: nothing is lost.
pub async fn film(
    machine: &Machine,
    number: u32,
    workload: &str,
    seed: u64,
    stop: &StopFlag,
    emit: &dyn Fn(Event),
) {
    let mut film = open(machine, workload, seed).await;
    while let Some(mut frames) = film.take().filter(|_| !stop.is_raised()) {
        let made = machine.pool.offload(move || (frames.next(), frames)).await;
        let Ok((Some(picture), rest)) = made else { break };
        if stop.is_raised() {
            break;
        }
        film = Some(rest);
        emit(Event::Frame {
            film: number,
            picture: Some(picture),
        });
        machine.host.sleep(FRAME_MS).await;
    }
    emit(Event::Frame {
        film: number,
        picture: None,
    });
}

async fn open(machine: &Machine, workload: &str, seed: u64) -> Option<Box<dyn Film>> {
    let workload = parallax_workloads::find(workload)?;
    let film = machine.pool.offload(move || workload.film(seed)).await;
    film.ok()?.ok()?
}

#[cfg(test)]
mod tests {
    use super::*;
    use parallax_backends::Pool;
    use parallax_backends::host::NativeHost;
    use parallax_protocol::Picture;
    use std::cell::RefCell;
    use std::rc::Rc;

    fn frames(workload: &str, stop_after: usize) -> Vec<Option<Picture>> {
        let machine = Machine {
            cores: 1,
            isolated: true,
            pool: Pool::Threads(rayon::current_num_threads()),
            #[cfg(feature = "gpu")]
            gpu: parallax_backends::GpuSlot::missing("test"),
            memory: None,
            compiled: Default::default(),
            host: Rc::new(NativeHost::new()),
        };
        let (stop, seen) = (StopFlag::new(), RefCell::new(Vec::new()));
        let emit = |event| {
            let Event::Frame { film: 7, picture } = event else {
                panic!("{event:?}")
            };
            seen.borrow_mut().push(picture);
            if seen.borrow().len() == stop_after {
                stop.raise();
            }
        };
        pollster::block_on(film(&machine, 7, workload, 1, &stop, &emit));
        seen.into_inner()
    }

    #[test]
    fn a_film_ends_when_it_is_stopped_and_says_so() {
        let seen = frames("heat", 3);
        assert_eq!(seen.len(), 4);
        assert!(seen[..3].iter().all(Option::is_some) && seen[3].is_none());
        assert!(seen[0] != seen[1] && seen[1] != seen[2], "nothing moves");
    }

    #[test]
    fn what_has_no_film_is_over_at_once() {
        assert_eq!(frames("matmul", 9), [None]);
        assert_eq!(frames("no such workload", 9), [None]);
    }
}
