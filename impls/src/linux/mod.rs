//! The parts of the Linux page cache that the models share.
