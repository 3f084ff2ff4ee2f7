//! Figures: curves over two axes, and values with their intervals.

use std::{ops::Range, sync::Once};

use anyhow::{Result, anyhow};
use fieldray_common::metrics::Interval;
use image::{ImageFormat, RgbImage};
use plotters::{
    backend::BitMapBackend,
    chart::ChartBuilder,
    drawing::IntoDrawingArea,
    element::{Circle, PathElement, Text},
    series::{DashedLineSeries, LineSeries},
    style::{Color, FontStyle, IntoFont, RGBColor, ShapeStyle, TextStyle, WHITE, register_font},
};

pub use plotters::chart::SeriesLabelPosition;

/// A picture of numbers.
#[derive(Debug, Clone, PartialEq)]
pub struct Figure(pub RgbImage);

/// What an axis measures, and the part of it that is shown.
#[derive(Debug, Clone)]
pub struct Axis {
    /// Its name, with the unit where there is one.
    pub label: String,
    /// From the first to the last value.
    pub range: Range<f64>,
}

impl Axis {
    /// An axis from 0 to 1.
    pub fn share(label: &str) -> Self {
        Self { label: label.to_owned(), range: 0.0..1.0 }
    }
}

/// One curve.
#[derive(Debug, Clone)]
pub struct Curve {
    /// What it is of.
    pub name: String,
    /// Where it goes.
    pub points: Vec<[f64; 2]>,
    /// How it is drawn.
    pub line: Line,
}

/// How a curve is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Line {
    /// Through all points.
    Solid,
    /// The same with each point marked.
    Marked,
    /// Dashed and grey: what the others are compared with.
    Reference,
}

/// One value with its interval.
#[derive(Debug, Clone)]
pub struct Row {
    /// What it is of.
    pub name: String,
    /// The value.
    pub value: Interval,
    /// Rows of one series have one colour.
    pub series: usize,
}

/// Colours that the colour-blind tell apart (Okabe and Ito 2008), from the first series on.
const COLOURS: [RGBColor; 7] = [
    RGBColor(0, 114, 178),
    RGBColor(213, 94, 0),
    RGBColor(0, 158, 115),
    RGBColor(204, 121, 167),
    RGBColor(230, 159, 0),
    RGBColor(86, 180, 233),
    RGBColor(0, 0, 0),
];
const GREY: RGBColor = RGBColor(110, 110, 110);
const FAINT: RGBColor = RGBColor(225, 225, 225);
const FONT: &str = "sans-serif";

/// Curves over two axes.
#[derive(Debug, Clone)]
pub struct Plot {
    /// What it shows.
    pub title: String,
    /// Along the bottom.
    pub x: Axis,
    /// Along the left.
    pub y: Axis,
    /// The curves.
    pub curves: Vec<Curve>,
    /// The corner that holds the names of the curves.
    pub legend: SeriesLabelPosition,
}

/// Plots beside each other, at most four in a row.
pub fn plots(plots: &[Plot]) -> Result<Figure> {
    let columns = plots.len().clamp(1, 4);
    let rows = plots.len().div_ceil(columns).max(1);
    let place = if plots.len() > 1 { [400, 330] } else { [760, 560] };
    drawn([place[0] * columns as u32, place[1] * rows as u32], |area| {
        for (area, plot) in area.split_evenly((rows, columns)).iter().zip(plots) {
            plot.draw(area)?;
        }
        Ok(())
    })
}

impl Plot {
    fn draw(&self, area: &Area<'_>) -> Result<(), Fault> {
        let mut chart = ChartBuilder::on(area)
            .caption(&self.title, font(21))
            .margin(12)
            .x_label_area_size(48)
            .y_label_area_size(62)
            .build_cartesian_2d(self.x.range.clone(), self.y.range.clone())?;
        chart
            .configure_mesh()
            .light_line_style(WHITE)
            .bold_line_style(FAINT)
            .x_labels(6)
            .y_labels(6)
            .x_desc(self.x.label.as_str())
            .y_desc(self.y.label.as_str())
            .axis_desc_style(font(17))
            .label_style(font(15))
            .draw()?;
        for (at, curve) in self.curves.iter().enumerate() {
            let colour = if curve.line == Line::Reference { GREY } else { COLOURS[at % COLOURS.len()] };
            let style = ShapeStyle { color: colour.to_rgba(), filled: true, stroke_width: 2 };
            let points = || curve.points.iter().map(|[x, y]| (*x, *y));
            let drawn = match curve.line {
                Line::Reference => chart.draw_series(DashedLineSeries::new(points(), 6, 5, style.stroke_width(1)))?,
                Line::Solid | Line::Marked => chart.draw_series(LineSeries::new(points(), style))?,
            };
            drawn.label(curve.name.as_str()).legend(move |(x, y)| PathElement::new([(x, y), (x + 22, y)], style));
            if curve.line == Line::Marked {
                chart.draw_series(points().map(|point| Circle::new(point, 4, style)))?;
            }
        }
        chart
            .configure_series_labels()
            .position(self.legend.clone())
            .margin(14)
            .background_style(WHITE.mix(0.85))
            .border_style(FAINT)
            .label_font(font(15))
            .draw()?;
        Ok(())
    }
}

