//! Good text of many kinds and languages fails no rule.

#![allow(clippy::unwrap_used)] // a test fails where it cannot go on

use toadstone_core::Kind;
use toadstone_quality::{Judge, Standards, code, rules};

/// Ten sentences of one language, and its code.
const LANGUAGES: [(&str, [&str; 10]); 13] = [
    (
        "eng",
        [
            "The heron stood in the shallow water until the light was gone.",
            "Nobody in the village remembers when the old mill was built.",
            "She put the letters into a drawer and forgot about them for years.",
            "When the rain stopped, the children ran down to the harbour.",
            "A good loaf needs flour, water, salt and a great deal of patience.",
            "He had promised to come back before the first snow of the winter.",
            "Most of the houses along the river have a garden of their own.",
            "The clock above the station is four minutes late, as it has always been.",
            "In the evening the fishermen mend their nets and talk about the weather.",
            "What the museum does not show is kept in a cellar under the square.",
        ],
    ),
    (
        "deu",
        [
            "Der Reiher stand im flachen Wasser, bis das Licht verschwunden war.",
            "Niemand im Dorf erinnert sich daran, wann die alte Mühle gebaut wurde.",
            "Sie legte die Briefe in eine Schublade und vergaß sie für viele Jahre.",
            "Als der Regen aufhörte, liefen die Kinder hinunter zum Hafen.",
            "Ein gutes Brot braucht Mehl, Wasser, Salz und sehr viel Geduld.",
            "Er hatte versprochen, vor dem ersten Schnee des Winters zurückzukommen.",
            "Die meisten Häuser entlang des Flusses haben einen eigenen Garten.",
            "Die Uhr über dem Bahnhof geht vier Minuten nach, wie schon immer.",
            "Am Abend flicken die Fischer ihre Netze und reden über das Wetter.",
            "Was das Museum nicht zeigt, liegt in einem Keller unter dem Platz.",
        ],
    ),
    (
        "fra",
        [
            "Le héron resta dans l'eau peu profonde jusqu'à la tombée de la nuit.",
            "Personne au village ne se souvient de la construction du vieux moulin.",
            "Elle rangea les lettres dans un tiroir et les oublia pendant des années.",
            "Quand la pluie cessa, les enfants coururent vers le port.",
            "Un bon pain demande de la farine, de l'eau, du sel et beaucoup de patience.",
            "Il avait promis de revenir avant la première neige de l'hiver.",
            "La plupart des maisons au bord de la rivière ont leur propre jardin.",
            "L'horloge de la gare retarde de quatre minutes, comme toujours.",
            "Le soir, les pêcheurs réparent leurs filets et parlent du temps.",
            "Ce que le musée ne montre pas se trouve dans une cave sous la place.",
        ],
    ),
    (
        "spa",
        [
            "La garza permaneció en el agua poco profunda hasta que se fue la luz.",
            "Nadie en el pueblo recuerda cuándo se construyó el viejo molino.",
            "Ella guardó las cartas en un cajón y las olvidó durante años.",
            "Cuando dejó de llover, los niños corrieron hacia el puerto.",
            "Un buen pan necesita harina, agua, sal y muchísima paciencia.",
            "Había prometido volver antes de la primera nevada del invierno.",
            "La mayoría de las casas junto al río tienen su propio jardín.",
            "El reloj de la estación se atrasa cuatro minutos, como siempre.",
            "Por la tarde los pescadores remiendan sus redes y hablan del tiempo.",
            "Lo que el museo no enseña se guarda en un sótano bajo la plaza.",
        ],
    ),
    (
        "rus",
        [
            "Цапля стояла в мелкой воде, пока не исчез последний свет.",
            "Никто в деревне не помнит, когда была построена старая мельница.",
            "Она положила письма в ящик стола и забыла о них на долгие годы.",
            "Когда дождь прекратился, дети побежали вниз к гавани.",
            "Для хорошего хлеба нужны мука, вода, соль и много терпения.",
            "Он обещал вернуться раньше, чем выпадет первый зимний снег.",
            "У большинства домов вдоль реки есть свой собственный сад.",
            "Часы над вокзалом отстают на четыре минуты, как и всегда.",
            "Вечером рыбаки чинят сети и разговаривают о погоде.",
            "То, чего музей не показывает, хранится в подвале под площадью.",
        ],
    ),
    (
        "cmn",
        [
            "那只苍鹭站在浅水里，一直等到天色完全暗下来。",
            "村里已经没有人记得那座老磨坊是什么时候建成的。",
            "她把那些信放进抽屉，然后很多年都没有再想起它们。",
            "雨停了以后，孩子们一路跑到了港口旁边。",
            "做好一个面包需要面粉、水、盐，还有很大的耐心。",
            "他答应过会在冬天的第一场雪之前回到家里。",
            "沿河的大多数房屋都有一个属于自己的小花园。",
            "车站上面的大钟慢了四分钟，从来都是这样。",
            "傍晚的时候，渔民们一边补网一边谈论天气。",
            "博物馆没有展出的东西都放在广场下面的地窖里。",
        ],
    ),
    (
        "jpn",
        [
            "サギは日が暮れるまで浅い水の中にじっと立っていた。",
            "古い水車小屋がいつ建てられたのか、村では誰も覚えていない。",
            "彼女は手紙を引き出しにしまい、何年もそのことを忘れていた。",
            "雨がやむと、子供たちは港のほうへ走って行った。",
            "おいしいパンには小麦粉と水と塩、そして忍耐が必要だ。",
            "彼は冬の初雪が降る前に必ず戻ると約束していた。",
            "川沿いの家の多くには、それぞれ小さな庭がある。",
            "駅の上の時計は、昔からずっと四分遅れている。",
            "夕方になると漁師たちは網を直しながら天気の話をする。",
            "博物館が展示していないものは広場の下の地下室に置かれている。",
        ],
    ),
    (
        "tha",
        [
            "นกกระสายืนอยู่ในน้ำตื้นจนกระทั่งแสงสุดท้ายหายไป",
            "ไม่มีใครในหมู่บ้านจำได้ว่าโรงสีเก่าถูกสร้างขึ้นเมื่อใด",
            "เธอเก็บจดหมายไว้ในลิ้นชักแล้วก็ลืมมันไปหลายปี",
            "เมื่อฝนหยุดตกเด็กๆก็วิ่งลงไปที่ท่าเรือ",
            "ขนมปังที่ดีต้องใช้แป้งน้ำเกลือและความอดทนอย่างมาก",
            "เขาสัญญาว่าจะกลับมาก่อนหิมะแรกของฤดูหนาว",
            "บ้านส่วนใหญ่ริมแม่น้ำมีสวนเป็นของตัวเอง",
            "นาฬิกาเหนือสถานีช้าไปสี่นาทีเหมือนที่เคยเป็นมา",
            "ตอนเย็นชาวประมงซ่อมแหและพูดคุยเรื่องอากาศ",
            "สิ่งที่พิพิธภัณฑ์ไม่ได้จัดแสดงถูกเก็บไว้ในห้องใต้ดิน",
        ],
    ),
    (
        "kor",
        [
            "왜가리는 빛이 사라질 때까지 얕은 물속에 가만히 서 있었다.",
            "마을에서 오래된 방앗간이 언제 지어졌는지 기억하는 사람은 없다.",
            "그녀는 편지를 서랍에 넣어 두고 몇 년 동안 잊고 지냈다.",
            "비가 그치자 아이들은 항구 쪽으로 달려 내려갔다.",
            "좋은 빵을 만들려면 밀가루와 물과 소금, 그리고 인내심이 필요하다.",
            "그는 겨울의 첫눈이 내리기 전에 돌아오겠다고 약속했다.",
            "강가의 집들은 대부분 저마다 작은 정원을 가지고 있다.",
            "역 위의 시계는 늘 그랬듯이 사 분 늦게 간다.",
            "저녁이 되면 어부들은 그물을 고치며 날씨 이야기를 한다.",
            "박물관이 보여 주지 않는 것은 광장 아래 지하실에 보관되어 있다.",
        ],
    ),
    (
        "ara",
        [
            "وقف مالك الحزين في الماء الضحل حتى اختفى الضوء تماما.",
            "لا أحد في القرية يتذكر متى بنيت الطاحونة القديمة.",
            "وضعت الرسائل في درج ونسيتها سنوات طويلة.",
            "عندما توقف المطر ركض الأطفال إلى الميناء.",
            "الخبز الجيد يحتاج إلى الدقيق والماء والملح وكثير من الصبر.",
            "كان قد وعد بأن يعود قبل أول ثلج في الشتاء.",
            "معظم البيوت على طول النهر لها حديقة خاصة بها.",
            "الساعة فوق المحطة متأخرة أربع دقائق كما كانت دائما.",
            "في المساء يصلح الصيادون شباكهم ويتحدثون عن الطقس.",
            "ما لا يعرضه المتحف محفوظ في قبو تحت الساحة.",
        ],
    ),
    (
        "hin",
        [
            "बगुला उथले पानी में तब तक खड़ा रहा जब तक रोशनी चली नहीं गई।",
            "गाँव में किसी को याद नहीं कि पुरानी चक्की कब बनी थी।",
            "उसने चिट्ठियाँ दराज में रख दीं और बरसों तक उन्हें भूल गई।",
            "जब बारिश रुकी तो बच्चे बंदरगाह की ओर दौड़ पड़े।",
            "अच्छी रोटी के लिए आटा, पानी, नमक और बहुत धैर्य चाहिए।",
            "उसने वादा किया था कि सर्दी की पहली बर्फ से पहले लौट आएगा।",
            "नदी के किनारे के अधिकतर घरों का अपना बगीचा है।",
            "स्टेशन के ऊपर की घड़ी हमेशा की तरह चार मिनट पीछे है।",
            "शाम को मछुआरे अपने जाल ठीक करते हैं और मौसम की बात करते हैं।",
            "संग्रहालय जो नहीं दिखाता वह चौक के नीचे तहखाने में रखा है।",
        ],
    ),
    (
        "vie",
        [
            "Con diệc đứng trong vùng nước nông cho đến khi ánh sáng tắt hẳn.",
            "Không ai trong làng còn nhớ cối xay cũ được xây từ khi nào.",
            "Cô cất những lá thư vào ngăn kéo rồi quên chúng suốt nhiều năm.",
            "Khi mưa tạnh, bọn trẻ chạy xuống phía bến cảng.",
            "Một ổ bánh ngon cần bột, nước, muối và rất nhiều kiên nhẫn.",
            "Anh đã hứa sẽ trở về trước trận tuyết đầu mùa đông.",
            "Phần lớn các ngôi nhà dọc bờ sông đều có vườn riêng.",
            "Chiếc đồng hồ trên nhà ga chậm bốn phút như từ trước đến nay.",
            "Buổi tối, ngư dân vá lưới và nói chuyện về thời tiết.",
            "Những gì bảo tàng không trưng bày được cất dưới hầm của quảng trường.",
        ],
    ),
    (
        "pol",
        [
            "Czapla stała w płytkiej wodzie, dopóki nie zgasło światło.",
            "Nikt we wsi nie pamięta, kiedy zbudowano stary młyn.",
            "Włożyła listy do szuflady i zapomniała o nich na wiele lat.",
            "Kiedy przestało padać, dzieci pobiegły w dół do portu.",
            "Dobry chleb potrzebuje mąki, wody, soli i dużo cierpliwości.",
            "Obiecał, że wróci, zanim spadnie pierwszy zimowy śnieg.",
            "Większość domów nad rzeką ma swój własny ogród.",
            "Zegar nad dworcem spóźnia się cztery minuty, jak zawsze.",
            "Wieczorem rybacy naprawiają sieci i rozmawiają o pogodzie.",
            "To, czego muzeum nie pokazuje, leży w piwnicy pod placem.",
        ],
    ),
];

