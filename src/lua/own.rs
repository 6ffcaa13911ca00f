//! The natives of `lib-lua/session.lua`: the session as a script, long values, looking again and again.
use super::{guide::Guide, native::Natives, print::Printer};
use crate::clock::Span;
use serde::Deserialize;
use std::rc::Rc;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Watch {
    times: Option<u32>,
}

pub(crate) fn natives(n: &mut Natives, guide: &Rc<Guide>, printer: &Rc<Printer>) {
    let (guide, lua) = (Rc::clone(guide), n.lua().clone());
    n.sync("script", move |(): ()| guide.script(&lua));
    let its = Rc::clone(printer);
    n.sync("page", move |(text,): (String,)| {
        if its.screen.rows() > 0 {
            its.screen.add_page(text);
        } else {
            its.write(text.as_bytes());
            its.write(b"\n");
        }
        Ok(())
    });
    n.sync("times", |(options,): (Option<Watch>,)| {
        Ok(options.unwrap_or_default().times)
    });
    let its = Rc::clone(printer);
    n.sync("hold", move |(): ()| {
        its.hold();
        Ok(())
    });
    let its = Rc::clone(printer);
    n.sync("release", move |(): ()| {
        let text = String::from_utf8_lossy(&its.release()).into_owned();
        Ok(text.trim_end_matches('\n').to_owned())
    });
    let its = Rc::clone(printer);
    n.sync(
        "show",
        move |(text, before, span): (String, Option<String>, String)| {
            let rows = its.screen.rows();
            if rows > 0 {
                its.write(redrawn(&text, &span, rows).as_bytes());
            } else if before.as_ref() != Some(&text) {
                its.write(text.as_bytes());
                its.write(b"\n");
            }
            its.flush();
            Ok(())
        },
    );
    // Wall time: whoever looks at a lab must not move its clock.
    n.read("pause", |(span,): (Span,)| async move {
        tokio::time::sleep(span.0).await;
        Ok(())
    });
}

/// A screen of its own: cleared, what is looked at, as much as it can hold.
fn redrawn(text: &str, span: &str, rows: usize) -> String {
    let room = rows.saturating_sub(3).max(1);
    let mut lines: Vec<&str> = text.lines().take(room).collect();
    if text.lines().count() > room {
        lines.pop();
        lines.push("…");
    }
    let span = span.trim();
    let unit = if span.ends_with(|c: char| c.is_ascii_digit()) {
        " s"
    } else {
        ""
    };
    format!(
        "\x1b[H\x1b[2J\x1b[2mevery {span}{unit}; Ctrl-C ends\x1b[0m\n{}\n",
        lines.join("\n")
    )
}
