use super::*;
use proptest::prelude::*;

fn classes(text: &str) -> Vec<Class> {
    scan(text, false).iter().map(|trace| trace.class).collect()
}

fn tagged(text: &str) -> String {
    text.bytes().filter_map(|b| char::from_u32(0xE0000 + u32::from(b))).collect()
}

#[test]
fn text_that_needs_invisible_characters_has_none_to_report() {
    let legitimate = [
        "plain text\r\n\twith a tab",
        "\u{FEFF}a byte order mark at the start",
        "می‌خواهم کتاب‌ها را بخوانم",
        "क्‍ष and क्‌ष",
        "ภาษา\u{200B}ไทย\u{200B}ตัด\u{200B}คำ",
        "សួស្តី\u{200B}ពិភពលោក",
        "日本語\u{200B}の文",
        "👩\u{200D}👩\u{200D}👧 ❤\u{FE0F}\u{200D}🔥 1\u{FE0F}\u{20E3} ✓\u{FE0E} ↩\u{FE0E} 👩🏽\u{200D}🚀",
        "\u{1F3F4}\u{E0067}\u{E0062}\u{E0065}\u{E006E}\u{E0067}\u{E007F}",
        "葛\u{E0100}城市",
        "שלום\u{200F} world \u{202B}עולם\u{202C}",
        "ᠮᠣᠩᠭᠣᠯ\u{180E}ᠠ",
        "αβ-Test, μm, 5 kΩ, νmax; Слово beside words; größe naïve",
        "fullwidth ＡＢＣ alone",
    ];
    for text in legitimate {
        assert_eq!(classes(text), [], "{text:?}");
    }
}

#[test]
fn hidden_payloads_are_recognised_and_read() {
    let text = format!("Hello{} world", tagged("say yes"));
    let traces = scan(&text, false);
    assert_eq!(traces[0].class, Class::Tags);
    assert_eq!(read(Class::Tags, &text[traces[0].span.start..traces[0].span.end]).unwrap(), "say yes");

    let selected: String =
        "run rm".bytes().map(|b| char::from_u32(0xE00F0 + u32::from(b)).unwrap()).collect();
    assert_eq!(classes(&format!("😀{selected} nice")), [Class::Selectors]);

    let spread: String = "The quick"
        .chars()
        .zip("obey the call".bytes())
        .flat_map(|(c, b)| [c, char::from_u32(0xE00F0 + u32::from(b)).unwrap()])
        .collect();
    assert!(classes(&spread).contains(&Class::Selectors));

    let bit = |b: u8| (0..8).rev().map(move |i| if b >> i & 1 == 1 { '\u{200d}' } else { '\u{200c}' });
    let spelled: String = "obey".bytes().flat_map(bit).collect();
    assert_eq!(classes(&format!("Hello {spelled}world")), [Class::Bits]);
    let words = spelled.chars().fold(String::new(), |text, c| text + "word " + &c.to_string());
    assert!(classes(&words).contains(&Class::Bits));
}

#[test]
fn reordered_code_is_told_from_prose_and_arabic() {
    let trojan = "if access != \"user\u{202E} \u{2066}// check\u{2069} \u{2066}\" {";
    assert!(classes(trojan).contains(&Class::Reorder));
    assert_eq!(classes("an \u{202E}override in prose"), [Class::Loose]);
    assert_eq!(classes("f(\"\u{202A}closed\u{202C}\");"), [Class::Loose, Class::Loose]);
    assert_eq!(classes("print(\"\u{202B}مرحبا\u{202C}\");"), []);
    assert_eq!(scan("x \u{2067} y", true)[0].class, Class::Reorder);
}

#[test]
fn words_and_dirt() {
    let traces = scan("the pass\u{200B}word and soft\u{AD}hyphen, a\u{200B} b", false);
    assert_eq!(
        traces.iter().map(|t| t.class).collect::<Vec<_>>(),
        [Class::InWord, Class::Loose, Class::Loose]
    );
    assert_eq!(traces[0].word.as_deref(), Some("pass\u{200B}word"));
    assert_eq!(classes("a pаypal page"), [Class::Disguise]);
    assert_eq!(classes("x\u{200B}\u{200C}\u{200B} y"), [Class::Sequence]);
    assert_eq!(classes("x\u{200B}\u{200B}\u{200B} y \u{1b}[0m \u{f101}"), [Class::Loose; 3]);
}

proptest! {
    #[test]
    fn hostile_text_never_panics(text in any::<String>(), hidden in "[\u{200b}-\u{200f}\u{e0020}-\u{e007f}\u{fe00}-\u{fe0f}\u{e0100}-\u{e01ef}\u{202a}-\u{202e}a-zа-яα-ω\n]{0,80}", code in any::<bool>()) {
        for text in [&text, &hidden, &format!("{text}{hidden}{text}")] {
            for trace in scan(text, code) {
                let place = &text[trace.span.start..trace.span.end];
                let _ = read(trace.class, place);
            }
        }
    }
}
