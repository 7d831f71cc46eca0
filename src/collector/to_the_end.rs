//! Work that is finished even when whoever waits for it goes away.

use std::pin::Pin;
use std::task::{Context, Poll};
use tokio::runtime::Handle;
use tokio_util::task::TaskTracker;

/// Runs where it is awaited, which spares every request a task of its own. When it is given up, the rest runs as one.
pub(super) struct ToTheEnd<T: Send + 'static> {
    future: Option<Pin<Box<dyn Future<Output = T> + Send>>>,
    under_way: TaskTracker,
}

impl<T: Send + 'static> ToTheEnd<T> {
    /// The rest of `future` becomes a task of `under_way`.
    pub fn new(future: Pin<Box<dyn Future<Output = T> + Send>>, under_way: TaskTracker) -> Self {
        Self { future: Some(future), under_way }
    }
}

impl<T: Send + 'static> Future for ToTheEnd<T> {
    type Output = T;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<T> {
        let this = self.get_mut();
        // What panics is not run again.
        let Some(mut future) = this.future.take() else { return Poll::Pending };
        let polled = future.as_mut().poll(cx);
        if polled.is_pending() {
            this.future = Some(future);
        }
        polled
    }
}

impl<T: Send + 'static> Drop for ToTheEnd<T> {
    fn drop(&mut self) {
        if let (Some(future), Ok(runtime)) = (self.future.take(), Handle::try_current()) {
            drop(self.under_way.spawn_on(future, &runtime));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;
    use tokio::sync::oneshot;

    #[tokio::test]
    async fn what_is_given_up_is_finished_as_a_task() {
        let under_way = TaskTracker::new();
        let (go, wait) = oneshot::channel::<()>();
        let (done, told) = oneshot::channel();
        let work = Box::pin(async move {
            wait.await.expect("go");
            done.send(7).expect("somebody listens");
        });
        let mut work = Box::pin(ToTheEnd::new(work, under_way.clone()));
        tokio::select! {
            biased;
            () = &mut work => panic!("nothing lets it go on"),
            () = std::future::ready(()) => {}
        }
        assert!(under_way.is_empty(), "it needs no task of its own");
        drop(work);
        assert_eq!(under_way.len(), 1);
        go.send(()).expect("it waits");
        assert_eq!(tokio::time::timeout(Duration::from_secs(10), told).await.expect("in time"), Ok(7));
    }

    #[tokio::test]
    async fn what_is_finished_leaves_no_task() {
        let under_way = TaskTracker::new();
        assert_eq!(ToTheEnd::new(Box::pin(async { 7 }), under_way.clone()).await, 7);
        assert!(under_way.is_empty());
    }
}
