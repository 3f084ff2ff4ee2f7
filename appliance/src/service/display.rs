//! The thread that draws: always the latest view, so that a slow panel never holds up a screening. It also knows what lies where on it.

use std::mem;
use std::sync::mpsc::{self, RecvTimeoutError, SyncSender};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use anyhow::Result;
use fieldray_board::display::{Frame, Panel};
use fieldray_board::input::Input;
use tracing::{error, info};

use super::browse::{Page, View};
use super::drawing::Drawing;
use crate::archive::ImageId;
use crate::clock::Timestamp;
use crate::screen::{self, Action, Look, Screen, StartingView, Typesetter};

/// How often it is looked whether somebody is still there to answer.
const LISTENS: Duration = Duration::from_secs(1);

/// A display that shows what it was told last.
pub(super) struct Display {
    mailbox: Arc<Mailbox>,
    thread: JoinHandle<()>,
}

/// At most one view that is still to be drawn, and at most one question.
#[derive(Default)]
struct Mailbox {
    latest: Mutex<Latest>,
    changed: Condvar,
}

#[derive(Default)]
struct Latest {
    letter: Letter,
    closed: bool,
}

/// What the thread has to do: first draw, then answer.
#[derive(Default)]
struct Letter {
    view: Option<View>,
    question: Option<Question>,
}

/// What is asked for by this, at the view that was drawn last?
struct Question {
    input: Input,
    answer: SyncSender<Option<Action>>,
}

/// Shows that the program starts.
pub(super) fn show_starting(name: &str, look: Look, typesetter: &mut Typesetter, panel: &mut dyn Panel) {
    let mut frame = Frame::new(panel.size());
    let Ok(()) = screen::draw(&Screen::Starting(StartingView { name }), look, typesetter, &mut frame);
    present(&frame, panel);
}

impl Display {
    /// A display on this panel; without one, keys and touches work as if there were one.
    pub fn start(mut panel: Option<Box<dyn Panel>>, mut drawing: Drawing) -> Result<Self> {
        let mailbox = Arc::new(Mailbox::default());
        let thread = thread::Builder::new().name("display".into()).spawn({
            let mailbox = Arc::clone(&mailbox);
            move || {
                let (mut drawn, mut told): (Option<View>, Option<ImageId>) = (None, None);
                while let Some(Letter { view, question }) = mailbox.take() {
                    if let Some(view) = view {
                        let mut frame = Frame::new(drawing.size);
                        let Ok(()) = drawing.draw(&view, &mut frame);
                        if let Some(panel) = &mut panel {
                            present(&frame, panel.as_mut());
                        }
                        tell(&view, &mut told, &drawing);
                        drawn = Some(view);
                    }
                    if let Some(Question { input, answer }) = question {
                        // Who asked waits; only a program that ends does not.
                        let _ = answer.send(drawn.as_ref().and_then(|view| drawing.asked(view, input)));
                    }
                }
            }
        })?;
        Ok(Self { mailbox, thread })
    }

    /// Shows a view, as soon as the one before is drawn.
    pub fn show(&self, view: View) {
        self.mailbox.put(|latest| latest.letter.view = Some(view));
    }

    /// What an input asks for, at the view that was told last; waits until that is drawn.
    pub fn ask(&self, input: Input) -> Option<Action> {
        let (answer, answered) = mpsc::sync_channel(1);
        self.mailbox.put(|latest| latest.letter.question = Some(Question { input, answer }));
        loop {
            match answered.recv_timeout(LISTENS) {
                Ok(action) => return action,
                // A thread that panicked answers nothing.
                Err(RecvTimeoutError::Timeout) if !self.thread.is_finished() => {}
                Err(_) => return None,
            }
        }
    }

    /// Ends when the last view is drawn.
    pub fn stop(self) {
        self.mailbox.put(|latest| latest.closed = true);
        // A panic in it has been told of.
        let _ = self.thread.join();
    }
}

impl Mailbox {
    fn put(&self, change: impl FnOnce(&mut Latest)) {
        change(&mut self.latest.lock().unwrap_or_else(PoisonError::into_inner));
        self.changed.notify_one();
    }

    /// Waits for a view or a question; `None` when there will be no more.
    fn take(&self) -> Option<Letter> {
        let latest = self.latest.lock().unwrap_or_else(PoisonError::into_inner);
        let mut latest = self
            .changed
            .wait_while(latest, |latest| latest.letter.is_empty() && !latest.closed)
            .unwrap_or_else(PoisonError::into_inner);
        let letter = mem::take(&mut latest.letter);
        (!letter.is_empty()).then_some(letter)
    }
}

impl Letter {
    fn is_empty(&self) -> bool {
        self.view.is_none() && self.question.is_none()
    }
}

fn present(frame: &Frame, panel: &mut dyn Panel) {
    if let Err(error) = panel.show(frame) {
        error!(%error, "the display shows nothing new");
    }
}

/// Says how long a result took to its display, once.
fn tell(view: &View, told: &mut Option<ImageId>, drawing: &Drawing) {
    if let Page::Result { image, .. } = view.page
        && *told != Some(image)
        && let Some(shown) = drawing.results.get(image)
    {
        let since_received_ms = Timestamp::now().unix_ms() - shown.kept.screened.received.unix_ms();
        info!(%image, since_received_ms, "shown");
        *told = Some(image);
    }
}
