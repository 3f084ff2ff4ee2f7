//! The box checks itself: at the start and once a day it scores the bundle's reference films, and says so if the model no longer gives
//! what the bundle promises, as it would with damaged memory or storage.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::Sender;
use std::thread;
use std::time::Duration;

use anyhow::Result;
use fieldray_common::bundle::Bundle;
use fieldray_common::screening::{Agreement, Model, rescore_watched};
use tracing::{error, info};

use super::desk::Event;
use super::{WHO, state};
use crate::archive::{BundleId, Records, SelfCheck};
use crate::clock::Timestamp;
use crate::log::{AuditLog, Deed};

/// From one check to the next.
const INTERVAL: Duration = Duration::from_secs(24 * 60 * 60);

/// Whoever checks.
pub(super) struct SelfChecker {
    pub records: Records,
    pub log: Arc<AuditLog>,
    pub model: Arc<Model>,
    /// Whether films may be screened, for whoever screens them.
    pub trusted: Arc<AtomicBool>,
}

impl SelfChecker {
    /// Checks now, and then from day to day in a thread of its own. `scored` hears of each film of the first check.
    pub fn start(self, bundle: Arc<Bundle>, events: Sender<Event>, scored: fn()) -> Result<()> {
        self.check(&bundle, &events, scored);
        thread::Builder::new().name("self-check".into()).spawn(move || {
            loop {
                thread::sleep(INTERVAL);
                self.check(&bundle, &events, || {});
            }
        })?;
        Ok(())
    }

    fn check(&self, bundle: &Bundle, events: &Sender<Event>, scored: fn()) {
        let check = self.scored(bundle, scored);
        let holds = check.holds();
        self.trusted.store(holds, Ordering::Relaxed);
        // Nobody listens any more when the program ends.
        let _ = events.send(Event::Box(state::Event::SelfChecked { holds }));
        match holds {
            true => info!(films = check.films, largest_difference = check.largest_difference, "self-check holds"),
            false => error!(films = check.films, agreeing = check.agreeing, "self-check fails; every film is referred"),
        }
        let deed = Deed::SelfChecked { films: check.films, agreeing: check.agreeing };
        let kept = self.records.add_self_check(&check).map_err(anyhow::Error::from);
        if let Err(error) = kept.and_then(|()| Ok(self.log.add(WHO, deed)?)) {
            error!(error = format!("{error:#}"), "the self-check cannot be written down");
        }
    }

    fn scored(&self, bundle: &Bundle, scored: fn()) -> SelfCheck {
        let films = bundle.manifest().references.len() as u64;
        let check = SelfCheck {
            bundle: BundleId { name: bundle.manifest().id(), sha256: bundle.sha256().to_owned() },
            films,
            agreeing: 0,
            largest_difference: 1.0,
            at: Timestamp::now(),
        };
        match rescore_watched(bundle, &self.model, &mut |_| scored()) {
            Ok(scored) => {
                let Agreement { agreeing, largest_difference, .. } = Agreement::of(&scored);
                SelfCheck { agreeing: agreeing as u64, largest_difference, ..check }
            }
            Err(error) => {
                error!(%error, "the reference films cannot be scored");
                check
            }
        }
    }
}
