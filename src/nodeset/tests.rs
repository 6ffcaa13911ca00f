mod folding;
mod grammar;
mod laws;

use super::*;

fn names(text: &str) -> Vec<String> {
    expand(text, &Meanings::default()).expect("a good node set")
}

fn folded(list: &[&str]) -> String {
    fold(list, &Folding::default()).expect("names that fold")
}
