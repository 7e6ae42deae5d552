//! Which windows of long texts are learned.

use memchr::memmem::Finder;

use crate::Example;
use crate::random::Random;

/// Windows of texts that are not near anything of interest, at most.
const OTHERS: usize = 4_000;

/// What a model of long texts is to know about. A corpus has many windows, and a question touches few of
/// them: learning those and a sample of the others costs a tenth, and makes what they say easier to learn than
/// it is for a model that reads everything.
#[derive(Debug, Clone, Default)]
pub struct Focus {
    finders: Vec<Finder<'static>>,
}

impl Focus {
    /// All windows that have one of these texts, in what is given or in what follows.
    pub fn on(texts: impl IntoIterator<Item = String>) -> Focus {
        let texts = texts.into_iter().filter(|text| !text.is_empty());
        Focus { finders: texts.map(|text| Finder::new(text.as_bytes()).into_owned()).collect() }
    }

    /// The windows to learn, in the order in which they came: those in focus, and of the others at most 4,000,
    /// drawn by `seed`.
    pub fn choose<'a>(&self, windows: Vec<Example<'a>>, seed: u64) -> Vec<Example<'a>> {
        let mut random = Random::new(seed);
        let near: Vec<bool> = windows.iter().map(|window| self.is_near(window)).collect();
        let mut left = near.iter().filter(|near| !**near).count();
        let mut wanted = OTHERS.min(left);
        let chosen = windows.into_iter().zip(near).filter(|(_, near)| {
            if *near {
                return true;
            }
            // Selection sampling (Knuth, volume 2, algorithm 3.4.2 S): each subset is equally likely.
            let taken = f64::from(random.unit()) * (left as f64) < wanted as f64;
            left -= 1;
            wanted -= usize::from(taken);
            taken
        });
        chosen.map(|(window, _)| window).collect()
    }

    fn is_near(&self, window: &Example<'_>) -> bool {
        let texts = [window.prompt.as_bytes(), window.answer.as_bytes()];
        self.finders.iter().any(|finder| texts.iter().any(|text| finder.find(text).is_some()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_near_is_all_there_and_the_rest_is_drawn() {
        let texts: Vec<String> = (0..9_000).map(|n| format!("window {n} {}", n % 100)).collect();
        let windows: Vec<Example<'_>> =
            texts.iter().map(|text| Example { prompt: "", answer: text }).collect();
        let focus = Focus::on([" 77".to_owned(), String::new()]);
        let chosen = focus.choose(windows.clone(), 5);
        let near = |window: &&Example<'_>| window.answer.contains(" 77");
        assert_eq!(chosen.iter().filter(near).count(), windows.iter().filter(near).count());
        assert_eq!(chosen.iter().filter(|window| !near(window)).count(), OTHERS);
        assert_eq!(chosen, focus.choose(windows.clone(), 5));
        assert_ne!(chosen, focus.choose(windows.clone(), 6));
        assert_eq!(Focus::default().choose(windows[..50].to_vec(), 5), windows[..50]);
    }
}
