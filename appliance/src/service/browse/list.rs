//! The history as a person goes through it: a page at a time, one row chosen, or a number being entered.

use super::Library;
use crate::archive::Page;
use crate::screen::Action;

/// Most digits of a number that is searched for.
const LONGEST: usize = 16;

/// The digits in the order in which they lie on the display, and then delete.
const KEYS: [u8; 11] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 10];

/// A place in the history.
#[derive(Debug, Clone, PartialEq)]
pub struct List {
    /// The digits that are searched for; all patients where there are none.
    pub digits: String,
    /// The digit that is chosen while a number is entered; 10 is delete.
    pub entry: Option<u8>,
    /// How many answers come before this page.
    pub before: usize,
    /// The row that is chosen; the search where none is.
    pub chosen: Option<usize>,
    /// The page.
    pub found: Page,
}

impl List {
    /// The answers for all patients, from the last on; so many `rows` a page.
    pub fn all(rows: usize, library: &dyn Library) -> Self {
        let mut list = Self { digits: String::new(), entry: None, before: 0, chosen: None, found: Page::default() };
        list.look(rows, library);
        list.choose_first();
        list
    }

    /// Looks up the page again.
    pub fn look(&mut self, rows: usize, library: &dyn Library) {
        self.found = library.page(&self.digits, self.before, rows);
        self.chosen = self.chosen.map(|at| at.min(self.found.lines.len().saturating_sub(1)));
    }

    /// What a touch or a key changes.
    pub fn asked(&mut self, action: Action, rows: usize, library: &dyn Library) {
        match (action, self.entry) {
            (Action::Up, None) => self.up(rows, library),
            (Action::Down, None) => self.down(rows, library),
            (Action::Search, None) => {
                self.digits.clear();
                (self.entry, self.chosen) = (Some(KEYS[0]), None);
                self.look_from_the_first(rows, library);
            }
            (Action::Digit(digit), Some(_)) if self.digits.len() < LONGEST => {
                self.digits.push(char::from(b'0' + digit.min(9)));
                self.entry = Some(digit);
                self.look_from_the_first(rows, library);
            }
            (Action::Delete, Some(_)) => {
                self.digits.pop();
                self.look_from_the_first(rows, library);
            }
            (Action::Next, Some(key)) => self.entry = Some(step(key, 1)),
            (Action::Previous, Some(key)) => self.entry = Some(step(key, KEYS.len() - 1)),
            (Action::Done, Some(_)) => {
                self.entry = None;
                self.choose_first();
            }
            _ => {}
        }
    }

    fn up(&mut self, rows: usize, library: &dyn Library) {
        match self.chosen {
            Some(0) if self.before == 0 => self.chosen = None,
            Some(0) => {
                self.before = self.before.saturating_sub(rows);
                self.chosen = Some(rows.saturating_sub(1));
                self.look(rows, library);
            }
            Some(at) => self.chosen = Some(at - 1),
            None => {}
        }
    }

    fn down(&mut self, rows: usize, library: &dyn Library) {
        let on_page = self.found.lines.len();
        match self.chosen {
            None => self.choose_first(),
            Some(at) if at + 1 < on_page => self.chosen = Some(at + 1),
            Some(_) if self.before + on_page < self.found.whole => {
                self.before += rows;
                self.chosen = Some(0);
                self.look(rows, library);
            }
            Some(_) => {}
        }
    }

    fn look_from_the_first(&mut self, rows: usize, library: &dyn Library) {
        self.before = 0;
        self.look(rows, library);
    }

    fn choose_first(&mut self) {
        self.chosen = (!self.found.lines.is_empty()).then_some(0);
    }
}

/// The key so many steps after this one, round and round.
fn step(key: u8, steps: usize) -> u8 {
    let at = KEYS.iter().position(|known| *known == key).unwrap_or(0);
    KEYS[(at + steps) % KEYS.len()]
}
