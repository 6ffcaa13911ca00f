//! The lab's time: wall time plus all advances, or standing still between them; and the work that falls due in it.
use super::wall::Wall;
use crate::{
    clock::{Clock, Pending},
    fault::Fault,
    services::site::{Job, Timer},
};
use jiff::{RoundMode, SignedDuration, Timestamp, TimestampRound, Unit};
use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};
use tokio::sync::{Mutex as Turn, Notify, oneshot};

/// How often the machine's clock is looked at while something is due.
const LOOK: Duration = Duration::from_secs(1);

pub(crate) struct LabClock {
    /// Where a standing clock began; none: the wall's.
    stands: Option<Timestamp>,
    wall: Wall,
    /// All advances, in nanoseconds.
    advanced: AtomicU64,
    /// Where an advance under way ends; what the disk knows.
    promised: AtomicU64,
    due: Mutex<BTreeMap<(Timestamp, u64), Job>>,
    count: AtomicU64,
    /// One at a time makes time pass: work that falls due is done in its order.
    hand: Turn<()>,
    /// Something new is due.
    news: Notify,
    /// Nothing is done any more.
    ended: AtomicBool,
}

impl LabClock {
    /// A private lab's clock stands still between advances, from the same moment in each run; others go with the wall.
    pub(crate) fn of(fresh: bool, advanced: u64) -> Self {
        Self::new(fresh.then(standing_from), advanced)
    }

    pub(crate) fn new(stands: Option<Timestamp>, advanced: u64) -> Self {
        Self {
            stands,
            wall: Wall::default(),
            advanced: AtomicU64::new(advanced),
            promised: AtomicU64::new(advanced),
            due: Mutex::default(),
            count: AtomicU64::new(0),
            hand: Turn::new(()),
            news: Notify::new(),
            ended: AtomicBool::new(false),
        }
    }

    /// How far the lab is ahead of the machine's clock, or of where it stands.
    /// Now, in whole milliseconds: what people read is no finer.
    pub(crate) fn moment(&self) -> Timestamp {
        let whole = TimestampRound::new()
            .smallest(Unit::Millisecond)
            .mode(RoundMode::Trunc);
        let now = self.now();
        now.round(whole).unwrap_or(now)
    }

    pub(crate) fn advanced(&self) -> u64 {
        self.ahead(self.sum())
    }

    /// The same, as it lasts whatever happens to this process.
    pub(crate) fn promised(&self) -> u64 {
        self.ahead(self.promised.load(Ordering::Acquire))
    }

    /// The same after advances of that sum.
    pub(crate) fn ahead(&self, sum: u64) -> u64 {
        sum.saturating_add(self.slip())
    }

    /// What the machine's clock was set back by while this lab was looking; counted as if it had been advanced.
    pub(crate) fn slip(&self) -> u64 {
        self.wall.slip()
    }

    /// Time was there already.
    pub(crate) fn not_before(&self, wall: Timestamp) {
        self.wall.not_before(wall);
    }

    /// What a clock that moves must be ahead of the machine's to go on from here.
    pub(crate) fn handed_on(&self) -> u64 {
        if self.moves() {
            return self.promised();
        }
        let ahead = self.now().duration_since(self.wall.now()).as_nanos();
        u64::try_from(ahead).unwrap_or(0)
    }

    fn sum(&self) -> u64 {
        self.advanced.load(Ordering::Acquire)
    }

    pub(crate) fn promise(&self, sum: u64) {
        self.promised.store(sum, Ordering::Release);
    }

    /// Puts the clock where a stored state says it was.
    pub(crate) fn set_advanced(&self, advanced: u64) {
        self.promise(advanced);
        self.step(advanced);
    }

    fn step(&self, advanced: u64) {
        self.advanced.store(advanced, Ordering::Release);
    }

    pub(crate) fn moves(&self) -> bool {
        self.stands.is_none()
    }

    fn base(&self) -> Timestamp {
        self.stands.unwrap_or_else(|| self.wall.now())
    }

    fn due(&self) -> MutexGuard<'_, BTreeMap<(Timestamp, u64), Job>> {
        self.due.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The sum of advances after one more; refused beyond the year 9999.
    pub(crate) fn after_advance(&self, span: Duration) -> Result<u64, Fault> {
        let far = || {
            Fault::bad_argument("the clock cannot be advanced that far")
                .hint("seconds, such as 60 or 0.5; the calendar ends with the year 9999")
        };
        let span = u64::try_from(span.as_nanos()).map_err(|_| far())?;
        let sum = self.sum().checked_add(span).ok_or_else(far)?;
        let reach = SignedDuration::try_from(Duration::from_nanos(sum)).map_err(|_| far())?;
        self.base().checked_add(reach).map_err(|_| far())?;
        Ok(sum)
    }

    /// Lets `span` pass, stopping at each moment something is due until that is done. `promise` makes the new sum of
    /// advances last before anything happens.
    pub(crate) async fn advance(
        &self,
        span: Duration,
        promise: impl FnOnce(u64) -> Result<(), Fault>,
    ) -> Result<Timestamp, Fault> {
        let _hand = self.hand.lock().await;
        let sum = self.after_advance(span)?;
        promise(sum)?;
        let until = plus(self.base(), sum);
        while let Some((at, job)) = self.next_until(until) {
            let step = at.duration_since(self.base()).as_nanos();
            let step = u64::try_from(step).unwrap_or(0);
            self.step(step.clamp(self.sum(), sum));
            job().await;
        }
        self.step(sum);
        Ok(self.now())
    }

