//! The screen on which one of several things is chosen.

use super::action::Action;
use super::element::Element;
use super::kit::Kit;
use super::language::Language;
use super::measures::{Panel, Role};
use super::sign::Sign;
use super::theme::Theme;
use super::widget;
use super::words;

/// What the choice screen shows.
#[derive(Debug, Clone)]
pub struct ChoiceView<'a> {
    /// What can be chosen.
    pub options: Options<'a>,
    /// The one that is marked; the screen shows those around it.
    pub marked: usize,
    /// The one that holds now.
    pub current: Option<usize>,
}

/// What can be chosen.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Options<'a> {
    /// The body region that a film shows, by the names that the model has for those it screens.
    Regions(&'a [String]),
    /// What the display speaks: every language, in its own words.
    Languages,
    /// How the display is coloured.
    Themes,
}

impl Options<'_> {
    /// How many there are.
    pub fn count(&self) -> usize {
        match self {
            Options::Regions(names) => names.len(),
            Options::Languages => Language::ALL.len(),
            Options::Themes => Theme::ALL.len(),
        }
    }

    fn title(&self) -> &'static str {
        match self {
            Options::Regions(_) => "key-region",
            Options::Languages => "setting-language",
            Options::Themes => "setting-theme",
        }
    }

    fn names(&self, kit: &Kit) -> Vec<String> {
        match self {
            Options::Regions(names) => names.iter().map(|name| words::region(kit, name)).collect(),
            Options::Languages => Language::ALL.map(|language| language.own_name().to_owned()).to_vec(),
            Options::Themes => Theme::ALL.map(|theme| words::theme(kit, theme)).to_vec(),
        }
    }
}

pub(super) fn elements<'a>(view: &ChoiceView<'a>, kit: &Kit) -> Element<'a> {
    let measures = kit.measures;
    let (lines, columns) = match measures.panel {
        Panel::Small => (3, 2),
        Panel::Large => (5, 2),
    };
    let page = lines * columns;
    let first = view.marked / page * page;
    let names = view.options.names(kit);
    let mut shown = names.into_iter().enumerate().skip(first).take(page).peekable();
    let mut rows = Vec::new();
    while shown.peek().is_some() {
        let mut row: Vec<Element<'a>> =
            shown.by_ref().take(columns).map(|(at, name)| option(view, at, name, kit).grow(1.0)).collect();
        row.resize_with(columns, Element::space);
        rows.push(Element::row(row).filled().gap(measures.gap_px()).fixed());
    }
    let count = view.options.count();
    let span = [("first", (first + 1).into()), ("last", count.min(first + page).into()), ("whole", count.into())];
    let beside = (count > page).then(|| kit.words(Role::Note, kit.say_of("span-of", span)));
    let keys = [Some(Action::Up), Some(Action::Down), Some(Action::Choose(view.marked)), Some(Action::Back)];
    let body = Element::column(rows).gap(measures.gap_px());
    widget::page(kit, widget::head(kit, kit.say(view.options.title()), beside), body, keys)
}

fn option<'a>(view: &ChoiceView<'a>, at: usize, name: String, kit: &Kit) -> Element<'a> {
    let side = kit.type_px(Role::Body) * 1.1;
    let (sign, ink) = match view.current == Some(at) {
        true => (Sign::Check, kit.palette.well),
        false => (Sign::Dot, kit.palette.faint),
    };
    let name = kit.words(Role::Strong, name).grow(1.0);
    widget::line(
        kit,
        Element::row([widget::sign(kit, sign, side, ink), name]).gap(10.0),
        at == view.marked,
        Action::Choose(at),
    )
}
