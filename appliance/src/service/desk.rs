//! The loop: events in, effects out, until the end. Between [`State`], which decides what the box does, and [`Browse`], which knows where
//! the person is.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender};
use std::time::{Duration, Instant};

use fieldray_board::input::Input;
use tracing::error;

use super::browse::{Browse, Errand, Library, View};
use super::display::Display;
use super::equipment::Pulse;
use super::explainer::{Explainer, Explaining};
use super::state::{self, Effect, State, Task};
use super::{AT_DISPLAY, health, supervisor};
use crate::archive::{self, Archive, ImageId, Records, Reviewed, SitePoint};
use crate::log::{AuditLog, Deed};
use crate::update::{Installer, News, WentBack};

/// How often it is looked how the box is doing.
const HEALTH: Duration = Duration::from_secs(5);

/// What reaches the loop.
#[derive(Debug)]
pub(super) enum Event {
    /// Something that changes what the box does.
    Box(state::Event<ImageId>),
    /// A person did something.
    Input(Input),
    /// How explaining goes.
    Explaining(Explaining),
    /// How an update goes.
    Update(News),
}

/// The loop, with all that it reaches.
pub(super) struct Desk {
    pub state: State<ImageId>,
    pub browse: Browse,
    pub archive: Arc<Archive>,
    pub records: Records,
    pub bundle_sha256: String,
    pub log: Arc<AuditLog>,
    pub screen: Sender<Task>,
    pub explainer: Explainer,
    pub display: Display,
    pub pulse: Pulse,
    pub clock: Clock,
    pub shown: Option<View>,
    pub installer: Arc<Installer>,
    /// A new model is installed, and takes over when nobody is at the display.
    pub renews: bool,
}

/// Since when the loop runs, and when it last looked how the box is doing.
#[derive(Debug)]
pub(super) struct Clock {
    start: Instant,
    health: Option<Duration>,
}

impl Default for Clock {
    fn default() -> Self {
        Self { start: Instant::now(), health: None }
    }
}

impl Desk {
    /// Runs until the end; these images wait from before.
    pub fn run(&mut self, waiting: Vec<ImageId>, happened: &Receiver<Event>) {
        let interval = supervisor::interval();
        let mut tick = Instant::now() + interval;
        let mut event = Event::Box(state::Event::Started(waiting));
        while self.happen(event).is_continue() {
            // Time passes even where one event follows the other without a pause.
            let left = tick.saturating_duration_since(Instant::now());
            event = match (!left.is_zero()).then(|| happened.recv_timeout(left)) {
                Some(Ok(event)) => event,
                None | Some(Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected)) => {
                    tick = Instant::now() + interval;
                    self.tick()
                }
            };
        }
        self.explainer.cancel();
    }

    fn tick(&mut self) -> Event {
        let now = self.now();
        self.browse.tick(now);
        if self.renews && self.browse.is_alone() {
            self.renews = false;
            return Event::Box(state::Event::Renew);
        }
        if self.clock.health.is_none_or(|last| now.saturating_sub(last) >= HEALTH) {
            self.clock.health = Some(now);
            let site_point = self.records.site_point(&self.bundle_sha256).unwrap_or_else(|error| {
                error!(%error, "the site's operating points cannot be looked up");
                SitePoint::None
            });
            self.browse.health(health::vitals(&self.archive, &site_point), site_point);
        }
        Event::Box(self.time_passes())
    }

    fn time_passes(&self) -> state::Event<ImageId> {
        state::Event::Tick { room: !self.archive.is_full() }
    }

    fn happen(&mut self, event: Event) -> ControlFlow<()> {
        let now = self.now();
        match event {
            Event::Box(event) => self.step(event)?,
            Event::Input(input) => {
                let asked = self.display.ask(input);
                let errand = asked.and_then(|action| self.browse.asked(action, now, &*self.archive));
                errand.map_or(ControlFlow::Continue(()), |errand| self.do_errand(errand))?;
                // What is looked up may be other than before, where what is shown is the same.
                self.shown = None;
            }
            Event::Update(news) => {
                self.renews |= matches!(news, News::Installed(_));
                self.browse.news(news, now);
            }
            Event::Explaining(Explaining::Came(image, done)) => self.browse.explaining(image, done),
            Event::Explaining(Explaining::Done(image)) => self.browse.explained(image, true, now),
            Event::Explaining(Explaining::Failed(image)) => self.browse.explained(image, false, now),
        }
        let view = self.browse.view(&*self.archive);
        if self.shown.as_ref() != Some(&view) {
            self.display.show(view.clone());
            self.shown = Some(view);
        }
        ControlFlow::Continue(())
    }

    fn step(&mut self, event: state::Event<ImageId>) -> ControlFlow<()> {
        let now = self.now();
        for effect in self.state.step(event, now) {
            match effect {
                Effect::Screen(task) => {
                    self.explainer.wait();
                    // Whoever screens lives as long as this loop.
                    self.screen.send(task).unwrap_or_default();
                }
                Effect::Show(face) => {
                    self.pulse.light(&face);
                    if let Some(errand) = self.browse.face(face, now) {
                        self.do_errand(errand)?;
                    }
                }
                Effect::Alive => {
                    supervisor::alive();
                    self.pulse.beat();
                }
                Effect::End => return ControlFlow::Break(()),
            }
        }
        if self.state.is_idle() {
            self.explainer.go_on();
        }
        ControlFlow::Continue(())
    }

    fn do_errand(&mut self, errand: Errand) -> ControlFlow<()> {
        match errand {
            Errand::Review(image) => {
                self.review(image);
                return self.step(self.time_passes());
            }
            Errand::ScreenAs(image, region) => {
                return self.step(state::Event::ScreenAs(Task { image, region: Some(region) }));
            }
            Errand::Explain(image) => self.explainer.explain(image),
            Errand::Cancel => self.explainer.cancel(),
            Errand::Keep(preferences) => {
                if let Err(error) = preferences.keep(self.archive.folder()) {
                    error!(%error, "what was set at the display cannot be kept");
                }
            }
            Errand::Update => self.installer.take_from_stick(),
            Errand::SeenWentBack => WentBack::seen(self.archive.folder()),
            Errand::Dismiss => return self.step(state::Event::Dismissed),
            Errand::TryAgain => {
                self.step(self.time_passes())?;
                return self.step(state::Event::TryAgain);
            }
        }
        ControlFlow::Continue(())
    }

    fn review(&self, image: ImageId) {
        match self.archive.review(image) {
            Ok(Reviewed::Now(image)) => {
                // It is kept; the next start writes this line where it could not be.
                if let Err(error) = self.log.add(AT_DISPLAY, Deed::Reviewed(image)) {
                    error!(%error, "the audit log cannot be written");
                }
            }
            Ok(Reviewed::Before | Reviewed::NoAnswer) => {}
            Err(error) => error!(%image, %error, "an answer cannot be marked as reviewed"),
        }
    }

    fn now(&self) -> Duration {
        self.clock.start.elapsed()
    }
}

impl Library for Archive {
    fn page(&self, digits: &str, before: usize, count: usize) -> archive::Page {
        Archive::page(self, digits, before, count).unwrap_or_else(|error| {
            error!(%error, "answers cannot be looked up");
            archive::Page::default()
        })
    }

    fn study_of(&self, image: ImageId) -> Vec<ImageId> {
        Archive::study_of(self, image).unwrap_or_else(|error| {
            error!(%error, "a study cannot be looked up");
            Vec::new()
        })
    }
}
