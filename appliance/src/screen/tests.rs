//! What holds for every screen, in every language, theme and size.

use embedded_graphics::geometry::{Point, Size};
use embedded_graphics::pixelcolor::{Rgb888, RgbColor};
use embedded_graphics::primitives::Rectangle;
use fieldray_board::input::Key;
use fieldray_common::radiograph::{SizeError, Source};
use fieldray_common::read::ReadError;
use fieldray_common::region::Region;
use fieldray_common::screening::{Decision, Exposure, Reason};
use fieldray_common::view::View;

use super::measures::{Measures, SMALLEST_PX};
use super::scene::{Laid, Part};
use super::*;

const PANELS: [Size; 2] = [Size::new(800, 480), Size::new(480, 320)];

/// Calls `check` with every screen laid out, and its name.
fn each(mut check: impl FnMut(&str, &Scene<'_>, &mut Typesetter, Measures)) {
    let samples = Samples::new();
    let study = samples.study();
    let mut typesetter = Typesetter::new();
    for size in PANELS {
        for language in Language::ALL {
            for theme in Theme::ALL {
                for (name, screen) in samples.screens(&study) {
                    let scene = Scene::compose(&screen, Look { language, theme }, size, &mut typesetter);
                    let name = format!("{name} in {} at {}x{}", language.code(), size.width, size.height);
                    check(&name, &scene, &mut typesetter, Measures::of(size, 1.0));
                }
            }
        }
    }
}

fn texts<'s, 'a>(scene: &'s Scene<'a>) -> impl Iterator<Item = (&'s Part<'a>, &'s super::scene::Text)> {
    scene.parts.iter().filter_map(|part| match &part.content {
        Laid::Text(text) => Some((part, text)),
        _ => None,
    })
}

#[test]
fn every_text_has_its_room_and_a_readable_size() {
    let mut faults = Vec::new();
    each(|name, scene, _, _| {
        for trouble in scene.troubles() {
            faults.push(format!("{name}: {trouble}"));
        }
        for (_, text) in texts(scene) {
            assert!(text.size_px >= SMALLEST_PX, "{name}: '{}' is set in {} px", text.said, text.size_px);
        }
    });
    faults.sort();
    faults.dedup();
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}

#[test]
fn every_reason_and_every_refusal_has_its_room() {
    let samples = Samples::new();
    let study = samples.study();
    let all = samples.screens(&study);
    let result = |wanted: &'static str| match all.iter().find(|(name, _)| *name == wanted) {
        Some((_, Screen::Result(view))) => view.clone(),
        _ => panic!("no {wanted}"),
    };
    let scored = [Reason::Above, Reason::Below, Reason::TooCloseToCall, Reason::Unfamiliar { times_limit: 2.0 }];
    let unscored = [Reason::NoClassifier(Region::Humerus), Reason::RegionUnclear]
        .into_iter()
        .chain(View::ALL.map(Reason::OtherView))
        .chain(Exposure::ALL.map(Reason::BadExposure));
    let refused = [
        ReadError::Empty,
        ReadError::UnknownFormat,
        ReadError::Truncated(Source::Jpeg),
        ReadError::Damaged { format: Source::Dicom, cause: "short".to_owned() },
        ReadError::Header { attribute: "PhotometricInterpretation", problem: "is missing".to_owned() },
        ReadError::TransferSyntax("MPEG-4 AVC/H.264 BD-compatible High Profile".to_owned()),
        ReadError::JpegLs("JPEG-LS Lossless Image Compression".to_owned()),
        ReadError::NotARadiograph("MR".to_owned()),
        ReadError::NoPixelData,
        ReadError::Colour("RGB".to_owned()),
        ReadError::SeveralFrames(12),
        ReadError::Size(SizeError::TooSmall { width_px: 20, height_px: 16 }),
        ReadError::Size(SizeError::TooLarge { width_px: 60_000, height_px: 60_000 }),
    ];
    let of = |view: &'static str, why| Screen::Result(ResultView { why, ..result(view) });
    let screens = (scored.into_iter().map(|reason| of("result", Why::Screened(reason))))
        .chain(unscored.map(|reason| of("result-unclear", Why::Screened(reason))))
        .chain(refused.into_iter().map(|refusal| of("result-unreadable", Why::Refused(refusal))))
        .chain([of("result-unclear", Why::Blank)])
        .chain([of("result-unreadable", Why::Screened(Reason::Unreadable("a cause".to_owned())))])
        .chain([UpdateFault::Signature, UpdateFault::Damaged, UpdateFault::References, UpdateFault::Space].map(
            |fault| {
                let state = UpdateState::Failed(fault);
                Screen::Update(UpdateView { changes: &[], pauses_operating_point: false, state })
            },
        ));
    let mut typesetter = Typesetter::new();
    let mut faults = Vec::new();
    for screen in screens {
        for (size, language) in PANELS.into_iter().flat_map(|size| Language::ALL.map(|language| (size, language))) {
            let look = Look { language, theme: Theme::Dark };
            let scene = Scene::compose(&screen, look, size, &mut typesetter);
            for trouble in scene.troubles() {
                faults.push(format!("{} at {}: {trouble}", language.code(), size.width));
            }
        }
    }
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}

