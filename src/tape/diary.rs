//! What was typed in this session and what came of it, in little room, for a report.
use crate::secret;
use std::{
    collections::VecDeque,
    sync::{Mutex, PoisonError},
};

/// So many inputs are kept, and so many letters of each and of what came of it.
const KEPT: usize = 40;
const LETTERS: usize = 4000;

#[derive(Default)]
pub struct Diary(Mutex<VecDeque<(String, String)>>);

impl Diary {
    /// An input that is about to run.
    pub fn input(&self, text: &str) {
        let text = if secret::may_hold(text) {
            "(a line that may hold a secret)".to_owned()
        } else {
            cut(text)
        };
        self.change(|all| {
            if all.len() == KEPT {
                all.pop_front();
            }
            all.push_back((text, String::new()));
        });
    }

    /// What came of the last input.
    pub fn output(&self, text: &str) {
        let text = cut(&secret::hide_value(text));
        self.change(|all| {
            if let Some(last) = all.back_mut() {
                last.1 = text;
            }
        });
    }

    pub(super) fn all(&self) -> Vec<(String, String)> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.iter().cloned().collect()
    }

    fn change(&self, change: impl FnOnce(&mut VecDeque<(String, String)>)) {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(LETTERS) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
