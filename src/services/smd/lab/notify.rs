//! Telling subscribers: SMD POSTs to them what changed, in the background, up to three times.
//!
//! Nobody waits for a subscriber, and one that does not answer hurts nobody.
use super::{Lab, answer::Answer};
use crate::{
    http::{Base, Http},
    services::{
        site::Timer,
        smd::{store::Store, types::Notification},
    },
};
use std::{sync::Arc, time::Duration};

/// After a failure SMD waits so long, on the lab's clock.
const PAUSE: Duration = Duration::from_secs(5);

/// A subscriber has so long to answer, by the wall's clock.
const PATIENCE: Duration = Duration::from_secs(10);

/// Attempts in all.
const ATTEMPTS: u32 = 3;

impl Lab {
    /// Changes the store, and tells subscribers of it when the change is kept.
    pub(super) fn change(
        &self,
        change: impl FnOnce(&mut Store) -> Result<Answer, Answer>,
    ) -> Result<Answer, Answer> {
        let (answer, post) = self.shelf.write(|store| {
            let answer = change(store);
            // taken even when the change is not kept: then there is nothing to tell
            let news = store.take_news();
            let address = |news: Notification| (store.told(&news), news);
            answer.map(|answer| (answer, news.into_iter().map(address).collect::<Vec<_>>()))
        })?;
        for (urls, news) in post {
            for url in urls {
                let Ok(body) = serde_json::to_vec(&news) else {
                    continue;
                };
                let letter = Letter {
                    url,
                    body,
                    timer: Arc::clone(&self.timer),
                };
                letter.send(ATTEMPTS);
            }
        }
        Ok(answer)
    }
}

/// A notification on its way to one subscriber.
struct Letter {
    url: String,
    body: Vec<u8>,
    timer: Arc<dyn Timer>,
}

impl Letter {
    /// Sends in the background; what fails is sent again after a pause.
    fn send(self, attempts: u32) {
        let Ok(runtime) = tokio::runtime::Handle::try_current() else {
            return;
        };
        runtime.spawn(async move {
            if !self.arrives().await && attempts > 1 {
                let timer = Arc::clone(&self.timer);
                let again = move || -> crate::clock::Pending<'static, ()> {
                    Box::pin(async move { self.send(attempts - 1) })
                };
                timer.after(PAUSE, Box::new(again));
            }
        });
    }

    async fn arrives(&self) -> bool {
        // a client for each letter: it lives as long as the runtime that sends it
        let http = Http::at(Base::default());
        let request = http.url("POST", &self.url).open();
        let request = request.body(self.body.clone(), "application/json");
        let answer = request.timeout(PATIENCE).raw().await;
        answer.is_ok_and(|answer| answer.status == 200)
    }
}
