//! Films that are not what they should be, and disks that are full: one plain sentence each, and nothing that was computed is lost.

mod clinic;

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use clinic::Clinic;

impl Clinic {
    /// Learns the one backbone.
    fn learn(&self) -> Output {
        self.command("exec").output().unwrap()
    }

    /// The same on a disk that has no room for files above a size: what a full disk does to the write that finds it full. Shells do
    /// not agree on the unit of the limit: 512 or 1024 bytes.
    fn learn_with_files_up_to(&self, blocks: usize) -> Output {
        self.command(&format!("trap '' XFSZ; ulimit -f {blocks}; exec")).output().unwrap()
    }

    fn command(&self, before: &str) -> Command {
        let mut command = Command::new("sh");
        command.arg("-c").arg(format!("{before} \"$0\" \"$@\"")).arg(env!("CARGO_BIN_EXE_fieldray-train"));
        command
            .arg("run")
            .arg(self.path("clinic.toml"))
            .arg("--out")
            .arg(self.path("run"))
            .arg("--data")
            .arg(self.path(""));
        command.args(["--only", "squeezenet1_1"]);
        command
    }

    fn refusal(&self) -> String {
        let output = self.learn();
        assert!(!output.status.success(), "it was not refused");
        sentence(&output)
    }

    fn run_file(&self, name: &str) -> String {
        fs::read_to_string(self.path("run").join(name)).unwrap()
    }
}

