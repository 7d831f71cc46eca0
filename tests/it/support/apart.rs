//! Long work beside other tests.

/// On threads of its own: what the tests beside it ask of the common ones would wait for the end of its work.
pub fn apart<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    rayon::ThreadPoolBuilder::new().build().expect("threads").install(work)
}
