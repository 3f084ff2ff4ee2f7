//! The update that the display tells of: in place of the ready screen while it wants to be seen, and behind a key of that afterwards.

use std::time::Duration;

use fieldray_common::link;

use super::{Browse, Errand, LEFT, Page, SETTLED};
use crate::models::Change;
use crate::screen::{Action, Again, Notice, Phase, UpdateFault, UpdateState};
use crate::service::state::Face;
use crate::update::{News, Proposal, WentBack};

/// An update, as it is shown.
#[derive(Debug, Clone, PartialEq)]
pub struct Update {
    /// What it changes.
    pub changes: Vec<Change>,
    /// The name of the key that signed it.
    pub signer: Option<String>,
    /// How far it is.
    pub state: UpdateState,
}

/// What the display knows of updates.
#[derive(Debug, Default)]
pub(super) struct Updates {
    latest: Option<Update>,
    /// That the box went back to its old model, until that was seen.
    back: Option<Update>,
    /// Whether the update is shown in place of the ready screen.
    is_open: bool,
    /// Whether a stick with a bundle is in the box.
    is_on_stick: bool,
    since: Duration,
}

impl Update {
    fn of(proposal: Proposal, state: UpdateState) -> Self {
        Self { changes: proposal.changes, signer: Some(proposal.signer), state }
    }

    fn bare(state: UpdateState) -> Self {
        Self { changes: Vec::new(), signer: None, state }
    }

    fn model(from: Option<&str>, to: &str, state: UpdateState) -> Self {
        let changes = from.map(|from| Change::Model { from: from.to_owned(), to: to.to_owned() });
        Self { changes: changes.into_iter().collect(), signer: None, state }
    }
}

impl Updates {
    fn current(&self) -> Option<&Update> {
        self.latest.as_ref().or(self.back.as_ref())
    }

    fn open(&mut self, update: Update, now: Duration) {
        (self.latest, self.is_open, self.since) = (Some(update), true, now);
    }

    fn failed(&mut self, fault: UpdateFault, now: Duration) {
        let again = if self.is_on_stick { Again::Possible } else { Again::Impossible };
        self.open(Update::bare(UpdateState::Failed(fault, again)), now);
    }
}

impl Browse {
    /// Something is told of an update.
    pub fn news(&mut self, news: News, now: Duration) {
        let updates = &mut self.updates;
        match news {
            News::Offered(proposal) => {
                updates.is_on_stick = true;
                updates.open(Update::of(proposal, UpdateState::Offered), now);
            }
            News::Declined(fault) => {
                updates.is_on_stick = true;
                updates.failed(fault, now);
            }
            News::Withdrawn => {
                updates.is_on_stick = false;
                match &mut updates.latest {
                    Some(Update { state: UpdateState::Offered, .. }) => updates.latest = None,
                    Some(Update { state: UpdateState::Failed(_, again), .. }) => *again = Again::Impossible,
                    _ => {}
                }
            }
            News::Running(phase, share) => {
                let state = UpdateState::Running(shown(phase), share);
                match updates.latest.take() {
                    // Who went home meanwhile is left alone.
                    Some(update @ Update { state: UpdateState::Running(..), .. }) => {
                        updates.latest = Some(Update { state, ..update });
                    }
                    before => {
                        updates.open(before.map_or(Update::bare(state), |update| Update { state, ..update }), now);
                    }
                }
            }
            News::Installed(proposal) => updates.open(Update::of(proposal, UpdateState::Installed), now),
            News::Failed(fault) => updates.failed(fault, now),
        }
    }

    /// The box starts with a new model, which has proved itself, in the place of another.
    pub fn took_over(&mut self, from: Option<&str>, to: &str, now: Duration) {
        self.updates.open(Update::model(from, to, UpdateState::Done), now);
    }

    /// The box went back to its old model by itself, and nobody has seen it yet.
    pub fn went_back(&mut self, back: &WentBack) {
        self.updates.back = Some(Update::model(back.from.as_deref(), &back.to, UpdateState::WentBack));
    }

    /// Whether nobody is at the display, but for an update.
    pub fn is_alone(&self) -> bool {
        self.trail.is_empty()
    }

    /// Whether that the box went back is still to be seen.
    pub(super) fn has_gone_back(&self) -> bool {
        self.updates.back.is_some()
    }

    /// Whether the ready screen leads to an update.
    pub(super) fn notice(&self) -> Notice {
        if self.updates.current().is_some() { Notice::Waits } else { Notice::Nothing }
    }

    /// The update, where it stands in place of the ready screen.
    pub(super) fn update_page(&self) -> Option<Page> {
        let shows = self.trail.is_empty() && self.face == Face::Ready && self.updates.is_open;
        self.updates.current().filter(|_| shows).cloned().map(Page::Update)
    }

    /// That a model took over is told for a while only.
    pub(super) fn forget_what_is_done(&mut self, now: Duration) {
        let updates = &mut self.updates;
        let is_done = matches!(updates.latest, Some(Update { state: UpdateState::Done, .. }));
        if is_done && now.saturating_sub(updates.since) >= LEFT {
            (updates.latest, updates.is_open) = (None, false);
        }
    }

    /// From the ready screen to the update.
    pub(super) fn open_update(&mut self) {
        self.trail.clear();
        self.updates.is_open = true;
    }

    /// What the person asks for at an update that is shown.
    pub(super) fn asked_of_update(&mut self, state: UpdateState, action: Action, now: Duration) -> Option<Errand> {
        // What was just put in is not what was meant by a key pressed at that moment.
        let is_settled = now.saturating_sub(self.updates.since) >= SETTLED;
        match (action, state) {
            (Action::Install | Action::TryAgain, _) if is_settled => return Some(Errand::Update),
            (Action::Later, _) | (Action::Home, UpdateState::Running(..) | UpdateState::Installed) => {
                self.updates.is_open = false;
            }
            (Action::Home, UpdateState::WentBack) => {
                (self.updates.back, self.updates.is_open) = (None, false);
                return Some(Errand::SeenWentBack);
            }
            (Action::Home, _) => (self.updates.latest, self.updates.is_open) = (None, false),
            _ => {}
        }
        None
    }
}

fn shown(phase: link::Phase) -> Phase {
    match phase {
        link::Phase::Check => Phase::Check,
        link::Phase::Copy => Phase::Copy,
        link::Phase::Try => Phase::Try,
    }
}