fn failures(standards: &Standards, text: &str, kind: Kind) -> Vec<(&'static str, f32)> {
    let names: Vec<&str> = rules().map(|rule| rule.name).collect();
    let mut failed = Vec::new();
    Judge::new(standards).judge(text, kind, |rule, value, fails| {
        if fails {
            failed.push((names[rule], value));
        }
    });
    failed
}

/// The sentences in an order of their own, two or three to a paragraph.
fn document(sentences: &[&str; 10], seed: usize) -> String {
    let step = [1, 3, 7, 9][seed % 4];
    let mut out = String::new();
    for at in 0..10 {
        out += sentences[(seed + at * step) % 10];
        out += if at % 3 == 2 { "\n\n" } else { " " };
    }
    out
}

#[test]
fn documents_in_thirteen_languages() {
    for (language, sentences) in &LANGUAGES {
        let expected =
            Standards { languages: vec![code(language).unwrap().to_owned()], ..Standards::default() };
        for seed in 0..12 {
            let text = document(sentences, seed);
            assert_eq!(failures(&expected, &text, Kind::Document), [], "{language}: {text}");
        }
    }
}

/// Lines of at most 60 characters, broken at spaces.
#[test]
fn documents_with_fixed_line_lengths() {
    for (language, sentences) in LANGUAGES.iter().filter(|(l, _)| !["cmn", "jpn", "tha"].contains(l)) {
        let mut text = String::new();
        let mut column = 0;
        for word in document(sentences, 1).split(' ') {
            column += word.chars().count() + 1;
            text += if column > 60 { "\n" } else { " " };
            column = if column > 60 { word.chars().count() } else { column };
            text += word;
        }
        assert_eq!(failures(&Standards::default(), &text, Kind::Document), [], "{language}: {text}");
    }
}

