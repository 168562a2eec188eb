//! Where a document of several bulletins splits.
