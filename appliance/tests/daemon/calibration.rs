//! A site's own operating point, from the first reading to the film that is decided by it, by the real program.

use std::fs;
use std::process::{Command, Output};

use super::Clinic;

/// `fieldray calibrate` in this clinic.
fn calibrate(clinic: &Clinic, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_fieldray"))
        .arg("calibrate")
        .args(arguments)
        .arg("--archive")
        .arg(clinic.archive())
        .output()
        .unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(if output.status.success() { &output.stdout } else { &output.stderr }).into_owned()
}

#[test]
fn a_point_is_chosen_by_readings_and_decides_the_next_film() {
    let clinic = Clinic::new();
    let nothing = calibrate(&clinic, &["show"]);
    assert!(!nothing.status.success() && said(&nothing).contains("there is no archive"), "{}", said(&nothing));

    let films = clinic.hands(41, 320);
    let watched = clinic.path("watched");
    fs::create_dir(&watched).unwrap();
    for film in &films[..40] {
        fs::copy(film, watched.join(film.file_name().unwrap())).unwrap();
    }
    clinic.settle(&format!("[watch]\nfolder = \"{}\"\nevery_s = 1", watched.display()));
    let _daemon = clinic.start();
    let history = clinic.history_of(40);
    let decided = history.iter().filter(|line| !line["operating_point"].is_null()).count();

    // The sheet does not say what the box said.
    let sheet = said(&calibrate(&clinic, &["sheet"]));
    assert_eq!(sheet.lines().count(), decided + 1, "{sheet}");
    assert!(!sheet.contains("probability") && sheet.lines().skip(1).all(|line| line.ends_with(",hand,dx,")), "{sheet}");

    // A reader whose readings follow the box's own order: every second film from the highest probability down is abnormal.
    let mut lines: Vec<&serde_json::Value> = history.iter().filter(|line| !line["operating_point"].is_null()).collect();
    lines.sort_by(|a, b| b["probability"].as_f64().unwrap().total_cmp(&a["probability"].as_f64().unwrap()));
    let reading = |sha256: &str| {
        let rank = lines.iter().position(|line| line["sha256"] == sha256).unwrap();
        if rank % 2 == 0 { "abnormal" } else { "Normal" }
    };
    let filled: String = sheet
        .lines()
        .enumerate()
        .map(|(row, line)| match row {
            0 => format!("{line}\n"),
            _ => format!("{line}{}\n", reading(line.split(',').next().unwrap())),
        })
        .collect();
    let path = clinic.path("sheet.csv");
    let enter = |text: &str| {
        fs::write(&path, text).unwrap();
        calibrate(&clinic, &["enter", path.to_str().unwrap(), "--by", "Dr Okoye"])
    };
    let wrong = enter(&filled.replace("abnormal", "broken"));
    assert!(said(&wrong).contains("'broken' is no reading"), "{}", said(&wrong));
    let unknown = enter("sha256,reading\nabc,normal\n");
    assert!(said(&unknown).contains("no film with SHA-256 abc"), "{}", said(&unknown));
    let early = calibrate(
        &clinic,
        &["choose", "--region", "hand", "--input", "dx", "--normal-below", "0", "--abnormal-from", "1", "--by", "A"],
    );
    assert!(said(&early).contains("read at least 10 of each first"), "{}", said(&early));
    assert!(enter(&filled).status.success());
    assert_eq!(said(&calibrate(&clinic, &["sheet"])).lines().count(), 1);

    // The figures at the median, counted here once more.
    let table: serde_json::Value = serde_json::from_str(&said(&calibrate(&clinic, &["table", "--json"]))).unwrap();
    let at = &table["thresholds"][decided / 2];
    let threshold = at["threshold"].as_f64().unwrap();
    let abnormal: Vec<f64> = lines.iter().step_by(2).map(|line| line["probability"].as_f64().unwrap()).collect();
    let found = abnormal.iter().filter(|probability| **probability >= threshold).count();
    assert_eq!(at["sensitivity"]["value"], found as f64 / abnormal.len() as f64);

    // Everything is to be called abnormal, and the next film is.
    let chosen = calibrate(
        &clinic,
        &[
            "choose",
            "--region",
            "hand",
            "--input",
            "dx",
            "--normal-below",
            "0",
            "--abnormal-from",
            "0",
            "--by",
            "Dr Okoye",
        ],
    );
    assert!(chosen.status.success(), "{}", said(&chosen));
    let shown = said(&calibrate(&clinic, &["show"]));
    assert!(
        shown.contains("hand, dx: normal below 0, abnormal from 0, chosen by Dr Okoye at 2")
            && shown.contains("active"),
        "{shown}"
    );
    fs::copy(&films[40], watched.join("one-more.dcm")).unwrap();
    let history = clinic.history_of(41);
    let last = history.iter().find(|line| line["sender"].as_str().unwrap().contains("one-more")).unwrap();
    assert_eq!(
        (&last["decision"], &last["operating_point"]["abnormal_from"]),
        (&"abnormal".into(), &0.0.into()),
        "{last}"
    );

    let withdrawn = calibrate(&clinic, &["withdraw", "--region", "hand", "--input", "dx", "--by", "Dr Okoye"]);
    assert!(withdrawn.status.success(), "{}", said(&withdrawn));
    assert!(said(&calibrate(&clinic, &["show"])).contains("withdrawn"));
    let log = fs::read_to_string(clinic.archive().join("audit.jsonl")).unwrap();
    for deed in ["self-checked", "readings-entered", "operating-point-chosen"] {
        assert!(log.contains(&format!(r#""what":"{deed}""#)), "{deed}");
    }
    // Commands wrote into the log of a daemon that ran, and it went on behind them.
    clinic.verified_log().unwrap();
}
