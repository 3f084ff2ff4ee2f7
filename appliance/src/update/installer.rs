//! Who installs: looks at what is offered, and puts it into the store in a thread of its own, one at a time.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;

use fieldray_common::bundle::{Bundle, Manifest, Standing as KeyStanding, TrustedKey, archive, delta};
use fieldray_common::link::{self, Models, Phase, Standing};
use fieldray_common::screening::Agreement;
use tracing::{error, info, warn};

use super::news::{News, Progress, Proposal};
use super::stick::OnStick;
use crate::archive::{Archive, Records};
use crate::log::{AuditLog, Deed};
use crate::models::{Folder, Offer, Refusal, Slot, Store, StoreChoice, changes, prove, suspended, whole};
use crate::space::{Space, is_shared};

/// The first bytes of an update are read in pieces: `told` hears how much of how much is there.
type Read = Box<dyn FnOnce(&mut dyn FnMut(u64, u64)) -> Result<Vec<u8>, Refusal> + Send>;

/// A bundle that is to be installed.
pub struct Package {
    /// SHA-256 of its file, or of the delta, as it was announced.
    pub sha256: String,
    /// Who brings it, as the audit log says.
    pub who: String,
    /// Reads it.
    pub read: Read,
    /// Is done when it is installed, or refused for good.
    pub over: Box<dyn FnOnce() + Send>,
}

/// The store as it is now.
struct Opened {
    store: Store<Folder>,
    /// The keys that it knows.
    trusted: Vec<TrustedKey>,
    /// What is in the active slot, where that can be used.
    installed: Option<Bundle>,
}

/// Who installs.
pub struct Installer {
    store: Option<StoreChoice>,
    archive: Arc<Archive>,
    log: Arc<AuditLog>,
    tell: Box<dyn Fn(News) + Send + Sync>,
    /// The last installation: of which bundle, and how far it is.
    last: Mutex<Option<(String, Progress)>>,
    pub(super) on_stick: Mutex<Option<OnStick>>,
}

impl Installer {
    /// One for the store that the daemon screens from; without a store it refuses everything. `tell` hears
    /// what the display is to show.
    pub fn new(
        store: Option<StoreChoice>,
        archive: Arc<Archive>,
        log: Arc<AuditLog>,
        tell: impl Fn(News) + Send + Sync + 'static,
    ) -> Self {
        Self { store, archive, log, tell: Box::new(tell), last: Mutex::default(), on_stick: Mutex::default() }
    }

    /// What the bundle behind a head would bring, if this box may take it and has room for it; and how long that bundle is.
    pub fn foresee(&self, head: &[u8]) -> Result<(Proposal, u64), Refusal> {
        let Opened { trusted, installed, .. } = self.opened()?;
        let signed = Offer::foresee(head, &trusted, installed.as_ref())?;
        self.has_room_for(signed.bundle_bytes, 0)?;
        Ok((self.proposal(&signed.manifest, &signed.signer.name, installed.as_ref()), signed.bundle_bytes))
    }

    /// What a bundle, or a delta on the active one, would bring, if this box may take it.
    pub fn examine(&self, given: &[u8]) -> Result<Proposal, Refusal> {
        let Opened { trusted, installed, .. } = self.opened()?;
        let offer = Offer::examine(&whole(given, installed.as_ref())?, &trusted, installed.as_ref())?;
        Ok(self.proposal(offer.bundle().manifest(), offer.bundle().signer(), installed.as_ref()))
    }

    /// Whether a bundle may come, before it does.
    pub fn expect(&self, sha256: &str) -> Result<(), Refusal> {
        let Opened { store, trusted, installed } = self.opened()?;
        if matches!(&*self.last(), Some((_, Progress::Running(..)))) {
            return Err(Refusal::Busy);
        }
        if let Some(installed) = installed.filter(|installed| installed.sha256() == sha256) {
            return Err(Refusal::UpToDate(installed.manifest().id()));
        }
        if store.slots(&trusted)?.is_some_and(|slots| slots.idle().is_none()) {
            return Err(Refusal::OnTrial);
        }
        Ok(())
    }