#[test]
fn no_ink_is_cut_off_or_lies_on_other_ink() {
    each(|name, scene, typesetter, _| {
        let inked: Vec<(Rectangle, &str)> = texts(scene)
            .filter_map(|(part, text)| Some((typesetter.ink(&text.paragraph, part.area.top_left)?, text.said.as_str())))
            .collect();
        let panel = scene.parts[0].area;
        for (at, (ink, said)) in inked.iter().enumerate() {
            assert_eq!(panel.intersection(ink), *ink, "{name}: '{said}' leaves the panel");
            for (other, beside) in &inked[at + 1..] {
                assert!(ink.intersection(other).is_zero_sized(), "{name}: '{said}' lies on '{beside}'");
            }
        }
    });
}

#[test]
fn every_character_has_a_glyph() {
    each(|name, scene, _, _| {
        for (_, text) in texts(scene) {
            assert!(!text.paragraph.lacks_glyphs(), "{name}: '{}'", text.said);
        }
    });
}

#[test]
fn names_in_every_script_have_glyphs_and_long_ones_end_with_dots() {
    let mut typesetter = Typesetter::new();
    for name in ["Szpital Łódź, Đặng Thị Ngọc", "सरकारी अस्पताल, क्षेत्रीय", "مستشفى الولادة الرئيسي", "赵家镇中心卫生院"]
    {
        let long = name.repeat(9);
        for (name, cut) in [(name, false), (long.as_str(), true)] {
            let ready = ReadyView { name, bundle: "model@1", regions: &[], last: &[], health: &[], update: None };
            let screen = Screen::Ready(ready);
            let scene = Scene::compose(&screen, Look::default(), PANELS[0], &mut typesetter);
            let (_, text) = texts(&scene).find(|(_, text)| text.said == name).unwrap();
            assert!(!text.paragraph.lacks_glyphs() && scene.troubles().is_empty(), "{name}");
            let dots =
                super::typesetter::Setting { length: super::typesetter::Length::Lines, ..text.paragraph.setting };
            let mut dots = typesetter.shape("…", dots);
            typesetter.fit(&mut dots, None);
            assert_eq!(text.paragraph.glyphs().contains(&dots.glyphs()[0]), cut, "{name}");
        }
    }
}

#[test]
fn text_stands_out_from_what_is_behind_it() {
    each(|name, scene, _, _| {
        for (part, text) in texts(scene) {
            let ground = scene.ground_of(part);
            let ratio = contrast(text.ink, ground);
            assert!(ratio >= 4.5, "{name}: '{}' has {ratio:.1} to 1", text.said);
        }
    });
}

#[test]
fn a_finger_finds_what_can_be_touched() {
    each(|name, scene, _, measures| {
        let targets: Vec<_> = scene.parts.iter().filter(|part| part.action.is_some()).collect();
        for part in &targets {
            let Size { width, height } = part.area.size;
            let least = measures.touch_px() as u32;
            assert!(width >= least && height >= least, "{name}: {:?} has {width} x {height}", part.action);
            assert_eq!(scene.touch(part.area.center()), part.action, "{name}");
        }
        for (at, part) in targets.iter().enumerate() {
            for other in &targets[at + 1..] {
                assert!(
                    part.area.intersection(&other.area).is_zero_sized(),
                    "{name}: {:?} {:?}",
                    part.action,
                    other.action
                );
            }
        }
    });
}

