//! How many callers there may be, and who leaves when another comes.
//!
//! Every connection has one of a fixed number of places. Where none is free, a caller that has never said anything leaves first, and
//! then the one that has been quiet for longest, if that was long enough. So hundreds of connections that are opened and held take no
//! place from a sender who speaks.
//!
//! What counts as speaking is a whole protocol data unit: a byte now and then keeps no place.

use std::net::{Shutdown, TcpStream};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// A caller that says nothing at all for so long leaves.
const SILENCE: Duration = Duration::from_secs(5);

/// A caller that was quiet for so long leaves when another needs its place.
const QUIET: Duration = Duration::from_secs(2);

/// The places there are.
#[derive(Debug)]
pub(super) struct Places {
    most: usize,
    /// A caller that is quiet for so long leaves.
    idle: Duration,
    table: Mutex<Table>,
}

#[derive(Debug, Default)]
struct Table {
    taken: Vec<Place>,
    next: u64,
    closed: bool,
}

#[derive(Debug)]
struct Place {
    number: u64,
    /// The caller's connection, to end it from here.
    stream: TcpStream,
    /// Whether it has ever sent a whole protocol data unit.
    spoke: bool,
    heard: Instant,
}

/// A place, taken as long as this lives.
#[derive(Debug)]
pub(super) struct Seat<'a> {
    places: &'a Places,
    number: u64,
}

impl Places {
    pub fn new(most: usize, idle: Duration) -> Self {
        Self { most, idle, table: Mutex::default() }
    }

    /// A place for the caller at the other end of `stream`, if there is one or one becomes free.
    pub fn take(&self, stream: &TcpStream, now: Instant) -> Option<Seat<'_>> {
        let stream = stream.try_clone().ok()?;
        let mut table = self.table();
        if table.closed {
            return None;
        }
        if table.taken.len() >= self.most {
            table.make_place(now)?;
        }
        let number = table.next;
        table.next += 1;
        table.taken.push(Place { number, stream, spoke: false, heard: now });
        Some(Seat { places: self, number })
    }

    /// Ends the connections of those who were quiet for too long.
    pub fn sweep(&self, now: Instant) {
        self.table().taken.retain(|place| {
            let quiet = now.saturating_duration_since(place.heard);
            let stays = quiet < if place.spoke { self.idle } else { SILENCE.min(self.idle) };
            if !stays {
                place.end();
            }
            stays
        });
    }

    /// Ends every connection; from here on there is no place.
    pub fn close(&self) {
        let mut table = self.table();
        table.closed = true;
        table.taken.drain(..).for_each(|place| place.end());
    }

    fn table(&self) -> MutexGuard<'_, Table> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Table {
    /// Sends one caller away, if there is one who may be.
    fn make_place(&mut self, now: Instant) -> Option<()> {
        let quietest = |spoke| {
            let those = self.taken.iter().enumerate().filter(move |(_, place)| place.spoke == spoke);
            those.min_by_key(|(_, place)| place.heard).map(|(index, place)| (index, place.heard))
        };
        let quiet_enough = |(_, heard): &(usize, Instant)| now.saturating_duration_since(*heard) >= QUIET;
        let (index, _) = quietest(false).or_else(|| quietest(true).filter(quiet_enough))?;
        self.taken.swap_remove(index).end();
        Some(())
    }
}

impl Place {
    /// Ends the connection; the thread that reads from it sees its end.
    fn end(&self) {
        // One that has ended by itself is what is wanted.
        let _ = self.stream.shutdown(Shutdown::Both);
    }
}

impl Seat<'_> {
    /// The caller has sent a whole protocol data unit.
    pub fn heard(&self, now: Instant) {
        if let Some(place) = self.places.table().taken.iter_mut().find(|place| place.number == self.number) {
            (place.spoke, place.heard) = (true, now);
        }
    }
}

impl Drop for Seat<'_> {
    fn drop(&mut self) {
        self.places.table().taken.retain(|place| place.number != self.number);
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;
    use std::net::TcpListener;

    use super::*;

    /// Both ends of a connection: the caller's and ours.
    fn connection() -> (TcpStream, TcpStream) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let caller = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        (caller, listener.accept().unwrap().0)
    }

    fn was_ended(caller: &mut TcpStream) -> bool {
        caller.set_read_timeout(Some(Duration::from_millis(10))).unwrap();
        matches!(caller.read(&mut [0]), Ok(0))
    }

    #[test]
    fn the_silent_leave_before_the_quiet_and_nobody_who_speaks_leaves() {
        let (places, start) = (Places::new(2, Duration::from_secs(30)), Instant::now());
        let later = |seconds| start + Duration::from_secs(seconds);
        let mut callers: Vec<_> = (0..5).map(|_| connection()).collect();
        let speaks = places.take(&callers[0].1, start).unwrap();
        speaks.heard(start);
        let _silent = places.take(&callers[1].1, start).unwrap();
        let third = places.take(&callers[2].1, later(1)).unwrap();
        assert!(was_ended(&mut callers[1].0) && !was_ended(&mut callers[0].0));
        third.heard(later(1));
        assert!(places.take(&callers[3].1, later(1)).is_none());
        let _fourth = places.take(&callers[3].1, later(2)).unwrap();
        assert!(was_ended(&mut callers[0].0) && !was_ended(&mut callers[2].0));
        drop(third);
        assert!(places.take(&callers[4].1, later(2)).is_some());
    }

    #[test]
    fn who_is_idle_is_sent_away() {
        let (places, start) = (Places::new(9, Duration::from_secs(30)), Instant::now());
        let mut callers: Vec<_> = (0..2).map(|_| connection()).collect();
        let _silent = places.take(&callers[0].1, start).unwrap();
        let speaks = places.take(&callers[1].1, start).unwrap();
        speaks.heard(start);
        places.sweep(start + SILENCE);
        assert!(was_ended(&mut callers[0].0) && !was_ended(&mut callers[1].0));
        places.sweep(start + Duration::from_secs(30));
        assert!(was_ended(&mut callers[1].0));
    }

    #[test]
    fn when_it_closes_all_leave() {
        let (places, start) = (Places::new(2, Duration::from_secs(30)), Instant::now());
        let (mut caller, ours) = connection();
        let _seat = places.take(&ours, start).unwrap();
        places.close();
        assert!(was_ended(&mut caller) && places.take(&ours, start).is_none());
    }
}
