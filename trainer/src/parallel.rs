//! One piece of work a film, over all threads.

use std::{
    sync::atomic::{AtomicUsize, Ordering},
    thread,
};

use anyhow::{Result, anyhow};
use indicatif::ProgressBar;

/// What `work` makes of each item, in the order of the items, worked out on `threads` threads.
///
/// # Errors
/// The first failure that is met; what is under way is finished, nothing new is begun by the thread that met it.
pub fn each<Item: Sync, Made: Send>(
    items: &[Item],
    threads: usize,
    progress: &ProgressBar,
    work: impl Fn(&Item) -> Result<Made> + Sync,
) -> Result<Vec<Made>> {
    let next = AtomicUsize::new(0);
    let worker = || -> Result<Vec<(usize, Made)>> {
        let mut made = Vec::new();
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let Some(item) = items.get(at) else { return Ok(made) };
            made.push((at, work(item)?));
            progress.inc(1);
        }
    };
    let mut made = thread::scope(|scope| {
        let workers: Vec<_> = (0..threads.max(1)).map(|_| scope.spawn(worker)).collect();
        let mut made = Vec::with_capacity(items.len());
        for worker in workers {
            made.extend(worker.join().map_err(|_| anyhow!("a worker stopped"))??);
        }
        anyhow::Ok(made)
    })?;
    made.sort_by_key(|(at, _)| *at);
    Ok(made.into_iter().map(|(_, made)| made).collect())
}

#[cfg(test)]
mod tests {
    use anyhow::bail;

    use super::*;

    #[test]
    fn results_come_in_the_order_of_the_items() {
        let items: Vec<u64> = (0..200).collect();
        let doubled = each(&items, 3, &ProgressBar::hidden(), |item| Ok(item * 2)).unwrap();
        assert_eq!(doubled, (0..200).map(|item| item * 2).collect::<Vec<_>>());
    }

    #[test]
    fn a_failure_is_not_lost() {
        let work = |item: &u64| if *item == 7 { bail!("seven") } else { Ok(*item) };
        let items: Vec<u64> = (0..20).collect();
        assert_eq!(each(&items, 2, &ProgressBar::hidden(), work).unwrap_err().to_string(), "seven");
    }
}
