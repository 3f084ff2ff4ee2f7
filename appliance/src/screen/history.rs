//! The screen of all results, with a search by patient number.

use embedded_graphics::geometry::Size;
use fieldray_common::screening::Decision;

use super::action::Action;
use super::element::Element;
use super::kit::Kit;
use super::measures::{Measures, Panel, Role};
use super::sign::Sign;
use super::widget;
use super::words;

/// What the history screen shows.
#[derive(Debug, Clone)]
pub struct HistoryView<'a> {
    /// The results that are found, the latest first, beginning with the first on this screen.
    pub rows: &'a [HistoryRow<'a>],
    /// How many come before them.
    pub before: usize,
    /// How many are found in all.
    pub found: usize,
    /// The row that is chosen, counted on this screen; the search where there is none.
    pub chosen: Option<usize>,
    /// What is searched for.
    pub search: Search<'a>,
}

/// One result in a list.
#[derive(Debug, Clone, Copy)]
pub struct HistoryRow<'a> {
    /// When the film came, such as `11-24 09:41`.
    pub time: &'a str,
    /// The patient's number, if the film tells it.
    pub patient: Option<&'a str>,
    /// The region it was screened as.
    pub region: Option<&'a str>,
    /// What was decided.
    pub decision: Decision,
    /// Whether a person has judged it.
    pub reviewed: bool,
}

/// A search by patient number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Search<'a> {
    /// The digits so far; every patient whose number contains them is found.
    pub number: &'a str,
    /// Where the number is being entered.
    pub entry: Option<Entry>,
}

/// The digit that is chosen while a number is entered with keys: 0 to 9, then delete.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Entry {
    /// Which of them.
    pub chosen: u8,
}

impl HistoryView<'_> {
    /// How many rows a panel of this size shows.
    pub fn rows_on(panel: Size) -> usize {
        rows(Measures::of(panel, 1.0).panel)
    }
}

fn rows(panel: Panel) -> usize {
    match panel {
        Panel::Small => 2,
        Panel::Large => 5,
    }
}

pub(super) fn elements<'a>(view: &HistoryView<'a>, kit: &Kit) -> Element<'a> {
    match view.search.entry {
        Some(entry) => entering(view, entry, kit),
        None => list(view, kit),
    }
}

fn list<'a>(view: &HistoryView<'a>, kit: &Kit) -> Element<'a> {
    let measures = kit.measures;
    let shown = view.rows.iter().take(rows(measures.panel)).enumerate();
    let mut lines: Vec<_> = shown
        .map(|(at, row)| widget::line(kit, summary(kit, row), view.chosen == Some(at), Action::Open(at)).fixed())
        .collect();
    if lines.is_empty() {
        lines.push(kit.words(Role::Body, kit.say("history-none")));
    }
    let last = view.before + view.rows.len().min(rows(measures.panel));
    let count = match last < view.found || view.before > 0 {
        true => {
            let span = [("first", (view.before + 1).into()), ("last", last.into()), ("whole", view.found.into())];
            kit.say_of("span-of", span)
        }
        false => kit.say_of("history-found", [("count", view.found.into())]),
    };
    let title = kit.words(Role::Title, kit.say("history-title")).fixed();
    let count = kit.words(Role::Note, count).fixed();
    let head = Element::row([title, field(view, kit).grow(1.0), count]).gap(measures.gap_px() * 1.5);
    let body = Element::column(lines).gap(5.0);
    let open = view.chosen.map_or(Action::Search, Action::Open);
    let keys = [Some(Action::Up), Some(Action::Down), Some(open), Some(Action::Back)];
    Element::column([head.fixed(), body.grow_down(), widget::bar(kit, keys)])
        .gap(measures.gap_px() * 0.67)
        .padding(measures.margin_px(), measures.margin_px().min(12.0))
}

/// What is searched for; touching it begins to enter a number.
fn field<'a>(view: &HistoryView<'a>, kit: &Kit) -> Element<'a> {
    let sign = widget::sign(kit, Sign::Lens, 22.0, kit.palette.card.ink);
    let said = match view.search.number {
        "" => kit.faint(Role::Note, kit.say("history-all")),
        number => kit.free(Role::Strong, words::patient(kit, Some(number)), kit.palette.card.ink),
    };
    let chosen = view.chosen.is_none() && view.search.entry.is_none();
    widget::line(kit, Element::row([sign, said.grow(1.0)]).gap(8.0), chosen, Action::Search)
}

