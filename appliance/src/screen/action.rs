//! What a person can ask of the box at its display, by touch or by key.

use super::sign::Sign;

/// What a touch or a key asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Action {
    /// Back to where one came from.
    Back,
    /// To the ready screen.
    Home,
    /// To the last result.
    Last,
    /// To the list of all results.
    History,
    /// To the settings.
    Settings,
    /// To the update that is waiting.
    Update,
    /// To the facts of the result.
    Details,
    /// To all views of the study.
    Views,
    /// Lay the heatmap over the film.
    ShowHeatmap,
    /// Show the film alone.
    HideHeatmap,
    /// Explain the result by hiding parts of the film.
    Explain,
    /// End what is going on.
    Cancel,
    /// The result was seen and judged by a person.
    Review,
    /// Say which body region the film shows.
    ChooseRegion,
    /// Open the row or view with this number on the screen.
    Open(usize),
    /// Take the option with this number.
    Choose(usize),
    /// Choose the row above.
    Up,
    /// Choose the row below.
    Down,
    /// Show what follows.
    NextPage,
    /// Enter a patient number to search for.
    Search,
    /// Add a digit to the number.
    Digit(u8),
    /// Take the last digit away.
    Delete,
    /// Choose the digit before.
    Previous,
    /// Choose the digit or view after.
    Next,
    /// The number is complete.
    Done,
    /// Change the setting with this number on the screen.
    Change(usize),
    /// Install the update.
    Install,
    /// Leave the update for later.
    Later,
    /// Do what failed again.
    TryAgain,
}

impl Action {
    /// The sign on its key.
    pub(super) fn sign(self) -> Sign {
        match self {
            Action::Back => Sign::Back,
            Action::Home => Sign::Home,
            Action::Last => Sign::Film,
            Action::History => Sign::List,
            Action::Settings => Sign::Sliders,
            Action::Update | Action::Install => Sign::Install,
            Action::Details => Sign::Info,
            Action::Views => Sign::Views,
            Action::ShowHeatmap => Sign::Heat,
            Action::HideHeatmap => Sign::Film,
            Action::Explain => Sign::Grid,
            Action::Cancel | Action::Later => Sign::Cross,
            Action::Review | Action::Done | Action::Choose(_) | Action::Digit(_) => Sign::Check,
            Action::ChooseRegion => Sign::Person,
            Action::Open(_) | Action::Change(_) | Action::Next => Sign::Forward,
            Action::Previous => Sign::Back,
            Action::Up => Sign::Up,
            Action::Down | Action::NextPage => Sign::Down,
            Action::Search => Sign::Lens,
            Action::Delete => Sign::Delete,
            Action::TryAgain => Sign::Again,
        }
    }

    /// The message on its key.
    pub(super) fn message(self) -> &'static str {
        match self {
            Action::Back => "key-back",
            Action::Home => "key-home",
            Action::Last => "key-last",
            Action::History => "key-history",
            Action::Settings => "key-settings",
            Action::Update => "key-update",
            Action::Details => "key-details",
            Action::Views => "key-views",
            Action::ShowHeatmap => "key-heatmap-show",
            Action::HideHeatmap => "key-heatmap-hide",
            Action::Explain => "key-explain",
            Action::Cancel => "key-cancel",
            Action::Review => "key-reviewed",
            Action::ChooseRegion => "key-region",
            Action::Open(_) => "key-open",
            Action::Up => "key-up",
            Action::Down => "key-down",
            Action::NextPage => "key-page",
            Action::Search => "key-search",
            Action::Digit(_) | Action::Choose(_) => "key-choose",
            Action::Delete => "key-delete",
            Action::Previous => "key-previous",
            Action::Next => "key-next",
            Action::Done => "key-done",
            Action::Change(_) => "key-change",
            Action::Install => "key-install",
            Action::Later => "key-later",
            Action::TryAgain => "key-try-again",
        }
    }
}
