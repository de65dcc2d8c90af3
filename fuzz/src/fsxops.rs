//! fsx operation files.
