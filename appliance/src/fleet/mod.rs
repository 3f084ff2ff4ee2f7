//! Many boxes at once, as far as paper and files tell of them.

mod receipt;

pub use receipt::{Held, Receipt, ReceiptError};
