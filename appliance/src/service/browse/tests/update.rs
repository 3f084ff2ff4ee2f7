//! What the person at the display sees of updates.

use fieldray_common::link;

use super::*;
use crate::models::Change;
use crate::screen::{Again, Health, Notice, Phase, UpdateFault, UpdateState, Vital};
use crate::update::{News, Proposal, WentBack};

#[test]
fn an_update_is_offered_where_the_box_is_ready_and_results_come_through() {
    let mut person = person(9);
    person.face(Face::Ready);
    let changes = vec![Change::Model { from: "bones@1".into(), to: "bones@2".into() }];
    let proposal = Proposal { model: "bones@2".into(), changes: changes.clone(), signer: "workshop".into() };
    let page = |state| Page::Update(Update { changes: changes.clone(), signer: Some("workshop".into()), state });
    person.browse.news(News::Offered(proposal.clone()), person.now);
    // A key pressed at that moment was meant for something else.
    assert_eq!(person.goes([Action::Install]), page(UpdateState::Offered));
    person.face(Face::Result(image(1)));
    assert_eq!(person.page(), result(1, Layer::Heatmap, WayOut::Home));
    person.face(Face::Ready);
    assert!(matches!(person.goes([Action::Later]), Page::Ready { update: Notice::Waits, .. }));
    assert_eq!(person.goes([Action::Update]), page(UpdateState::Offered));
    person.waits(Duration::from_secs(1));
    assert_eq!(person.asks(Action::Install), Some(Errand::Update));

    person.browse.news(News::Running(link::Phase::Copy, 0.5), person.now);
    assert_eq!(person.page(), page(UpdateState::Running(Phase::Copy, 0.5)));
    person.goes([Action::Home]);
    person.browse.news(News::Running(link::Phase::Try, 0.1), person.now);
    assert!(matches!(person.page(), Page::Ready { update: Notice::Waits, .. }));
    person.browse.news(News::Installed(proposal), person.now);
    assert_eq!(person.page(), page(UpdateState::Installed));
}

#[test]
fn what_failed_can_be_tried_again_while_the_stick_is_there() {
    let mut person = person(0);
    person.face(Face::Ready);
    let failed = |again| {
        Page::Update(Update { changes: vec![], signer: None, state: UpdateState::Failed(UpdateFault::Pulled, again) })
    };
    person.browse.news(News::Declined(UpdateFault::Pulled), person.now);
    assert_eq!(person.page(), failed(Again::Possible));
    person.waits(Duration::from_secs(1));
    assert_eq!(person.asks(Action::TryAgain), Some(Errand::Update));
    person.browse.news(News::Withdrawn, person.now);
    assert_eq!(person.page(), failed(Again::Impossible));
    assert!(matches!(person.goes([Action::Home]), Page::Ready { update: Notice::Nothing, .. }));
}

#[test]
fn that_the_box_went_back_is_told_until_it_was_seen_and_that_a_model_took_over_for_a_while() {
    let mut person = person(0);
    person.face(Face::Ready);
    person.browse.health(vec![Health::well(Vital::CheckPassed)], SitePoint::None);
    person.browse.went_back(&WentBack { from: Some("bones@2".into()), to: "bones@1".into() });
    person.browse.took_over(Some("bones@0"), "bones@1", person.now);
    assert!(matches!(person.page(), Page::Update(Update { state: UpdateState::Done, .. })));
    let Page::Ready { health, update: Notice::Waits, .. } = person.waits(LEFT) else { panic!("not ready") };
    assert_eq!(health, [Health::attention(Vital::WentBack)]);
    assert!(matches!(person.goes([Action::Update]), Page::Update(Update { state: UpdateState::WentBack, .. })));
    assert_eq!(person.asks(Action::Home), Some(Errand::SeenWentBack));
    assert!(matches!(person.page(), Page::Ready { update: Notice::Nothing, .. }));
}
