//! What QEMU's `blklogwrites` writes down of a disk, in the format of Linux's dm-log-writes: every write and every flush in order; and what
//! a power cut at any moment leaves of that disk.

use std::fs;
use std::path::Path;

use rand::RngExt;
use rand_pcg::Pcg64Mcg;

/// Bytes of a sector of disk and log.
const SECTOR: usize = 512;

/// Bytes that a disk writes whole or not at all: a page of flash, or what a disk calls its physical sector. ext4 needs as much: half of its
/// superblock, which has two sectors, is none.
const PAGE: usize = 4096;

/// What a log begins with.
const MAGIC: u64 = 0x006a_7366_7773_6872;

/// Flags of an entry: what came before is to be on the disk; this itself is; its sectors' content is no longer wanted.
const FLUSH: u64 = 1;
const FORCED: u64 = 2;
const DISCARD: u64 = 4;

/// How many entries a log of so many bytes may have: a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment(u64);

/// A log that is read.
pub struct WriteLog(Vec<Entry>);

struct Entry {
    /// Where it ends in the log.
    ends: Moment,
    what: What,
}

enum What {
    Write {
        at: usize,
        bytes: Vec<u8>,
        forced: bool,
    },
    Flush,
    /// What is there afterwards is not said.
    Discard,
}

impl Moment {
    /// Now, while the log in this file is written.
    pub fn now(log: &Path) -> Self {
        Self(fs::metadata(log).unwrap().len())
    }
}

impl WriteLog {
    /// Reads a log. What QEMU had not finished when it was killed is left out.
    pub fn read(path: &Path) -> Self {
        let log = fs::read(path).unwrap();
        let number = |at: usize| log.get(at..at + 8).map(|bytes| u64::from_le_bytes(bytes.try_into().unwrap()));
        assert_eq!(number(0), Some(MAGIC));
        let (mut entries, mut at) = (Vec::new(), SECTOR);
        while let [Some(sector), Some(sectors), Some(flags)] = [0, 8, 16].map(|field| number(at + field)) {
            let data = at + SECTOR;
            let length = if flags & DISCARD == 0 { sectors as usize * SECTOR } else { 0 };
            let Some(bytes) = log.get(data..data + length) else { break };
            at = data + length;
            let mut add = |what| entries.push(Entry { ends: Moment(at as u64), what });
            if flags & DISCARD != 0 {
                add(What::Discard);
            } else if length > 0 {
                let forced = flags & FORCED != 0;
                add(What::Write { at: sector as usize * SECTOR, bytes: bytes.to_vec(), forced });
            }
            if flags & FLUSH != 0 {
                add(What::Flush);
            }
        }
        Self(entries)
    }

    /// Writes and flushes in it.
    pub fn counts(&self) -> [usize; 2] {
        let count = |is: fn(&What) -> bool| self.0.iter().filter(|entry| is(&entry.what)).count();
        [count(|what| matches!(what, What::Write { .. })), count(|what| matches!(what, What::Flush))]
    }

    /// Turns a disk as it was before the first entry into one whose power was cut at a moment, which is drawn by lot: all is there that was
    /// written before the last flush; of what came later, some writes are, some are not, and some pages of others.
    pub fn cut(&self, disk: &mut [u8], chance: &mut Pcg64Mcg) -> Moment {
        let count = chance.random_range(0..=self.0.len());
        let seen = &self.0[..count];
        let flushed = seen.iter().rposition(|entry| matches!(entry.what, What::Flush)).unwrap_or(0);
        let (kept, torn) = (chance.random_range(0.0..=1.0), chance.random_range(0.0..=0.5));
        for (number, entry) in seen.iter().enumerate() {
            let What::Write { at, bytes, forced } = &entry.what else { continue };
            let whole = number < flushed || *forced || chance.random_bool(kept);
            let is_torn = !whole && chance.random_bool(torn);
            let (mut at, mut rest) = (*at, bytes.as_slice());
            while !rest.is_empty() {
                let (page, later) = rest.split_at(rest.len().min(PAGE - at % PAGE));
                if whole || is_torn && chance.random_bool(0.5) {
                    disk[at..][..page.len()].copy_from_slice(page);
                }
                (at, rest) = (at + page.len(), later);
            }
        }
        seen.last().map_or(Moment(0), |entry| entry.ends)
    }
}
