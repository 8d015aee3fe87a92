//! How wide a text is, as far as one can tell without the font, and what to do when it is too wide.
//!
//! Widths are of a wide sans serif (DejaVu Sans); narrower fonts leave a little more space.

/// The size of every text but a file's title, in pixels.
pub const SIZE: f64 = 13.0;
/// The size of a file's title, in pixels.
pub const TITLE: f64 = 18.0;
/// From one line of text to the next.
pub const LEADING: f64 = 18.0;
/// From the middle of a line of text down to its baseline.
pub const DROP: f64 = 4.5;

/// The width of a text of this size, in pixels.
pub fn width(text: &str, size: f64) -> f64 {
    text.chars().map(advance).sum::<f64>() * size
}

/// Shares of the size.
fn advance(c: char) -> f64 {
    match c {
        'i' | 'j' | 'l' | '.' | ',' | ':' | ';' | '|' | '\'' | ' ' | 'I' => 0.32,
        'f' | 't' | 'r' | '(' | ')' | '[' | ']' | '-' | '/' | '"' => 0.4,
        'm' | 'w' | 'M' | 'W' | '%' | '@' => 0.96,
        '+' | '=' | '<' | '>' => 0.84,
        'A'..='Z' => 0.7,
        ' '..='~' => 0.62,
        // Wide scripts and pictures fill a square.
        '\u{1100}'.. => 1.0,
        _ => 0.66,
    }
}

/// As much of a text as fits, with an ellipsis if that is not all.
pub fn fit(text: &str, room: f64, size: f64) -> String {
    if width(text, size) <= room {
        return text.into();
    }
    let mut left = room - size;
    let mut out = String::new();
    for c in text.chars() {
        left -= advance(c) * size;
        if left < 0.0 {
            break;
        }
        out.push(c);
    }
    format!("{}\u{2026}", out.trim_end())
}

/// A text in lines that fit, at most so many; a word that does not fit is cut.
pub fn wrap(text: &str, room: f64, size: f64, most: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if width(line, size) + width(word, size) + 0.32 * size <= room => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.into()),
        }
        if lines.len() > most {
            lines.truncate(most);
            if let Some(last) = lines.last_mut() {
                last.push('\u{2026}');
            }
            break;
        }
    }
    lines.iter().map(|line| fit(line, room, size)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_cut_or_broken_to_fit() {
        assert_eq!(fit("short", 100.0, SIZE), "short");
        let cut = fit("a text that is much too long", 100.0, SIZE);
        assert!(cut.ends_with('\u{2026}') && width(&cut, SIZE) <= 101.0, "{cut}");
        let lines = wrap("one two three four five six seven", 80.0, SIZE, 2);
        assert_eq!(lines.len(), 2);
        assert!(lines[1].ends_with('\u{2026}'), "{lines:?}");
        assert!(wrap("", 80.0, SIZE, 2).is_empty());
        assert_eq!(fit("x", 0.0, SIZE), "\u{2026}");
    }
}
