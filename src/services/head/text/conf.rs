//! Kernel parameters in a file of `sysctl.d`: `name = value`, a line each; `#` and `;` begin comments.
use std::fmt::Write as _;

pub struct Conf<'a>(pub &'a str);

/// Name and value of a line that has some.
fn pair(line: &str) -> Option<(&str, &str)> {
    let line = line.trim();
    if line.starts_with(['#', ';']) {
        return None;
    }
    let (name, value) = line.split_once('=')?;
    // A dash before the name says that failing is no failure.
    Some((name.trim().trim_start_matches('-'), value.trim()))
}

/// Both spellings are the same: `net.ipv4.ip_forward`, `net/ipv4/ip_forward`.
fn same(a: &str, b: &str) -> bool {
    a == b || a.replace('/', ".") == b.replace('/', ".")
}

impl Conf<'_> {
    /// What the file sets it to: the last line counts.
    pub fn of(&self, name: &str) -> Option<String> {
        let mut lines = self.0.lines().rev().filter_map(pair);
        let its = lines.find(|(its, _)| same(its, name));
        its.map(|(_, value)| value.to_owned())
    }

    /// What it sets, each once.
    pub fn names(&self) -> Vec<String> {
        let mut all: Vec<String> = Vec::new();
        for (name, _) in self.0.lines().filter_map(pair) {
            if !all.iter().any(|it| same(it, name)) {
                all.push(name.to_owned());
            }
        }
        all
    }

    /// The text that sets it to this, in one line; or not at all.
    pub fn with(&self, name: &str, value: Option<&str>) -> String {
        let (mut out, mut said) = (String::new(), false);
        for line in self.0.lines() {
            if !pair(line).is_some_and(|(its, _)| same(its, name)) {
                out.push_str(line);
                out.push('\n');
            } else if let Some(value) = value.filter(|_| !std::mem::replace(&mut said, true)) {
                let _ = writeln!(out, "{name} = {value}");
            }
        }
        if let Some(value) = value.filter(|_| !said) {
            let _ = writeln!(out, "{name} = {value}");
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_line_for_each_parameter_and_the_rest_stays() {
        let text = "# mine\nvm.swappiness=10\nnet/ipv4/ip_forward = 0\nnet.ipv4.ip_forward = 0\n";
        let name = "net.ipv4.ip_forward";
        let set = Conf(text).with(name, Some("1"));
        assert_eq!(set, "# mine\nvm.swappiness=10\nnet.ipv4.ip_forward = 1\n");
        assert_eq!(Conf(&set).with(name, Some("1")), set);
        assert_eq!(Conf(&set).of(name).as_deref(), Some("1"));
        assert_eq!(Conf(&set).with(name, None), "# mine\nvm.swappiness=10\n");
        assert_eq!(Conf(text).names(), ["vm.swappiness", "net/ipv4/ip_forward"]);
        assert_eq!(Conf("").with(name, Some("1")), "net.ipv4.ip_forward = 1\n");
    }
}
