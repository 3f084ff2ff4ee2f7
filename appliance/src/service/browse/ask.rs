//! What the person asks for, where they are.

use std::time::Duration;

use super::{Asked, Browse, Errand, Explanation, Library, List, Page, Place, SETTLED, Update, page};
use crate::archive::ImageId;
use crate::screen::{Action, Language, Layer, Theme};
use crate::service::preferences::Preferences;
use crate::service::state::Face;

impl Browse {
    /// What the person asks for, and what is to be done for them.
    pub fn asked(&mut self, action: Action, now: Duration, library: &dyn Library) -> Option<Errand> {
        self.touched = now;
        if let Some(Page::Update(Update { state, .. })) = self.update_page() {
            return self.asked_of_update(state, action, now);
        }
        let by_itself = self.trail.is_empty();
        if let (true, Face::Result(image)) = (by_itself, &self.face)
            && action != Action::Home
        {
            self.trail.push(self.result(*image));
        }
        match action {
            Action::Home => return self.home(),
            Action::Back => return self.back(library),
            Action::History => self.trail.push(Place::History(List::all(self.extent.rows, library))),
            Action::Update => self.open_update(),
            Action::Settings => self.trail.push(Place::Settings { chosen: 0 }),
            Action::Last => self.open(self.latest.first().map(|line| line.image)),
            Action::TryAgain => return Some(Errand::TryAgain),
            Action::Review if by_itself && now.saturating_sub(self.face_since) < SETTLED => {}
            _ => return self.asked_here(action, library),
        }
        None
    }

    fn asked_here(&mut self, action: Action, library: &dyn Library) -> Option<Errand> {
        let mut opens = None;
        match self.trail.last_mut() {
            None | Some(Place::Ready) => {
                if let Action::Open(at) = action {
                    opens = self.latest.get(at).map(|line| line.image);
                }
            }
            Some(Place::Result { image, layer, .. }) => {
                let image = *image;
                match action {
                    Action::ShowHeatmap => *layer = Layer::Heatmap,
                    Action::HideHeatmap => *layer = Layer::Film,
                    Action::Review => return Some(Errand::Review(image)),
                    Action::Details => self.trail.push(Place::Details { image, turned: 0 }),
                    Action::ChooseRegion => self.trail.push(Place::Choice { of: Asked::Region(image), marked: 0 }),
                    _ => {}
                }
            }
            Some(Place::Details { image, turned }) => {
                let image = *image;
                match action {
                    Action::NextPage => *turned += 1,
                    Action::Views => {
                        let images = library.study_of(image);
                        let chosen = images.iter().position(|other| *other == image).unwrap_or(0);
                        self.trail.push(Place::Study { images, chosen, layer: self.preferences.layer });
                    }
                    Action::Explain => {
                        self.trail.push(Place::Explaining { image, done: 0 });
                        return Some(Errand::Explain(image));
                    }
                    _ => {}
                }
            }
            Some(Place::Explaining { .. }) => {
                if action == Action::Cancel {
                    self.trail.pop();
                    return Some(Errand::Cancel);
                }
            }
            Some(Place::Study { images, chosen, layer }) => match action {
                Action::ShowHeatmap => *layer = Layer::Heatmap,
                Action::HideHeatmap => *layer = Layer::Film,
                Action::Next => *chosen = (*chosen + 1) % images.len().max(1),
                Action::Open(at) => {
                    *chosen = at;
                    opens = images.get(at).copied();
                }
                _ => {}
            },
            Some(Place::History(list)) => match action {
                Action::Open(at) => {
                    list.chosen = Some(at);
                    opens = list.found.lines.get(at).map(|line| line.image);
                }
                _ => list.asked(action, self.extent.rows, library),
            },
            Some(Place::Settings { chosen }) => match action {
                Action::Up => *chosen = chosen.saturating_sub(1),
                Action::Down => *chosen = (*chosen + 1).min(page::SETTINGS - 1),
                Action::Change(at) => {
                    *chosen = at.min(page::SETTINGS - 1);
                    return self.change(at);
                }
                _ => {}
            },
            Some(Place::Choice { of, marked }) => {
                let (of, last) = (*of, of.count(self.extent).saturating_sub(1));
                match action {
                    Action::Up => *marked = marked.saturating_sub(1),
                    Action::Down => *marked = (*marked + 1).min(last),
                    Action::Choose(at) if at <= last => return self.choose(of, at),
                    _ => {}
                }
            }
        }
        self.open(opens);
        None
    }

    fn open(&mut self, image: Option<ImageId>) {
        self.trail.extend(image.map(|image| self.result(image)));
    }

    fn result(&self, image: ImageId) -> Place {
        Place::Result { image, layer: self.preferences.layer, explanation: Explanation::Kept }
    }

    /// Changes a setting at once, or asks for its value.
    fn change(&mut self, at: usize) -> Option<Errand> {
        let Preferences { language, theme, layer } = &mut self.preferences;
        let position = |found: Option<usize>| found.unwrap_or(0);
        let choice = match at {
            page::LANGUAGE => (Asked::Language, position(Language::ALL.iter().position(|known| known == language))),
            page::THEME => (Asked::Theme, position(Theme::ALL.iter().position(|known| known == theme))),
            page::HEATMAP => {
                *layer = match layer {
                    Layer::Film => Layer::Heatmap,
                    Layer::Heatmap => Layer::Film,
                };
                return Some(Errand::Keep(self.preferences));
            }
            _ => return None,
        };
        self.trail.push(Place::Choice { of: choice.0, marked: choice.1 });
        None
    }

    fn choose(&mut self, of: Asked, at: usize) -> Option<Errand> {
        match of {
            Asked::Region(image) => {
                self.trail.clear();
                return Some(Errand::ScreenAs(image, at));
            }
            Asked::Language => self.preferences.language = *Language::ALL.get(at)?,
            Asked::Theme => self.preferences.theme = *Theme::ALL.get(at)?,
        }
        self.trail.pop();
        Some(Errand::Keep(self.preferences))
    }

    fn back(&mut self, library: &dyn Library) -> Option<Errand> {
        self.trail.pop();
        if let Some(Place::History(list)) = self.trail.last_mut() {
            // What was judged meanwhile shows.
            list.look(self.extent.rows, library);
        }
        None
    }

    fn home(&mut self) -> Option<Errand> {
        let by_itself = self.trail.is_empty();
        let cancel = self.leave();
        match self.face {
            Face::Result(image) if self.seen == Some(image) => return cancel.or(Some(Errand::Dismiss)),
            Face::Result(_) | Face::Ready => {}
            _ if by_itself => self.trail.push(Place::Ready),
            _ => {}
        }
        cancel
    }
}
