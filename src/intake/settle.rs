//! From a draft and hints to a submission.
