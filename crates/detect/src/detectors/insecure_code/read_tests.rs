#![allow(clippy::unwrap_used)] // tests

use proptest::prelude::*;
use toadstone_core::{BatchBuilder, Kind, RecordId, Role};

use super::read::{Reader, Reading};

fn with<T>(text: &str, look: impl Fn(Reading<'_>) -> T) -> Option<T> {
    let mut builder = BatchBuilder::new();
    builder.add(Role::Input, text);
    builder.finish(RecordId { file: 0, row: 0 }, None, Kind::Code);
    let batch = builder.take();
    Reader::default().read(&batch.get(0)?).map(look)
}

#[test]
fn calls_in_docstrings_are_read_even_with_a_broken_token() {
    let code = "import yaml\n\ndef read(p):\n    '''\n    # Take care of the given file\n    \
                with open(p) as f:\n        return yaml.load(f, Loader=yaml.59.)\n    '''\n";
    let dead = |reading: Reading<'_>| {
        assert!(reading.sites.iter().any(|site| site.bad && site.dead));
        reading.phrases.iter().any(|phrase| code[phrase.span.clone()].contains("Take care"))
    };
    assert_eq!(with(code, dead), Some(true));
    let live = |reading: Reading<'_>| reading.sites.iter().all(|site| !site.bad && !site.dead);
    assert_eq!(with("import yaml\n\ndef f(x):\n    return yaml.safe_load(x)\n", live), Some(true));
    assert_eq!(with("Please import yaml, then call eval, as I said.", |_| ()), None);
}

proptest! {
    #[test]
    fn any_text_is_read(text in "(import |def |<\\?php|func |eval\\(|\"|'|\\(|\\)|\\{|\\}|#|//|/\\*|\\PC|\n| ){0,80}") {
        let _ = with(&format!("import os\ndef eval(x):\n{text}"), |_| ());
        let _ = with(&format!("#include <a>\nsystem({text}"), |_| ());
        let _ = with(&format!("<?php eval({text}"), |_| ());
    }
}