#[test]
fn keys_follow_the_display_from_left_to_right() {
    let samples = Samples::new();
    let study = samples.study();
    let (_, screen) = samples.screens(&study).into_iter().find(|(name, _)| *name == "result").unwrap();
    let mut typesetter = Typesetter::new();
    let mut keys = |language| {
        let look = Look { language, theme: Theme::Dark };
        let scene = Scene::compose(&screen, look, PANELS[0], &mut typesetter);
        Key::ALL.map(|key| scene.key(key).unwrap())
    };
    let english = keys(Language::English);
    assert_eq!(english, [Action::HideHeatmap, Action::Details, Action::Review, Action::Home]);
    let mut arabic = keys(Language::Arabic);
    arabic.reverse();
    assert_eq!(arabic, english);
}

#[test]
fn right_to_left_mirrors_the_layout_but_never_the_film() {
    let samples = Samples::new();
    let study = samples.study();
    let (_, screen) = samples.screens(&study).into_iter().find(|(name, _)| *name == "result-film").unwrap();
    let Screen::Result(view) = &screen else { panic!("not a result") };
    let film = view.film.unwrap().plain;
    let mut typesetter = Typesetter::new();
    let mut painted = |language| {
        let scene = Scene::compose(&screen, Look { language, theme: Theme::Dark }, PANELS[0], &mut typesetter);
        let place = scene.parts.iter().find(|part| part.action == Some(Action::ShowHeatmap)).unwrap().area;
        let mut alone = Canvas::new(place.size, Theme::Dark.palette().light_box);
        alone.picture(film, Rectangle::new(Point::zero(), place.size).offset(-4));
        (place, scene.paint(&mut typesetter), alone)
    };
    let (left, ..) = painted(Language::English);
    let (right, canvas, alone) = painted(Language::Arabic);
    assert!(left.center().x < 400 && right.center().x > 400, "{left:?} {right:?}");
    let pixel = |canvas: &Canvas, at: Point| {
        canvas.colours().nth((at.y as u32 * canvas.area().size.width + at.x as u32) as usize)
    };
    for at in [Point::new(120, 60), Point::new(200, 200), Point::new(150, 300)] {
        assert_eq!(pixel(&canvas, right.top_left + at), pixel(&alone, at));
    }
}

#[test]
fn decisions_differ_with_any_colour_vision() {
    // Viénot, Brettel and Mollon (1999): what a dichromat sees, in linear light.
    let protan = [[0.11238, 0.88762, 0.0], [0.11238, 0.88762, 0.0], [0.00401, -0.00401, 1.0]];
    let deutan = [[0.29275, 0.70725, 0.0], [0.29275, 0.70725, 0.0], [-0.02234, 0.02234, 1.0]];
    let whole = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]];
    let decisions = [Decision::Normal, Decision::Abnormal, Decision::Refer, Decision::Unreadable];
    for theme in Theme::ALL {
        for vision in [whole, protan, deutan] {
            for (at, one) in decisions.iter().enumerate() {
                for other in &decisions[at + 1..] {
                    let [one_lab, other_lab] =
                        [one, other].map(|decision| lab(seen(theme.palette().of(*decision).ground, vision)));
                    let apart: f64 = (0..3).map(|k| (one_lab[k] - other_lab[k]).powi(2)).sum::<f64>().sqrt();
                    assert!(apart > 20.0, "{} and {} are {apart:.1} apart in {}", one, other, theme.name());
                }
            }
        }
    }
}

fn linear(colour: Rgb888) -> [f64; 3] {
    [colour.r(), colour.g(), colour.b()].map(|part| {
        let part = f64::from(part) / 255.0;
        if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
    })
}

fn contrast(one: Rgb888, other: Rgb888) -> f64 {
    let light = |colour| {
        let [r, g, b] = linear(colour);
        0.2126 * r + 0.7152 * g + 0.0722 * b + 0.05
    };
    let (one, other) = (light(one), light(other));
    one.max(other) / one.min(other)
}

fn seen(colour: Rgb888, vision: [[f64; 3]; 3]) -> [f64; 3] {
    let colour = linear(colour);
    vision.map(|row| (0..3).map(|k| row[k] * colour[k]).sum::<f64>().clamp(0.0, 1.0))
}

/// CIE L*a*b* of linear sRGB, in which distances are about as large as they look.
fn lab([r, g, b]: [f64; 3]) -> [f64; 3] {
    let x = (0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.9505;
    let y = 0.2126 * r + 0.7152 * g + 0.0722 * b;
    let z = (0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.089;
    let [x, y, z] =
        [x, y, z].map(|value: f64| if value > 0.008856 { value.cbrt() } else { 7.787 * value + 16.0 / 116.0 });
    [116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)]
}
