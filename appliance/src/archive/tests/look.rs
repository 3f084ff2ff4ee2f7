//! What those who look back and judge rely on.

use fieldray_common::screening::RegionSource;

use super::*;

#[test]
fn a_study_is_reviewed_when_each_of_its_answers_is() {
    let folder = tempfile::tempdir().unwrap();
    let archive = Archive::open(folder.path(), ROOMY).unwrap();
    let [one, other] = ["1.1", "1.2"].map(|uid| admitted(&archive, &identity(uid, "1"), uid.as_bytes()));
    assert_eq!(archive.review(one).unwrap(), Reviewed::NoAnswer);
    for image in [one, other] {
        answer(&archive, image).unwrap();
    }
    let reviewed = || archive.page("", 0, 9).unwrap().lines.iter().map(|line| line.reviewed).collect::<Vec<_>>();
    assert!(
        matches!(archive.review(one).unwrap(), Reviewed::Now(image) if image.sop_instance.as_deref() == Some("1.1"))
    );
    assert_eq!(archive.review(one).unwrap(), Reviewed::Before);
    assert_eq!((reviewed(), archive.unreviewed().unwrap()), (vec![false, true], 1));
    assert!(room::oldest_reviewed(&archive.state().database).unwrap().is_none());
    archive.review(other).unwrap();
    assert!(room::oldest_reviewed(&archive.state().database).unwrap().is_some());
    // What comes later is to be judged, too.
    admitted(&archive, &identity("1.3", "1"), b"1.3");
    assert!(room::oldest_reviewed(&archive.state().database).unwrap().is_none());
}

#[test]
fn answers_are_found_by_digits_a_page_at_a_time_and_shown_again() {
    let folder = tempfile::tempdir().unwrap();
    let archive = Archive::open(folder.path(), ROOMY).unwrap();
    let mut images = Vec::new();
    for (number, patient) in [Some("20-1187"), Some("20-1186"), None, Some("7118")].into_iter().enumerate() {
        let uid = format!("1.{number}");
        let whose = Identity { patient_id: patient.map(str::to_owned), ..identity(&uid, &number.to_string()) };
        images.push(admitted(&archive, &whose, uid.as_bytes()));
        answer(&archive, images[number]).unwrap();
    }
    let found = |digits, before, count| {
        let page = archive.page(digits, before, count).unwrap();
        (page.lines.iter().map(|line| line.image).collect::<Vec<_>>(), page.whole)
    };
    assert_eq!(found("", 0, 2), (vec![images[3], images[2]], 4));
    assert_eq!(found("", 2, 2), (vec![images[1], images[0]], 4));
    assert_eq!(found("118", 0, 9), (vec![images[3], images[1], images[0]], 3));
    assert_eq!(found("201187", 0, 9), (vec![images[0]], 1));
    assert_eq!(found("4711", 0, 9), (vec![], 0));

    let kept = archive.kept(images[0]).unwrap().unwrap();
    assert_eq!((kept.patient.as_deref(), kept.account), (Some("20-1187"), an_answer().account));
    assert_eq!(fs::read(kept.film.unwrap()).unwrap(), b"1.0");
    assert_eq!(fs::read(kept.heatmap.unwrap()).unwrap(), [7; 10]);
    assert_eq!(archive.study_of(images[0]).unwrap(), [images[0]]);
}

#[test]
fn an_answer_without_a_region_is_given_anew_once_and_is_to_be_judged_again() {
    let folder = tempfile::tempdir().unwrap();
    let archive = Archive::open(folder.path(), ROOMY).unwrap();
    let image = admitted(&archive, &identity("1.1", "1"), b"a film");
    assert_eq!(archive.begin_again(image).unwrap(), None, "it has no answer yet");
    answer(&archive, image).unwrap();
    archive.review(image).unwrap();
    let used_bytes = archive.used_bytes();

    let waiting = archive.begin_again(image).unwrap().unwrap();
    let named =
        Answer { region: Some(("leg".into(), RegionSource::Given)), heatmap_png: Some(vec![9; 4]), ..an_answer() };
    archive.answer_again(&waiting, &named).unwrap();
    let kept = archive.kept(image).unwrap().unwrap();
    assert_eq!(
        (kept.screened.region.as_deref(), kept.screened.region_source),
        (Some("leg"), Some(RegionSource::Given))
    );
    assert!(!kept.reviewed && room::oldest_reviewed(&archive.state().database).unwrap().is_none());
    let counted = room::used_bytes(&archive.state().database).unwrap();
    assert_eq!((archive.used_bytes(), counted), (used_bytes - 6, used_bytes - 6));
    assert_eq!(archive.begin_again(image).unwrap(), None, "its region is known");
    assert_eq!((told(&folder).len(), archive.waiting().unwrap()), (1, vec![]));
}