    /// Whether a bundle of so many bytes fits into the store, and beside the archive what is still to come of it: it lies there until it is
    /// installed. What reviewed studies take on that disk counts as free, and stays.
    ///
    /// # Errors
    /// [`Refusal::Space`] where it does not.
    pub fn has_room_for(&self, bundle_bytes: u64, to_come_bytes: u64) -> Result<(), Refusal> {
        let (beside_archive, elsewhere) = match self.is_beside_archive()? {
            true => (bundle_bytes, 0),
            false => (0, Space::of(self.store_folder()?)?.missing_bytes(bundle_bytes)),
        };
        let beside = self.archive.space_to_be_had().map_err(io::Error::other)?;
        Refusal::unless_enough(beside.missing_bytes(to_come_bytes.saturating_add(beside_archive)).max(elsewhere))
    }

    /// Makes room beside the archive for so many bytes of a bundle, which come next: reviewed studies go, the oldest first.
    ///
    /// # Errors
    /// [`Refusal::Space`] where all of them would not be enough; then none went.
    pub fn make_room_for(&self, bytes: u64) -> Result<(), Refusal> {
        Refusal::unless_enough(self.archive.give_way_to(bytes).map_err(io::Error::other)?)
    }

    /// How far a bundle is; `None` where nothing is known of it.
    pub fn progress(&self, sha256: &str) -> Option<Progress> {
        self.last().as_ref().filter(|(known, _)| known == sha256).map(|(_, progress)| progress.clone())
    }

    /// Installs a bundle, in a thread of its own.
    ///
    /// # Errors
    /// [`Refusal::Busy`] while another is installed.
    pub fn begin(self: &Arc<Self>, package: Package) -> Result<(), Refusal> {
        let mut last = self.last();
        if matches!(&*last, Some((_, Progress::Running(..)))) {
            return Err(Refusal::Busy);
        }
        *last = Some((package.sha256.clone(), Progress::Running(Phase::Check, 0, 1)));
        drop(last);
        let this = Arc::clone(self);
        let begun = thread::Builder::new().name("update".into()).spawn(move || this.run(package));
        begun.map(drop).map_err(|error| {
            *self.last() = None;
            error.into()
        })
    }

    /// What a laptop is told of the slots.
    pub fn models(&self) -> Models {
        self.told_models().unwrap_or_else(|refusal| Models::NoStore { reason: refusal.to_string().as_str().into() })
    }

    /// The hashes of the files that a delta may build on: those of the active bundle.
    pub fn files(&self) -> Vec<delta::Hash> {
        let active = self.opened().ok().and_then(|opened| opened.installed);
        active.map(|bundle| delta::files_there(&bundle).into_keys().collect()).unwrap_or_default()
    }

    fn told_models(&self) -> Result<Models, Refusal> {
        let Opened { store, trusted, .. } = self.opened()?;
        let slots = store.slots(&trusted)?;
        let told = |slot: Slot| {
            let active = slots.is_some_and(|slots| slots.active() == Some(slot));
            let standing = match slots {
                Some(slots) if active && slots.on_trial() => Standing::OnTrial,
                Some(_) if active => Standing::Active,
                Some(slots) if slots.failed() == Some(slot) => Standing::Failed,
                _ => Standing::Idle,
            };
            let model = store.content(slot, &trusted).map(|bundle| bundle.manifest().id()).unwrap_or_default();
            link::Slot { model: model.as_str().into(), standing }
        };
        let vouches = trusted.iter().filter(|key| key.standing == KeyStanding::Trusted);
        let keys: Vec<&str> = vouches.map(|key| key.name.as_str()).collect();
        Ok(Models::Store {
            slots: Slot::ALL.map(told),
            keys: keys.join(", ").as_str().into(),
            free_bytes: match self.is_beside_archive()? {
                true => self.archive.space_to_be_had().map_err(io::Error::other)?.spare_bytes(),
                false => Space::of(self.store_folder()?)?.spare_bytes(),
            },
        })
    }

