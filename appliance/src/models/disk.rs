//! The few things a store asks of its disk, as a port: a test puts one in its place that fails, and forgets, at any of them.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::PathBuf;

use crate::space::Space;

/// The file whose lock a program holds while it changes the store.
const LOCK: &str = "lock";

/// A folder on a disk. Only what was synced is there after a power cut: the content of a file by [`Disk::sync`], that it has its name by
/// [`Disk::sync_names`].
pub trait Disk {
    /// What is held while no other program may change what is on the disk.
    type Lock;

    /// Keeps other programs from changing anything as long as the lock is held.
    ///
    /// # Errors
    /// [`io::ErrorKind::WouldBlock`] where another program holds it.
    fn lock(&self) -> io::Result<Self::Lock>;
    /// The whole content of a file.
    fn read(&self, name: &str) -> io::Result<Vec<u8>>;
    /// Begins a file, empty; one of that name is gone.
    fn create(&mut self, name: &str) -> io::Result<()>;
    /// Adds to the end of a file.
    fn append(&mut self, name: &str, bytes: &[u8]) -> io::Result<()>;
    /// What was written into a file stays.
    fn sync(&mut self, name: &str) -> io::Result<()>;
    /// Gives a file another name, at once; one that had it is gone.
    fn rename(&mut self, from: &str, to: &str) -> io::Result<()>;
    /// Takes a file away; one that is not there is no fault.
    fn remove(&mut self, name: &str) -> io::Result<()>;
    /// The names that were given stay.
    fn sync_names(&mut self) -> io::Result<()>;
    /// How much fits on it.
    fn space(&self) -> io::Result<Space>;

    /// Gives a small file this content, so that it stays: a power cut leaves the old content or the new one.
    fn replace(&mut self, name: &str, content: &[u8]) -> io::Result<()> {
        let unfinished = format!("{name}.new");
        self.create(&unfinished)?;
        self.append(&unfinished, content)?;
        self.sync(&unfinished)?;
        self.rename(&unfinished, name)?;
        self.sync_names()
    }
}

/// A folder of the system's.
#[derive(Debug, Clone)]
pub struct Folder(pub PathBuf);

impl Disk for Folder {
    /// The system lets go of it with the program, however that ends.
    type Lock = File;

    fn lock(&self) -> io::Result<File> {
        let file = File::create(self.0.join(LOCK))?;
        file.try_lock()?;
        Ok(file)
    }

    fn read(&self, name: &str) -> io::Result<Vec<u8>> {
        fs::read(self.0.join(name))
    }

    fn create(&mut self, name: &str) -> io::Result<()> {
        File::create(self.0.join(name)).map(drop)
    }

    fn append(&mut self, name: &str, bytes: &[u8]) -> io::Result<()> {
        OpenOptions::new().append(true).open(self.0.join(name))?.write_all(bytes)
    }

    fn sync(&mut self, name: &str) -> io::Result<()> {
        File::open(self.0.join(name))?.sync_all()
    }

    fn rename(&mut self, from: &str, to: &str) -> io::Result<()> {
        fs::rename(self.0.join(from), self.0.join(to))
    }

    fn remove(&mut self, name: &str) -> io::Result<()> {
        match fs::remove_file(self.0.join(name)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    fn sync_names(&mut self) -> io::Result<()> {
        File::open(&self.0)?.sync_all()
    }

    fn space(&self) -> io::Result<Space> {
        Space::of(&self.0)
    }
}
