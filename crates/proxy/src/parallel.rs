//! Several trainings at once.

use std::panic::resume_unwind;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::thread;

/// Runs jobs on up to `threads` threads and gives their results in the order of the jobs.
///
/// Memory: what `threads` jobs need at a time, and all results.
///
/// # Panics
/// If a job does.
pub fn side_by_side<T: Send, J: FnOnce() -> T + Send>(jobs: Vec<J>, threads: usize) -> Vec<T> {
    let workers = threads.clamp(1, jobs.len().max(1));
    let queue = Mutex::new(jobs.into_iter().enumerate());
    let work = || {
        let mut done = Vec::new();
        loop {
            // No job runs under the lock, so a job that panics leaves the queue whole.
            let next = queue.lock().unwrap_or_else(PoisonError::into_inner).next();
            let Some((place, job)) = next else { return done };
            done.push((place, job()));
        }
    };
    let mut done: Vec<(usize, T)> = thread::scope(|scope| {
        let handles: Vec<_> = (0..workers).map(|_| scope.spawn(work)).collect();
        let join =
            |handle: thread::ScopedJoinHandle<'_, _>| handle.join().unwrap_or_else(|why| resume_unwind(why));
        handles.into_iter().flat_map(join).collect()
    });
    done.sort_unstable_by_key(|(place, _)| *place);
    done.into_iter().map(|(_, result)| result).collect()
}

#[cfg(test)]
mod tests {
    use super::side_by_side;

    #[test]
    fn results_come_in_the_order_of_the_jobs() {
        for threads in [0, 1, 3, 100] {
            let jobs: Vec<_> = (0..20).map(|job| move || job * job).collect();
            assert_eq!(side_by_side(jobs, threads), (0..20).map(|job| job * job).collect::<Vec<_>>());
        }
        assert!(side_by_side(Vec::<fn() -> u8>::new(), 2).is_empty());
    }

    #[test]
    #[should_panic(expected = "of its own")]
    fn a_panic_of_a_job_is_passed_on() {
        side_by_side(vec![|| -> () { panic!("of its own") }], 2);
    }
}