    fn next_until(&self, until: Timestamp) -> Option<(Timestamp, Job)> {
        let mut due = self.due();
        let first = due.first_entry().filter(|first| first.key().0 <= until)?;
        let ((at, _), job) = first.remove_entry();
        Some((at, job))
    }

    /// Has `job` done once `span` has passed; whoever advances the clock over that moment waits for it.
    pub(crate) fn after(
        &self,
        span: Duration,
        job: impl FnOnce() -> Pending<'static, ()> + Send + 'static,
    ) {
        if self.ended.load(Ordering::Acquire) {
            return;
        }
        let nanos = u64::try_from(span.as_nanos()).unwrap_or(u64::MAX);
        let number = self.count.fetch_add(1, Ordering::Relaxed);
        self.due()
            .insert((plus(self.now(), nanos), number), Box::new(job));
        self.news.notify_one();
    }

    /// Drops what is due: work holds the services, and they hold the clock.
    pub(crate) fn end(&self) {
        self.ended.store(true, Ordering::Release);
        self.due().clear();
    }

    /// Does what falls due while time passes by itself; for a clock that moves.
    pub(crate) async fn run(self: Arc<Self>) {
        loop {
            let first = self.due().first_key_value().map(|((at, _), _)| *at);
            let wait = first.map(|at| {
                let left = at.duration_since(self.now());
                Duration::try_from(left).unwrap_or_default()
            });
            match wait {
                Some(wait) if wait.is_zero() => {
                    let _hand = self.hand.lock().await;
                    while let Some((_, job)) = self.next_until(self.now()) {
                        job().await;
                    }
                }
                Some(wait) => {
                    // A machine's clock may be set, or the machine have slept.
                    let wait = wait.min(LOOK);
                    let _ = tokio::time::timeout(wait, self.news.notified()).await;
                }
                None => self.news.notified().await,
            }
        }
    }
}

fn standing_from() -> Timestamp {
    // 2026-01-01T00:00:00Z
    Timestamp::from_second(1_767_225_600).unwrap_or(Timestamp::UNIX_EPOCH)
}

/// A moment so much later; the last there is when that is beyond the calendar.
pub(super) fn plus(moment: Timestamp, nanos: u64) -> Timestamp {
    let span = SignedDuration::try_from(Duration::from_nanos(nanos));
    span.ok()
        .and_then(|span| moment.checked_add(span).ok())
        .unwrap_or(Timestamp::MAX)
}

impl Clock for LabClock {
    fn now(&self) -> Timestamp {
        plus(self.base(), self.sum())
    }

    /// For services: waits until the time has come. (A shell's `sleep` makes it come.)
    fn sleep(&self, span: Duration) -> Pending<'_, Result<(), Fault>> {
        let (done, wait) = oneshot::channel();
        self.after(span, move || {
            // Nobody waits any more: then nothing is to be done.
            let _ = done.send(());
            Box::pin(async {})
        });
        Box::pin(async move {
            wait.await
                .map_err(|_| Fault::internal("the lab's clock stopped"))
        })
    }
}

impl Timer for LabClock {
    fn after(&self, span: Duration, job: Job) {
        Self::after(self, span, job);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn standing() -> Arc<LabClock> {
        let begin = Timestamp::from_second(1_000_000).expect("within the calendar");
        Arc::new(LabClock::new(Some(begin), 0))
    }

    fn seconds(span: f64) -> Duration {
        Duration::from_secs_f64(span)
    }

    #[tokio::test]
    async fn a_standing_clock_moves_only_when_advanced() {
        let clock = standing();
        let before = clock.now();
        clock
            .advance(seconds(1.5), |_| Ok(()))
            .await
            .expect("allowed");
        assert_eq!(clock.now().duration_since(before).as_millis(), 1500);
    }

    #[tokio::test]
    async fn work_is_done_at_its_moment_and_in_order_before_the_advance_answers() {
        let clock = standing();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let start = clock.now();
        for span in [30, 10, 90, 20] {
            let (seen, at) = (seen.clone(), clock.clone());
            clock.after(Duration::from_secs(span), move || {
                Box::pin(async move {
                    tokio::task::yield_now().await;
                    let passed = at.now().duration_since(start).as_secs();
                    seen.lock().expect("no panic").push(passed);
                })
            });
        }
        clock
            .advance(seconds(60.0), |_| Ok(()))
            .await
            .expect("allowed");
        assert_eq!(*seen.lock().expect("no panic"), [10, 20, 30]);
    }

    #[tokio::test]
    async fn a_promise_that_fails_stops_time() {
        let clock = standing();
        let before = clock.now();
        let refused = clock
            .advance(seconds(5.0), |_| Err(Fault::internal("disk full")))
            .await;
        assert!(refused.is_err());
        assert_eq!(clock.now(), before);
    }

    #[tokio::test]
    async fn nobody_leaves_the_calendar() {
        let clock = standing();
        let far = clock
            .advance(Duration::from_secs(u64::MAX), |_| Ok(()))
            .await;
        assert_eq!(
            far.expect_err("refused").kind,
            crate::fault::Kind::BadArgument
        );
    }

    #[tokio::test]
    async fn a_service_that_sleeps_is_woken_by_an_advance() {
        let clock = standing();
        let sleeper = clock.clone();
        let task = tokio::spawn(async move { sleeper.sleep(seconds(60.0)).await });
        while clock.due().is_empty() {
            tokio::task::yield_now().await;
        }
        clock
            .advance(seconds(60.0), |_| Ok(()))
            .await
            .expect("allowed");
        task.await.expect("no panic").expect("woken");
    }
}