fn sentence(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn succeeded(output: &Output) {
    assert!(output.status.success(), "{}", sentence(output));
}

#[test]
fn a_table_that_cannot_be_right_is_refused_before_anything_starts() {
    let cases: [(&str, &str, &[&str]); 4] = [
        ("hand-3.png", "hand-x.png", &["not there: clinic/hand-x.png; put the files back"]),
        (
            "hand-3.png,1,hand,3,learning",
            "hand-3.png,1,hand,3,hold-out",
            &[
                "clinic/hand-3.png is in the hold-out part",
                "leg-3.png in the learning part",
                "both are of clinic patient 3",
            ],
        ),
        ("hand-3.png,1", "hand-3.png,broken", &["the label 'broken' is neither normal (or 0) nor abnormal (or 1)"]),
        ("patient,split", "patient,spilt", &["unknown field `spilt`"]),
    ];
    for (from, to, wanted) in cases {
        let clinic = Clinic::new();
        clinic.edit("films.csv", from, to);
        let refusal = clinic.refusal();
        assert!(wanted.iter().all(|words| refusal.contains(words)), "{refusal}");
        assert!(!clinic.path("run").exists());
    }
}

#[test]
fn a_class_without_films_is_refused_before_anything_starts() {
    let clinic = Clinic::new();
    let table = fs::read_to_string(clinic.path("films.csv")).unwrap();
    let normal: Vec<&str> = table.lines().filter(|row| !row.contains("png,1,hand")).collect();
    fs::write(clinic.path("films.csv"), normal.join("\n")).unwrap();
    let refusal = clinic.refusal();
    assert!(
        refusal.contains("stage 2 (finetune)") && refusal.contains("and 0 abnormal films to learn from"),
        "{refusal}"
    );
}

#[test]
fn no_stage_sees_what_is_held_out_and_films_that_cannot_be_read_are_left_out() {
    let clinic = Clinic::new();
    // Patients 0, 1, 12, 13, … are held out: the first two broken films are learned from, the third is not.
    image::GrayImage::from_pixel(64, 64, image::Luma([90])).save(clinic.path("leg-2.png")).unwrap();
    for name in ["hand-3.png", "hand-1.png"] {
        let whole = fs::read(clinic.path(name)).unwrap();
        fs::write(clinic.path(name), &whole[..whole.len() / 2]).unwrap();
    }
    let refusal = clinic.refusal();
    assert!(
        refusal.contains("held out, but not to be judged: clinic/hand-1.png (the PNG file ends early"),
        "{refusal}"
    );

    // As soon as it is mended, the run goes on, without the other two.
    fs::copy(clinic.path("hand-13.png"), clinic.path("hand-1.png")).unwrap();
    succeeded(&clinic.learn());
    let log = clinic.run_file("log.txt");
    assert!(log.contains("left out clinic/leg-2.png: the film is blank"), "{log}");
    assert!(log.contains("left out clinic/hand-3.png: the PNG file ends early"), "{log}");

    let held_out = |id: &str| {
        let patient = id.strip_suffix(".png").and_then(|id| id.rsplit('-').next()?.parse::<u64>().ok());
        patient.is_some_and(|patient| patient % 12 < 2)
    };
    let learned_from = clinic.run_file("learned-from.txt");
    let of = |region: &str| learned_from.lines().filter(|id| id.starts_with(&format!("clinic/{region}"))).count();
    assert!(of("leg") > 30 && of("hand") > 30, "both stages note what they see: {learned_from}");
    assert!(!learned_from.lines().any(held_out), "{learned_from}");

    // A film that a stage has seen cannot be held out after all: neither by a table that has changed since, nor behind its back.
    let seen = learned_from.lines().find(|id| id.starts_with("clinic/hand")).unwrap();
    let patient = seen.trim_start_matches("clinic/hand-").trim_end_matches(".png");
    for region in ["hand", "leg"] {
        clinic.edit("films.csv", &format!("{region},{patient},learning"), &format!("{region},{patient},hold-out"));
    }
    let refusal = clinic.refusal();
    assert!(refusal.contains("have changed since"), "{refusal}");
    fs::remove_file(clinic.path("run/split.json")).unwrap();
    let refusal = clinic.refusal();
    assert!(refusal.contains("the run has learned from clinic/"), "{refusal}");
}

#[test]
fn a_full_disk_costs_only_what_did_not_fit() {
    let clinic = Clinic::new();
    let output = clinic.learn_with_files_up_to(50);
    let said = sentence(&output);
    assert!(!output.status.success() && said.contains("cannot keep prepared films in"), "{said}");
    assert!(said.contains("free some space, or name another folder with --grids, and run again"), "{said}");

    // Films fit, weights do not.
    let output = clinic.learn_with_files_up_to(1500);
    let said = sentence(&output);
    assert!(!output.status.success() && said.contains("if the disk is full, free some space and run again"), "{said}");
    assert!(left_over(&clinic.path("run/checkpoints")).is_empty(), "half a file is left");

    succeeded(&clinic.learn());
    assert!(clinic.path("run/backbones/squeezenet1_1.safetensors").exists());
}

/// Files that were not finished.
fn left_over(folder: &Path) -> Vec<PathBuf> {
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    files.filter(|path| path.file_name().unwrap().to_string_lossy().starts_with('.')).collect()
}

#[test]
fn a_damaged_checkpoint_gives_way_to_the_one_before_it() {
    let clinic = Clinic::new();
    succeeded(&clinic.learn());
    let (weights, checkpoint) = (
        clinic.path("run/backbones/squeezenet1_1.safetensors"),
        clinic.path("run/checkpoints/squeezenet1_1.safetensors"),
    );
    let learned = fs::read(&weights).unwrap();
    let damage = |path: &Path| {
        fs::remove_file(&weights).unwrap();
        let whole = fs::read(path).unwrap();
        fs::write(path, &whole[..whole.len() / 2]).unwrap();
    };

    damage(&checkpoint);
    succeeded(&clinic.learn());
    let log = clinic.run_file("log.txt");
    assert!(log.contains("the last checkpoint is damaged") && log.contains("the one before it is taken up"), "{log}");
    assert_eq!(fs::read(&weights).unwrap(), learned, "the weights are others");

    damage(&checkpoint);
    fs::write(clinic.path("run/checkpoints/squeezenet1_1.previous.safetensors"), "nothing").unwrap();
    let refusal = clinic.refusal();
    assert!(refusal.contains("cannot be taken up; delete it to start this backbone anew"), "{refusal}");
}