/// Values with their intervals, one under the other; `reference` is where there is no effect.
pub fn intervals(title: &str, label: &str, rows: &[Row], reference: Option<f64>) -> Result<Figure> {
    let ends = || rows.iter().flat_map(|row| [row.value.low, row.value.high]).chain(reference);
    let (low, high) = (ends().fold(f64::INFINITY, f64::min), ends().fold(f64::NEG_INFINITY, f64::max));
    let room = 0.05 * (high - low).max(1e-3);
    let count = rows.len() as f64;
    let height = 120 + 26 * rows.len() as u32;
    let names = rows.iter().map(|row| row.name.chars().count()).max().unwrap_or(0) as u32 * 8 + 24;
    drawn([900, height], |area| {
        let mut chart = ChartBuilder::on(area)
            .caption(title, font(22))
            .margin(14)
            .x_label_area_size(48)
            .y_label_area_size(names.clamp(60, 420))
            .build_cartesian_2d(low - room..high + room, 0.0..count)?;
        chart
            .configure_mesh()
            .light_line_style(WHITE)
            .bold_line_style(FAINT)
            .disable_y_mesh()
            .y_labels(0)
            .x_desc(label)
            .axis_desc_style(font(17))
            .label_style(font(15))
            .draw()?;
        if let Some(reference) = reference {
            let ends = [(reference, 0.0), (reference, count)];
            chart.draw_series(DashedLineSeries::new(ends, 6, 5, GREY.stroke_width(1)))?;
        }
        let right = TextStyle::from(font(15)).pos(plotters::style::text_anchor::Pos::new(
            plotters::style::text_anchor::HPos::Right,
            plotters::style::text_anchor::VPos::Center,
        ));
        for (at, row) in rows.iter().enumerate() {
            let middle = count - at as f64 - 0.5;
            let style =
                ShapeStyle { color: COLOURS[row.series % COLOURS.len()].to_rgba(), filled: true, stroke_width: 2 };
            let ends = [(row.value.low, middle), (row.value.high, middle)];
            chart.draw_series([PathElement::new(ends, style)])?;
            chart.draw_series([Circle::new((row.value.value, middle), 5, style)])?;
            let place = chart.backend_coord(&(low - room, middle));
            area.draw(&Text::new(row.name.clone(), (place.0 - 10, place.1), right.clone()))?;
        }
        Ok(())
    })
}

impl Figure {
    /// As a PNG file.
    pub fn png(&self) -> Result<Vec<u8>> {
        let mut png = std::io::Cursor::new(Vec::new());
        self.0.write_to(&mut png, ImageFormat::Png)?;
        Ok(png.into_inner())
    }
}

type Area<'a> = plotters::drawing::DrawingArea<BitMapBackend<'a>, plotters::coord::Shift>;

/// A white picture of `width` x `height` pixels that `draw` fills.
fn drawn([width, height]: [u32; 2], draw: impl FnOnce(&Area<'_>) -> Result<(), Fault>) -> Result<Figure> {
    static FONTS: Once = Once::new();
    FONTS.call_once(|| {
        let letters = include_bytes!("../../../appliance/fonts/NotoSans-Regular.ttf");
        // It refuses only what is no font, which a test would show.
        let _ = register_font(FONT, FontStyle::Normal, letters);
    });
    let mut pixels = vec![0; (width * height * 3) as usize];
    {
        let area = BitMapBackend::with_buffer(&mut pixels, (width, height)).into_drawing_area();
        let failed = |fault: Fault| anyhow!("a figure cannot be drawn: {fault}");
        area.fill(&WHITE).map_err(|fault| failed(fault.into()))?;
        draw(&area).map_err(failed)?;
        area.present().map_err(|fault| failed(fault.into()))?;
    }
    let picture = RgbImage::from_raw(width, height, pixels);
    picture.map(Figure).ok_or_else(|| anyhow!("a figure cannot be drawn: it has no pixels"))
}

/// Whatever plotters says.
type Fault = Box<dyn std::error::Error + Send + Sync>;

fn font(size_px: u32) -> plotters::style::FontDesc<'static> {
    (FONT, size_px).into_font()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(figure: &Figure, colour: RGBColor) -> usize {
        figure.0.pixels().filter(|pixel| pixel.0 == [colour.0, colour.1, colour.2]).count()
    }

    #[test]
    fn curves_and_their_names_are_drawn_in_their_colours() {
        let curve = |name: &str, line| Curve { name: name.to_owned(), points: vec![[0.0, 0.0], [1.0, 1.0]], line };
        let plot = |title: &str, curves: Vec<Curve>| {
            let (x, y) = (Axis::share("x"), Axis::share("y"));
            Plot { title: title.to_owned(), x, y, curves, legend: SeriesLabelPosition::LowerRight }
        };
        let both = || plot("title", vec![curve("one", Line::Marked), curve("chance", Line::Reference)]);
        let figure = plots(&[both()]).unwrap();
        assert!(count(&figure, COLOURS[0]) > 500);
        assert!(count(&figure, COLOURS[1]) == 0);
        let nameless = plots(&[plot("", vec![curve("one", Line::Marked)])]).unwrap();
        assert!(count(&figure, RGBColor(0, 0, 0)) > count(&nameless, RGBColor(0, 0, 0)));
        let five = plots(&[both(), both(), both(), both(), both()]).unwrap();
        assert_eq!(five.0.dimensions(), (1600, 660));
    }

    #[test]
    fn intervals_have_room_for_every_row() {
        let row = |at: usize| Row {
            name: format!("row {at}"),
            value: Interval { value: 0.7, low: 0.6, high: 0.8 },
            series: at % 2,
        };
        let rows: Vec<Row> = (0..30).map(row).collect();
        let figure = intervals("title", "AUROC", &rows, Some(0.5)).unwrap();
        assert!(figure.0.height() > 800);
        assert!(count(&figure, COLOURS[0]) > 1000 && count(&figure, COLOURS[1]) > 1000);
    }
}
