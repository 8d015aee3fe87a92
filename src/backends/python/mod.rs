//! Python.
mod loops;
