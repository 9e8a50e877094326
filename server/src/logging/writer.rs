//! A bounded queue and the one thread that writes it to standard error.

use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::time::Duration;

/// Lines that wait at most; beyond it lines are dropped and counted.
const LINES_MAX: usize = 4_096;
/// How long the end of the process waits for the log's reader.
const FLUSH_TIME: Duration = Duration::from_secs(1);

enum Item {
    Line(String),
    Flush(SyncSender<()>),
}

#[derive(Clone)]
pub struct Queue {
    sender: SyncSender<Item>,
    dropped: Arc<AtomicU64>,
}

impl Queue {
    /// Never waits.
    pub fn put(&self, line: String) {
        if self.sender.try_send(Item::Line(line)).is_err() {
            self.dropped.fetch_add(1, Ordering::Relaxed);
        }
    }
}

/// Writes what is queued when dropped, for a bounded time.
pub struct Flush(Queue);

impl Drop for Flush {
    fn drop(&mut self) {
        let (done, wait) = sync_channel(1);
        if self.0.sender.try_send(Item::Flush(done)).is_ok() {
            // Whether it was written or nobody reads: the process ends either way.
            let _ = wait.recv_timeout(FLUSH_TIME);
        }
    }
}

pub fn start() -> (Queue, Flush) {
    let (sender, lines) = sync_channel(LINES_MAX);
    let dropped = Arc::new(AtomicU64::new(0));
    let queue = Queue { sender, dropped: dropped.clone() };
    std::thread::Builder::new()
        .name("log".to_owned())
        .spawn(move || write(&lines, &dropped))
        .expect("the first thread of a process can be started");
    (queue.clone(), Flush(queue))
}

fn write(lines: &Receiver<Item>, dropped: &AtomicU64) {
    let mut out = std::io::stderr();
    loop {
        match lines.recv_timeout(Duration::from_secs(1)) {
            // A closed pipe: nobody is left to tell.
            Ok(Item::Line(line)) => drop(writeln!(out, "{line}")),
            Ok(Item::Flush(done)) => drop(done.try_send(())),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return,
        }
        let missing = dropped.swap(0, Ordering::Relaxed);
        if missing > 0 {
            drop(writeln!(out, "{missing} log lines were dropped, because the log's reader was too slow"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bad_input_169_a_full_queue_drops_lines_and_never_waits() {
        let (sender, receiver) = sync_channel(1);
        let queue = Queue { sender, dropped: Arc::default() };
        for _ in 0..10 {
            queue.put("line".to_owned());
        }
        assert_eq!(queue.dropped.load(Ordering::Relaxed), 9);
        drop(receiver);
    }
}