    fn run(&self, package: Package) {
        let Package { sha256, who, read, over } = package;
        // A model that ends its own try by a panic is refused like any other.
        let outcome = catch_unwind(AssertUnwindSafe(|| self.install(&sha256, read))).unwrap_or(Err(Refusal::Crashed));
        let progress = match &outcome {
            Ok((proposal, slot, agreement)) => {
                info!(who, model = proposal.model, slot = slot.name(), "a new model is installed");
                let deed = Deed::ModelInstalled { model: proposal.model.clone(), slot: slot.name().to_owned() };
                if let Err(error) = self.log.add(&who, deed) {
                    error!(%error, "the audit log cannot be written");
                }
                Progress::Installed(*slot, *agreement)
            }
            Err(refusal) => {
                let reason = refusal.to_string();
                warn!(who, reason, "the new model is not installed");
                if let Err(error) = self.log.add(&who, Deed::Refused { reason: reason.clone() }) {
                    error!(%error, "the audit log cannot be written");
                }
                Progress::Refused(reason)
            }
        };
        over();
        *self.last() = Some((sha256, progress));
        (self.tell)(match outcome {
            Ok((proposal, ..)) => News::Installed(proposal),
            Err(refusal) => News::Failed((&refusal).into()),
        });
    }

    fn install(&self, sha256: &str, read: Read) -> Result<(Proposal, Slot, Agreement), Refusal> {
        let goes_on = |phase, done: u64, of: u64| self.go_on(sha256, phase, done, of);
        goes_on(Phase::Check, 0, 1);
        let given = read(&mut |done, of| goes_on(Phase::Check, done, of))?;
        if archive::describe(&given).sha256 != sha256 {
            return Err(Refusal::Another);
        }
        let Opened { mut store, trusted, installed } = self.opened()?;
        let bytes = whole(&given, installed.as_ref())?;
        let offer = Offer::examine(&bytes, &trusted, installed.as_ref())?;
        let proposal = self.proposal(offer.bundle().manifest(), offer.bundle().signer(), installed.as_ref());
        let (length, films) = (bytes.len() as u64, offer.bundle().manifest().references.len() as u64);
        let mut agreement = Agreement::of(&[]);
        if self.is_beside_archive()? {
            self.make_room_for(length)?;
        }
        let mut copied = |written: usize| goes_on(Phase::Copy, written as u64, length);
        let slot = store.install(&bytes, &trusted, &mut copied, |bundle| {
            goes_on(Phase::Try, 0, films);
            agreement = prove(bundle, &mut |scored| goes_on(Phase::Try, scored as u64, films))?;
            Ok(())
        })?;
        Ok((proposal, slot, agreement))
    }

    fn go_on(&self, sha256: &str, phase: Phase, done: u64, of: u64) {
        *self.last() = Some((sha256.to_owned(), Progress::Running(phase, done, of)));
        self.tell(News::Running(phase, done as f64 / of.max(1) as f64));
    }

    fn proposal(&self, manifest: &Manifest, signer: &str, installed: Option<&Bundle>) -> Proposal {
        let mut changes = changes(manifest, installed.map(Bundle::manifest));
        match Records::open(self.archive.folder()).and_then(|records| suspended(&records)) {
            Ok(suspended) => changes.extend(suspended),
            Err(error) => warn!(%error, "which thresholds are suspended cannot be told"),
        }
        Proposal { model: manifest.id(), changes, signer: signer.to_owned() }
    }

    fn opened(&self) -> Result<Opened, Refusal> {
        let (store, trusted) = self.store.as_ref().ok_or(Refusal::NoStore)?.open()?;
        let installed = store.active(&trusted).unwrap_or(None);
        Ok(Opened { store, trusted, installed })
    }

    /// Whether the store lies on the disk of the archive.
    fn is_beside_archive(&self) -> Result<bool, Refusal> {
        Ok(is_shared(self.store_folder()?, self.archive.folder())?)
    }

    fn store_folder(&self) -> Result<&Path, Refusal> {
        Ok(self.store.as_ref().ok_or(Refusal::NoStore)?.folder())
    }

    pub(super) fn tell(&self, news: News) {
        (self.tell)(news);
    }

    fn last(&self) -> MutexGuard<'_, Option<(String, Progress)>> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