#[test]
fn answers_may_be_short_be_lists_or_have_code() {
    let answers = [
        "Yes.",
        "42",
        "東京です。",
        "I am sorry, I cannot help with that.",
        "Here are three ideas:\n\n- Walk to work\n- Cook at home\n- Read before you sleep\n\nWhich one do you like?",
        "1. Flour\n2. Water\n3. Salt\n4. Yeast\n5. Time",
        "You can sum a list with `sum`:\n\n```python\ntotal = sum(numbers)\nprint(total)\n```\n\nIt stops at the first text.",
        "| day | sun | rain |\n|---|---|---|\n| Monday | 3 | 4 |\n| Tuesday | 5 | 1 |\n| Wednesday | 8 | 0 |",
        "2 + 2 = 4, 4 * 4 = 16, 16 - 7 = 9, 9 / 3 = 3, 3 ^ 3 = 27, so the answer is 27.",
        "{\"name\": \"Ada\", \"born\": 1815, \"children\": [\"Byron\", \"Anne\", \"Ralph\"]}",
    ];
    for kind in [Kind::Instruction, Kind::Preference, Kind::Classification] {
        for answer in answers {
            let english = Standards { languages: vec!["eng".to_owned()], ..Standards::default() };
            assert_eq!(failures(&english, answer, kind), [], "{answer}");
        }
    }
}

