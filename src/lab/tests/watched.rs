//! Whoever listens to a lab: what they hear, how it goes with time, and when it ends.
use super::{Home, home};
use crate::{
    clock::Clock as _,
    fault::Kind,
    http::Locate as _,
    lab::{Control, Lab, Say},
};
use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<String>>>);

impl Lines {
    fn say(&self) -> Say {
        let its = self.0.clone();
        Box::new(move |line| its.lock().expect("no panic").push(line.to_owned()))
    }

    fn take(&self) -> Vec<String> {
        std::mem::take(&mut *self.0.lock().expect("no panic"))
    }
}

/// A lab to be listened to, and another session's way to it.
async fn two(home: &Home) -> (Lab, Lab) {
    let (owner, guest) = (home.lab(), home.lab());
    for lab in [&owner, &guest] {
        lab.base().await.expect("the lab is found");
    }
    (owner, guest)
}

#[tokio::test]
async fn whoever_makes_time_pass_has_heard_what_happened_in_it() {
    let home = home();
    let (owner, guest) = two(&home).await;
    for lab in [owner, guest] {
        let (control, lines) = (Control::new(lab.clone()), Lines::default());
        let names = |names: &[&str]| names.iter().map(ToString::to_string).collect::<Vec<_>>();
        let only = names(&["x1000c0s0b0n0"]);
        control
            .listen(Some(&only), lines.say())
            .await
            .expect("it is there");
        let switched = names(&["compute1", "compute2"]);
        control
            .power(&switched, "on")
            .await
            .expect("they are there");
        let on = "compute1  power        it was switched on";
        assert_eq!(lines.take(), [on]);
        lab.sleep(Duration::from_secs(40)).await.expect("it passes");
        let seen = lines.take();
        assert!(seen[0].starts_with("compute1  offer  "), "{seen:?}");
        assert!(seen.iter().all(|it| it.starts_with("compute1 ")));
        control.power(&switched, "off").await.expect("there");
        assert_eq!(lines.take(), ["compute1  power        it was switched off"]);
        assert!(lab.hush() && !lab.hush());
        control.power(&switched, "on").await.expect("there");
        control.power(&switched, "off").await.expect("there");
        assert!(lines.take().is_empty());
    }
}

#[tokio::test]
async fn who_listens_anew_listens_to_that_alone() {
    let home = home();
    let lab = home.fresh();
    let (control, before, lines) = (
        Control::new(lab.clone()),
        Lines::default(),
        Lines::default(),
    );
    let unknown = ["compute99".to_owned()];
    let fault = control.listen(Some(&unknown), before.say()).await;
    let fault = fault.expect_err("there is no such machine");
    assert_eq!(fault.kind, Kind::NotFound);
    assert!(!lab.hush());
    for said in [before.say(), lines.say()] {
        control.listen(None, said).await.expect("it is there");
    }
    control
        .power(&["compute3".to_owned()], "on")
        .await
        .expect("it is there");
    assert_eq!((before.take().len(), lines.take().len()), (0, 1));
}

#[tokio::test]
async fn a_lab_that_goes_away_is_told_once() {
    let home = home();
    let (owner, guest) = two(&home).await;
    let (control, lines) = (Control::new(guest.clone()), Lines::default());
    control
        .listen(None, lines.say())
        .await
        .expect("it is there");
    owner.close().expect("everything is on the disk");
    let mut seen = Vec::new();
    for _ in 0..500 {
        seen = lines.take();
        if !seen.is_empty() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert!(
        matches!(&seen[..], [one] if one.starts_with("the lab is gone")),
        "{seen:?}"
    );
    assert!(!guest.hush());
    control
        .power(&["compute1".to_owned()], "on")
        .await
        .expect("it took its place");
    assert!(lines.take().is_empty());
}

#[tokio::test]
async fn who_listens_hears_that_all_was_replaced() {
    let home = home();
    let lab = home.fresh();
    let (control, lines) = (Control::new(lab.clone()), Lines::default());
    let three = ["compute3".to_owned()];
    control.power(&three, "on").await.expect("it is there");
    control.snapshot("on").await.expect("taken");
    control
        .listen(None, lines.say())
        .await
        .expect("it is there");
    for replaced in [
        control.reset(None).await.map(|_| ()),
        control.restore("on").await.map(|_| ()),
    ] {
        replaced.expect("done");
    }
    control.power(&three, "off").await.expect("it is there");
    let seen = lines.take();
    let (last, before) = seen.split_last().expect("lines");
    assert_eq!(last, "compute3  power        it was switched off");
    let reset = |it: &String| it.starts_with("the lab was put in another state");
    assert!(before.len() == 2 && before.iter().all(reset), "{seen:?}");
}
