//! The grey text: the rest of the newest earlier input that begins as the line does, unless that one failed.
use super::keys::Known;
use rustyline::{Context, history::SearchDirection};

pub(super) fn earlier(
    line: &str,
    pos: usize,
    context: &Context<'_>,
    known: &Known,
) -> Option<String> {
    if line.is_empty() || pos < line.len() {
        return None;
    }
    let history = context.history();
    // Where one was called back, those before it.
    let mut end = context.history_index().min(history.len());
    while let Some(start) = end.checked_sub(1) {
        let found = history.starts_with(line, start, SearchDirection::Reverse);
        let found = found.ok().flatten()?;
        if found.entry == line {
            return None;
        }
        if !known.failed(&found.entry) {
            let rest = found.entry[pos..].split('\n').next()?;
            return (!rest.is_empty()).then(|| rest.to_owned());
        }
        end = found.idx;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use rustyline::history::{DefaultHistory, History as _};

    #[test]
    fn an_input_that_failed_is_not_proposed() {
        let mut history = DefaultHistory::new();
        for input in ["smd.group.list()", "smd.group.get 'io'", "smd.group.lst()"] {
            assert!(history.add(input).expect("room"));
        }
        let (known, context) = (Known::default(), Context::new(&history));
        let proposed = |line: &str| earlier(line, line.len(), &context, &known);
        assert_eq!(proposed("smd.group.l").as_deref(), Some("st()"));
        known.run("smd.group.lst()");
        known.fail();
        assert_eq!(proposed("smd.group.l").as_deref(), Some("ist()"));
        known.run("smd.group.list()");
        known.fail();
        assert_eq!(proposed("smd.group.l"), None);
        assert_eq!(proposed("smd.group.").as_deref(), Some("get 'io'"));
        assert_eq!(proposed(""), None);
    }
}
