//! The fragment for notebooks over made-up runs.

mod fixtures;

use toadstone_core::visible;
use toadstone_report::notebook;

#[test]
fn it_is_inert_small_and_a_fragment() {
    for run in [fixtures::hostile(), fixtures::realistic(), fixtures::clean(), fixtures::large(200)] {
        let text = notebook(&run);
        assert_eq!(visible(&text.replace('\n', "")), text.replace('\n', ""));
        for bad in
            ["<script", "<img", "<a ", "<iframe", "<link", " id=", " onerror", "url(", "@import", "http:"]
        {
            assert!(!text.contains(bad) || escaped(&text, bad), "{bad}");
        }
        assert_eq!(text.matches("<style>").count(), 1);
        assert!(text.len() < 60_000, "{}", text.len());
        assert!(text.starts_with("<div class=\"toadstone\">") && text.ends_with("</div>"));
    }
}

/// Whether it stands only in text, where it does nothing, and never in a tag.
fn escaped(text: &str, bad: &str) -> bool {
    !bad.starts_with('<')
        && text.match_indices(bad).all(|(at, _)| text[..at].rfind('>') > text[..at].rfind('<'))
}

#[test]
fn it_says_what_was_not_checked_and_that_nothing_was_scanned() {
    assert!(notebook(&fixtures::realistic()).contains("Not checked: "));
    assert!(notebook(&fixtures::nothing()).contains("verdict none"));
}
