//! What whole configurations make of a node.
mod course;
