//! Evaluates a model under triggers.
