//! What a person would do, as lines of text.

use std::fs::{self, OpenOptions};
use std::io::{self, BufRead, BufReader, Read};
use std::os::unix::fs::FileTypeExt;
use std::path::Path;
use std::thread;

use rustix::fs::{CWD, Mode, mkfifoat};

use super::{Input, InputError};

/// Longest line that is read; more of it is another line.
const LONGEST_BYTES: u64 = 256;

/// Tells what the lines at `path` say, each by [`Input::from_str`](std::str::FromStr::from_str): of a FIFO, which is made where nothing
/// is there, as long as the program runs; of a file to its end; of `-` what comes on standard input.
///
/// # Errors
/// Where the file cannot be made or opened.
pub fn listen_to_lines(path: &Path, tell: impl Fn(Result<Input, InputError>) + Send + 'static) -> io::Result<()> {
    let lines: Box<dyn Read + Send> = match path.as_os_str() == "-" {
        true => Box::new(io::stdin()),
        false => {
            if !path.exists() {
                mkfifoat(CWD, path, Mode::RUSR | Mode::WUSR)?;
            }
            // A FIFO that is open for writing, too, has no end when its writers leave.
            let is_fifo = fs::metadata(path)?.file_type().is_fifo();
            Box::new(OpenOptions::new().read(true).write(is_fifo).open(path)?)
        }
    };
    thread::Builder::new().name("input".into()).spawn(move || {
        let mut lines = BufReader::new(lines);
        let mut line = Vec::new();
        while (&mut lines).take(LONGEST_BYTES).read_until(b'\n', &mut line).is_ok_and(|bytes| bytes > 0) {
            let text = String::from_utf8_lossy(&line).trim().to_owned();
            if !text.is_empty() {
                tell(text.parse());
            }
            line.clear();
        }
    })?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::fs::File;
    use std::io::Write;
    use std::sync::mpsc;

    use super::super::Key;
    use super::*;

    #[test]
    fn a_fifo_is_made_and_outlives_its_writers() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keys");
        let (send, heard) = mpsc::channel();
        listen_to_lines(&path, move |input| send.send(input.ok()).unwrap()).unwrap();
        for text in ["key 1\n\nnonsense\n", "key 2"] {
            write!(File::options().write(true).open(&path).unwrap(), "{text}").unwrap();
        }
        writeln!(File::options().write(true).open(&path).unwrap()).unwrap();
        let all: Vec<_> = heard.iter().take(3).collect();
        assert_eq!(all, [Some(Input::Key(Key::First)), None, Some(Input::Key(Key::Second))]);
    }
}
