//! `fieldray screen-gallery`: every screen of the display, in every size, theme and language.

use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use anyhow::{Result, anyhow};
use embedded_graphics::geometry::Size;
use fieldray_board::display::Frame;

use crate::screen::{Language, Look, Samples, Theme, Typesetter};
use crate::screening::{make_folder, write};

/// The panels that the screens are designed for.
const PANELS: [Size; 2] = [Size::new(800, 480), Size::new(480, 320)];

/// What to draw, and where to.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
The films are drawn by a simulator; results, numbers and names are made up.

Examples:
  fieldray screen-gallery gallery
  fieldray screen-gallery gallery --language ar --theme light --size 800x480")]
pub struct Arguments {
    /// Folder to write the pictures and `index.html` into
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// Only this language [default: all]
    #[arg(long, value_enum)]
    language: Option<Language>,
    /// Only this theme [default: both]
    #[arg(long, value_enum)]
    theme: Option<Theme>,
    /// Only a panel of this size, such as 800x480 [default: 800x480 and 480x320]
    #[arg(long, value_name = "WxH", value_parser = size)]
    size: Option<Size>,
}

fn size(text: &str) -> Result<Size> {
    let sides = text.split_once('x').and_then(|(width, height)| Some((width.parse().ok()?, height.parse().ok()?)));
    match sides {
        Some((width @ 240..=4096, height @ 240..=4096)) => Ok(Size::new(width, height)),
        _ => Err(anyhow!("give width and height of 240 to 4096 pixels, such as 800x480")),
    }
}

/// Runs the command.
pub fn run(arguments: &Arguments) -> Result<ExitCode> {
    let folder = &arguments.folder;
    make_folder(folder)?;
    let samples = Samples::new();
    let study = samples.study();
    let screens = samples.screens(&study);
    let begun = Instant::now();
    let mut typesetter = Typesetter::new();
    let ready_ms = begun.elapsed().as_secs_f64() * 1000.0;
    let mut page = String::from(HEAD);
    let mut drawn_ms = Vec::new();
    for size in arguments.size.map_or(PANELS.to_vec(), |size| vec![size]) {
        for theme in arguments.theme.map_or(Theme::ALL.to_vec(), |theme| vec![theme]) {
            for language in arguments.language.map_or(Language::ALL.to_vec(), |language| vec![language]) {
                let panel = format!("{}x{}", size.width, size.height);
                let (theme_name, code) = (theme.name(), language.code());
                writeln!(page, "<h2>{panel}, {theme_name}, {}</h2>\n<div>", language.own_name())?;
                for (name, screen) in &screens {
                    let begun = Instant::now();
                    let mut frame = Frame::new(size);
                    crate::screen::draw(screen, Look { language, theme }, &mut typesetter, &mut frame)?;
                    drawn_ms.push(begun.elapsed().as_secs_f64() * 1000.0);
                    let file = format!("{name}_{panel}_{theme_name}_{code}.png");
                    write(&folder.join(&file), &frame.to_png()?)?;
                    writeln!(
                        page,
                        r#"<a href="{file}"><img src="{file}" loading="lazy" alt="{name}" title="{name}"></a>"#
                    )?;
                }
                page.push_str("</div>\n");
            }
        }
    }
    write(&folder.join("index.html"), page.as_bytes())?;
    drawn_ms.sort_by(f64::total_cmp);
    let at = |share: f64| drawn_ms[((drawn_ms.len() - 1) as f64 * share) as usize];
    let mut out = io::stdout().lock();
    writeln!(out, "{} screens in {}; open index.html there", drawn_ms.len(), folder.display())?;
    writeln!(
        out,
        "the fonts were ready after {ready_ms:.0} ms; drawing a screen took {:.0} ms in the median,",
        at(0.5)
    )?;
    writeln!(out, "{:.0} ms for nine in ten, {:.0} ms at most", at(0.9), at(1.0))?;
    Ok(ExitCode::SUCCESS)
}

const HEAD: &str = "<!doctype html>
<html lang=\"en\"><meta charset=\"utf-8\"><title>Fieldray: screens</title>
<style>
body { font-family: sans-serif; margin: 1rem; background: #777; color: #fff }
div { display: flex; flex-wrap: wrap; gap: .6rem }
img { width: 400px; border: 1px solid #000 }
</style>
<h1>The screens of Fieldray</h1>
";