/// The number being entered, what is found so far, and the digits.
fn entering<'a>(view: &HistoryView<'a>, entry: Entry, kit: &Kit) -> Element<'a> {
    let measures = kit.measures;
    let number = match view.search.number {
        "" => kit.faint(Role::Body, kit.say("history-enter")),
        number => kit.free(Role::Figure, number, kit.palette.card.ink),
    };
    let count = kit.say_of("history-found", [("count", view.found.into())]);
    let count = kit.words(Role::Body, count).fixed();
    let shown = Element::row([widget::sign(kit, Sign::Lens, 26.0, kit.palette.card.ink), number.grow(1.0), count])
        .gap(10.0)
        .padding(measures.padding_px(), 2.0)
        .on(kit.palette.card.ground, measures.radius_px())
        .at_least(measures.touch_px(), measures.touch_px());
    // A small panel has no room for results beside the digits, which take all of it.
    let (found, rows) = match measures.panel {
        Panel::Small => (0, 1.0),
        Panel::Large => (2, 0.0),
    };
    let found = view.rows.iter().take(found).map(|row| {
        let row = summary(kit, row).padding(measures.padding_px(), 2.0);
        row.on(kit.palette.card.ground, measures.radius_px()).high(measures.touch_px()).fixed()
    });
    let digit = |at: u8| {
        let ground = if at == entry.chosen { kit.palette.accent } else { kit.palette.key };
        let (inside, action) = match at {
            10 => (widget::sign(kit, Sign::Delete, 30.0, ground.ink), Action::Delete),
            digit => (kit.centred(Role::Figure, digit.to_string(), ground.ink), Action::Digit(digit)),
        };
        Element::row([inside])
            .centred()
            .on(ground.ground, measures.radius_px())
            .at_least(measures.touch_px(), measures.touch_px() * if measures.panel == Panel::Large { 1.4 } else { 1.0 })
            .grow(1.0)
            .does(action)
    };
    // In every language digits are read from left to right, and so they lie.
    let order = |range: std::ops::Range<u8>| -> Vec<u8> {
        match kit.direction() {
            super::Direction::LeftToRight => range.collect(),
            super::Direction::RightToLeft => range.rev().collect(),
        }
    };
    let upper = Element::row(order(1..7).into_iter().map(digit)).gap(6.0).filled().stretch(rows);
    let lower = order(7..12).into_iter().map(|at| {
        digit(match at {
            10 => 0,
            11 => 10,
            at => at,
        })
    });
    let lower = Element::row(lower).gap(6.0).filled().stretch(rows);
    let chosen = if entry.chosen == 10 { Action::Delete } else { Action::Digit(entry.chosen) };
    let keys = [Some(Action::Previous), Some(Action::Next), Some(chosen), Some(Action::Done)];
    let found = Element::column(found).gap(6.0).stretch(1.0 - rows);
    let body = Element::column([shown, found, upper, lower]).gap(6.0);
    Element::column([body.grow_down(), widget::bar(kit, keys)])
        .gap(measures.gap_px())
        .padding(measures.margin_px(), measures.margin_px().min(12.0))
}

/// A result in a list: whose, what, when, whether it was reviewed, and the decision.
pub(super) fn summary<'a>(kit: &Kit, row: &HistoryRow<'a>) -> Element<'a> {
    let parts = RowParts::of(kit, row);
    match kit.measures.panel {
        Panel::Large => Element::row([
            parts.time.wide_share(0.16),
            parts.number.grow(1.0),
            parts.region.wide_share(0.19),
            parts.reviewed.wide_share(0.14),
            Element::row([parts.decision]).wide_share(0.20),
        ])
        .gap(10.0),
        Panel::Small => parts.on_two_lines(),
    }
}

/// The same where there is little room.
pub(super) fn short_summary<'a>(kit: &Kit, row: &HistoryRow<'a>) -> Element<'a> {
    RowParts::of(kit, row).on_two_lines()
}

struct RowParts<'a> {
    time: Element<'a>,
    number: Element<'a>,
    region: Element<'a>,
    reviewed: Element<'a>,
    decision: Element<'a>,
}

impl<'a> RowParts<'a> {
    fn of(kit: &Kit, row: &HistoryRow<'a>) -> Self {
        let region = row.region.map_or_else(|| kit.say("region-none"), |name| words::region(kit, name));
        let reviewed = match row.reviewed {
            true => kit.say("history-reviewed"),
            false => kit.say("history-open"),
        };
        let ink = kit.palette.card.ink;
        Self {
            time: kit.free(Role::Note, row.time, kit.palette.faint),
            number: match row.patient {
                Some(number) => kit.free(Role::Strong, number, ink),
                None => kit.free(Role::Body, kit.say("patient-none"), kit.palette.faint),
            },
            region: kit.free(Role::Body, region, ink),
            reviewed: kit.faint(Role::Note, reviewed),
            decision: widget::chip(kit, row.decision).stretch(1.0),
        }
    }

    fn on_two_lines(self) -> Element<'a> {
        let above = Element::row([self.number.grow(1.2), self.region.grow(1.0)]).gap(8.0);
        let below = Element::row([self.time.grow(1.2), self.reviewed.grow(1.0)]).gap(8.0);
        let decision = Element::row([self.decision]).wide_share(0.32);
        Element::row([Element::column([above, below]).grow(1.0), decision]).gap(8.0)
    }
}