#[test]
fn code_that_people_write() {
    let python = "import os\n\n\ndef size(path):\n    \"\"\"Bytes of a file.\"\"\"\n    return os.stat(path).st_size\n";
    let rust = "/// Doubles a number.\npub fn twice(n: u32) -> u32 {\n    n * 2\n}\n\n#[test]\nfn works() {\n    assert_eq!(twice(2), 4);\n}\n";
    let sql =
        "SELECT name, COUNT(*)\nFROM visits\nWHERE day > '2024-01-01'\nGROUP BY name\nORDER BY 2 DESC;\n";
    let shell =
        "#!/bin/sh\nset -eu\nfor f in *.txt; do\n    sort \"$f\" | uniq -c | sort -rn | head -n 3\ndone\n";
    for code in [python, rust, sql, shell, ""] {
        assert_eq!(failures(&Standards::default(), code, Kind::Code), [], "{code}");
    }
}

/// The rules do not say yes to everything: each of these fails, for the reason given.
#[test]
fn what_is_no_good_fails() {
    let words = |n: usize| (0..n).map(|at| format!("word{} ", at * 7919 % 977)).collect::<String>();
    let shopping = "Running shoes, discount store, free shipping worldwide, brand new leather boots, winter \
        jackets, summer dresses, kitchen furniture, garden tools, wireless headphones, office chairs, travel bags. ";
    let cases = [
        ("few-words", "Home Contact Imprint".to_owned()),
        ("many-words", words(100_001)),
        ("short-words", "a b c ".repeat(30)),
        ("long-words", "antidisestablishmentarianism ".repeat(60)),
        ("longest-word", "x".repeat(1001)),
        ("hash-signs", "# # heading ".repeat(60)),
        ("ellipses", "and then ... more ... ".repeat(40)),
        ("bullet-lines", "- one point more\n".repeat(30)),
        ("ellipsis-lines", "He went away and...\n".repeat(30)),
        ("lettered-words", "12 of 15 16 17 ".repeat(30)),
        ("few-sentences", words(120)),
        ("stop-words", shopping.repeat(3)),
        ("lorem-ipsum", "Lorem ipsum dolor sit amet.".to_owned()),
        ("punctuated-lines", "Products and services\nAbout the company\n".repeat(10)),
        ("short-lines", "Next\nPrevious\nHome\nUp\nIndex\n".repeat(4)),
        ("line-breaks", "Next\nPrevious\nHome\nUp\nIndex\n".repeat(20)),
        ("duplicate-lines", "The same line again.\nAnother line here.\n".repeat(10)),
        ("duplicate-line-characters", "A line that is said many times over.\n".repeat(12)),
        ("duplicate-paragraphs", "The same paragraph.\n\n".repeat(10)),
        ("duplicate-paragraph-characters", "A paragraph that is said many times over.\n\n".repeat(12)),
        ("top-2-gram", "buy now ".repeat(110)),
        ("top-3-gram", "buy it now ".repeat(80)),
        ("top-4-gram", "buy it right now ".repeat(60)),
        ("duplicate-5-grams", words(40).repeat(6)),
        ("duplicate-10-grams", words(40).repeat(6)),
        ("looping-text", words(20).repeat(6)),
    ];
    for (rule, text) in cases {
        let failed = failures(&Standards::default(), &text, Kind::Document);
        assert!(failed.iter().any(|(name, _)| *name == rule), "{rule}: {failed:?}");
    }
    let loops = LANGUAGES.iter().map(|(_, sentences)| sentences[..3].concat().repeat(8));
    for text in loops {
        let failed = failures(&Standards::default(), &text, Kind::Instruction);
        assert_eq!(failed.len(), 1, "goes round in circles: {text}");
    }
    let code = [
        ("longest-line", "x = 1 # ".to_owned() + &"long ".repeat(200)),
        ("mean-line", format!("{}\n", "value, ".repeat(20)).repeat(5)),
        ("alphanumeric", "+----------+\n|          |\n".repeat(5)),
        ("generated-code", "# This file was automatically generated by a tool\nx = 1\n".to_owned()),
    ];
    for (rule, text) in code {
        assert_eq!(failures(&Standards::default(), &text, Kind::Code)[0].0, rule);
    }
    let german = Standards { languages: vec!["deu".to_owned()], ..Standards::default() };
    assert_eq!(failures(&german, &document(&LANGUAGES[0].1, 0), Kind::Document)[0].0, "language");
}
