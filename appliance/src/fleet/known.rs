//! Which box a file tells of. A box is known by its id, whatever it is called; a file without one is by a version that told none.

use std::collections::{BTreeMap, BTreeSet};

use super::packed::{Packed, Support};
use super::receipt::Receipt;
use crate::archive::BoxId;

/// What is told of one box.
#[derive(Debug, Default)]
pub(super) struct Told {
    pub id: Option<BoxId>,
    pub supports: Vec<Support>,
    pub receipts: Vec<Receipt>,
}

/// Puts together what tells of the same box. What tells only a name is of the one box that is known by an id and was ever called so; where
/// several were, or none, it is of a box of its own.
pub(super) fn by_box(told: Vec<Packed>) -> Vec<Told> {
    let mut called: BTreeMap<String, BTreeSet<BoxId>> = BTreeMap::new();
    for packed in &told {
        if let Some(id) = packed.box_id() {
            called.entry(packed.name().to_owned()).or_default().insert(id);
        }
    }
    let only = |name: &str| match called.get(name) {
        Some(ids) if ids.len() == 1 => ids.first().copied(),
        _ => None,
    };
    let mut boxes: BTreeMap<(Option<BoxId>, Option<String>), Told> = BTreeMap::new();
    for packed in told {
        let id = packed.box_id().or_else(|| only(packed.name()));
        let name = id.is_none().then(|| packed.name().to_owned());
        let known = boxes.entry((id, name)).or_insert(Told { id, ..Told::default() });
        match packed {
            Packed::Receipt(receipt) => known.receipts.push(receipt),
            Packed::Support(support) => known.supports.push(support),
        }
    }
    boxes.into_values().collect()
}
