use super::*;

/// A generator good enough for charts (Knuth's constants).
struct Seeded(u64);

impl Seeded {
    fn next(&mut self) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        self.0 >> 33
    }

    fn below(&mut self, n: u64) -> usize {
        (self.next() % n.max(1)) as usize
    }

    fn share(&mut self) -> f64 {
        (self.next() & 0xffff) as f64 / 65_536.0
    }

    /// Mostly a usual value, now and then one that is none.
    fn value(&mut self) -> f64 {
        let odd = [
            f64::NAN,
            f64::INFINITY,
            f64::NEG_INFINITY,
            0.0,
            -1.0,
            1e300,
            -1e300,
            1e-300,
            f64::MAX,
        ];
        match self.below(6) {
            0 => odd[self.below(odd.len() as u64)],
            _ => self.share() * 10f64.powi(self.below(9) as i32 - 3),
        }
    }

    fn words(&mut self) -> String {
        let words = [
            "",
            "<b>\"x\" & 'y'</b>",
            "a name that is rather long for a label",
            "n",
            "\u{0}\u{7}",
            "線",
        ];
        words[self.below(words.len() as u64)].into()
    }

    fn key(&mut self) -> String {
        let keys = [
            "",
            "simd",
            "threads+simd",
            "scalar#2",
            "gpu",
            "\"><script>",
            "other",
        ];
        keys[self.below(keys.len() as u64)].into()
    }

    fn axis(&mut self) -> Axis {
        let units = [
            Unit::TimeMs,
            Unit::Count,
            Unit::Ratio,
            Unit::Percent,
            Unit::Bytes,
            Unit::GigabytesPerSecond,
            Unit::GigaflopsPerSecond,
            Unit::FlopsPerByte,
            Unit::Plain,
        ];
        Axis {
            label: self.words(),
            noun: (self.below(2) == 0).then(|| self.words()),
            unit: units[self.below(9)],
            scale: [Scale::Linear, Scale::Log][self.below(2)],
            range: (self.below(3) == 0).then(|| (self.value(), self.value())),
        }
    }

    fn pairs(&mut self) -> Vec<(f64, f64)> {
        (0..self.below(5)).map(|_| (self.value(), self.value())).collect()
    }

    fn series(&mut self) -> Series {
        let count = [0, 1, 2, 8, 30, 200, 3000][self.below(7)];
        let point = |s: &mut Seeded| Point {
            x: s.value(),
            y: s.value(),
            interval: (s.below(2) == 0).then(|| (s.value(), s.value())),
            label: (s.below(3) == 0).then(|| s.words()),
        };
        Series {
            key: self.key(),
            name: self.words(),
            points: (0..count).map(|_| point(self)).collect(),
            how: [How::Line, How::Points, How::Band][self.below(3)],
            dashed: self.below(2) == 0,
            marker: (self.below(4) == 0).then_some(Marker::Wedge),
        }
    }

    fn lines(&mut self) -> Lines {
        Lines {
            x: self.axis(),
            y: self.axis(),
            series: (0..self.below(5)).map(|_| self.series()).collect(),
            curves: (0..self.below(3))
                .map(|_| Curve {
                    key: self.key(),
                    name: self.words(),
                    points: self.pairs(),
                    dashed: self.below(2) == 0,
                })
                .collect(),
            marks: (0..self.below(7))
                .map(|_| Mark {
                    at: self.value(),
                    interval: Some((self.value(), self.value())),
                    label: self.words(),
                })
                .collect(),
            ceilings: (0..self.below(3))
                .map(|_| Ceiling {
                    key: self.key(),
                    label: self.words(),
                    slant: Some(self.words()),
                    points: self.pairs(),
                })
                .collect(),
        }
    }

    fn bars(&mut self) -> Bars {
        let part = |s: &mut Seeded| Part {
            key: s.key(),
            name: s.words(),
            value: s.value(),
        };
        let row = |s: &mut Seeded| Row {
            id: s.key(),
            name: s.words(),
            parts: (0..s.below(9)).map(|_| part(s)).collect(),
            note: Some(s.words()),
        };
        Bars {
            axis: self.axis(),
            rows: (0..self.below(5)).map(|_| row(self)).collect(),
        }
    }

    fn spans(&mut self) -> Spans {
        let span = |s: &mut Seeded| Span {
            start_ms: s.value(),
            end_ms: s.value(),
            key: s.key(),
            label: s.words(),
        };
        let track = |s: &mut Seeded| Track {
            key: s.key(),
            name: s.words(),
            spans: (0..s.below(300)).map(|_| span(s)).collect(),
        };
        Spans {
            tracks: (0..self.below(5)).map(|_| track(self)).collect(),
            window: (self.below(2) == 0).then(|| (self.value(), self.value())),
            idle: vec![self.key()],
        }
    }

    fn chart(&mut self) -> Chart {
        Chart {
            id: self.key(),
            title: self.words(),
            desc: self.words(),
            kind: match self.below(4) {
                0 => Kind::Bars(self.bars()),
                1 => Kind::Spans(self.spans()),
                _ => Kind::Lines(self.lines()),
            },
        }
    }
}

/// Panics unless every element closes, attributes are quoted, and no `<` or `&` stands for itself.
fn check(markup: &str) {
    let mut open: Vec<&str> = Vec::new();
    let mut rest = markup;
    while let Some(at) = rest.find('<') {
        check_text(&rest[..at]);
        let end = rest[at..].find('>').expect("a tag ends") + at;
        let tag = &rest[at + 1..end];
        rest = &rest[end + 1..];
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop(), Some(name));
            continue;
        }
        let (tag, closed) = match tag.strip_suffix('/') {
            Some(tag) => (tag, true),
            None => (tag, false),
        };
        assert_eq!(tag.matches('"').count() % 2, 0, "{tag}");
        assert!(!tag.contains("NaN") && !tag.contains("inf\""), "{tag}");
        let name = tag.split(' ').next().unwrap();
        assert!(name.chars().all(|c| c.is_ascii_lowercase()), "{name}");
        tag.split('"').for_each(check_text);
        if !closed {
            open.push(name);
        }
    }
    check_text(rest);
    assert!(open.is_empty(), "{open:?}");
}

fn check_text(text: &str) {
    assert!(
        !text.contains(|c: char| c == '<' || (c < ' ' && c != '\n')),
        "{text:?}"
    );
    for entity in text.split('&').skip(1) {
        let name = entity.split(';').next().unwrap();
        assert!(["amp", "lt", "gt", "quot", "#39"].contains(&name), "{text:?}");
    }
}

fn both(chart: &Chart, width: f64) -> [String; 2] {
    [
        svg(chart, &Options::page(width)),
        svg(chart, &Options::file(width, Theme::Dark)),
    ]
}

fn of(kind: Kind) -> Chart {
    Chart {
        id: "c".into(),
        title: "Title".into(),
        desc: "Description.".into(),
        kind,
    }
}

fn line(key: &str, points: &[(f64, f64)]) -> Series {
    let point = |(x, y): &(f64, f64)| Point {
        x: *x,
        y: *y,
        ..Point::default()
    };
    Series {
        key: key.into(),
        name: key.into(),
        points: points.iter().map(point).collect(),
        how: How::Line,
        dashed: false,
        marker: None,
    }
}

fn over(x: Axis, y: Axis, series: Vec<Series>) -> Chart {
    of(Kind::Lines(Lines {
        x,
        y,
        series,
        curves: vec![],
        marks: vec![],
        ceilings: vec![],
    }))
}

fn plain() -> Axis {
    Axis::new("value", Unit::Plain)
}

/// The number after this in a tag.
fn number(tag: &str, name: &str) -> f64 {
    let from = tag.find(&format!(" {name}=\"")).unwrap() + name.len() + 3;
    tag[from..].split('"').next().unwrap().parse().unwrap()
}

fn tags<'a>(svg: &'a str, class: &str) -> Vec<&'a str> {
    let class = format!("class=\"{class}\"");
    svg.split('<').filter(|tag| tag.contains(&class)).collect()
}

#[test]
fn any_chart_is_sound_markup_without_inline_styles() {
    let mut seeded = Seeded(7);
    for i in 0..600 {
        let chart = seeded.chart();
        let width = [f64::NAN, -5.0, 0.0, 340.0, 820.0, 1e9][i % 6];
        let height = [None, Some(0.0), Some(300.0), Some(f64::INFINITY)][i % 4];
        for standalone in [None, Some(Theme::Light)] {
            let options = Options {
                width,
                height,
                standalone,
            };
            let picture = draw(&chart, &options);
            check(&picture.svg);
            assert!(!picture.svg.contains(" style="));
            assert!(!picture.svg.contains("<script") && !picture.svg.contains("<b>"));
            assert!(picture.width >= 240.0 && picture.height > 0.0);
        }
        let table = table(&chart);
        check(&table.html());
        assert!(table.rows.iter().all(|row| row.len() == table.head.len()));
    }
}

#[test]
fn points_lie_in_the_plot() {
    let mut seeded = Seeded(99);
    let mut seen = 0;
    for _ in 0..300 {
        let chart = of(Kind::Lines(seeded.lines()));
        for markup in both(&chart, 600.0) {
            let Some(plot) = tags(&markup, "plot").first().copied() else {
                assert!(markup.contains("no data"));
                continue;
            };
            let (left, top) = (number(plot, "x") - 0.2, number(plot, "y") - 0.2);
            let (right, bottom) = (
                left + number(plot, "width") + 0.4,
                top + number(plot, "height") + 0.4,
            );
            for hit in tags(&markup, "hit") {
                let (x, y) = (number(hit, "cx"), number(hit, "cy"));
                assert!(
                    (left..=right).contains(&x) && (top..=bottom).contains(&y),
                    "{x} {y} in {plot}"
                );
                seen += 1;
            }
        }
    }
    assert!(seen > 2000, "{seen}");
}

#[test]
fn markup_in_any_text_is_text() {
    let evil = "</text><script>alert('x')</script>&\"";
    let mut series = line(evil, &[(1.0, 1.0), (2.0, 2.0)]);
    series.name = evil.into();
    series.points[0].label = Some(evil.into());
    let lines = Lines {
        x: Axis::new(evil, Unit::Count).counting(evil),
        y: Axis::new(evil, Unit::Plain),
        series: vec![series],
        curves: vec![Curve {
            key: evil.into(),
            name: evil.into(),
            points: vec![(1.0, 1.0), (2.0, 2.0)],
            dashed: true,
        }],
        marks: vec![Mark {
            at: 1.5,
            interval: None,
            label: evil.into(),
        }],
        ceilings: vec![Ceiling {
            key: evil.into(),
            label: evil.into(),
            slant: Some(evil.into()),
            points: vec![(1.0, 2.0), (2.0, 2.0)],
        }],
    };
    let bars = Bars {
        axis: Axis::new(evil, Unit::TimeMs),
        rows: vec![Row {
            id: evil.into(),
            name: evil.into(),
            parts: ["a", evil]
                .map(|key| Part {
                    key: key.into(),
                    name: evil.into(),
                    value: 1.0,
                })
                .into(),
            note: Some(evil.into()),
        }],
    };
    let spans = Spans {
        tracks: vec![Track {
            key: evil.into(),
            name: evil.into(),
            spans: vec![Span {
                start_ms: 0.0,
                end_ms: 1.0,
                key: evil.into(),
                label: evil.into(),
            }],
        }],
        window: None,
        idle: vec![],
    };
    for kind in [Kind::Lines(lines), Kind::Bars(bars), Kind::Spans(spans)] {
        let chart = Chart {
            id: evil.into(),
            title: evil.into(),
            desc: evil.into(),
            kind,
        };
        for markup in both(&chart, 2000.0).into_iter().chain([table(&chart).html()]) {
            check(&markup);
            assert!(!markup.contains("<script"));
            assert!(
                markup.contains("&lt;/text&gt;&lt;script&gt;alert(&#39;x&#39;)"),
                "{markup}"
            );
        }
    }
}

#[test]
fn nothing_to_draw_is_said() {
    let spans = Spans {
        tracks: vec![],
        window: Some((0.0, 1.0)),
        idle: vec![],
    };
    let bars = Bars {
        axis: plain(),
        rows: vec![],
    };
    let nan = line("simd", &[(f64::NAN, 1.0), (1.0, f64::INFINITY)]);
    let below = line("simd", &[(-1.0, 1.0), (0.0, 2.0)]);
    for chart in [
        of(Kind::Spans(spans)),
        of(Kind::Bars(bars)),
        over(plain(), plain(), vec![]),
        over(plain(), plain(), vec![nan]),
        over(plain().log(), plain(), vec![below]),
    ] {
        for markup in both(&chart, 500.0) {
            assert!(
                markup.contains("no data") && markup.contains("role=\"img\""),
                "{markup}"
            );
        }
    }
}

#[test]
fn one_point_and_equal_points_have_a_chart() {
    for points in [&[(3.0, 5.0)][..], &[(0.0, 0.0)], &[(2.0, 7.0), (2.0, 7.0)]] {
        for axis in [plain(), plain().log()] {
            let possible = axis.scale == Scale::Linear || points[0].0 > 0.0;
            let markup = svg(
                &over(axis.clone(), axis, vec![line("gpu", points)]),
                &Options::page(500.0),
            );
            assert_eq!(
                tags(&markup, "hit").len(),
                if possible { points.len() } else { 0 }
            );
        }
    }
}

#[test]
fn what_a_logarithm_cannot_place_is_in_the_table() {
    let points = [(0.0, 1.0), (1.0, -2.0), (2.0, 3.0), (4.0, f64::NAN), (8.0, 5.0)];
    let chart = over(plain().log(), plain().log(), vec![line("simd", &points)]);
    assert_eq!(tags(&svg(&chart, &Options::page(500.0)), "hit").len(), 2);
    let table = table(&chart);
    assert_eq!(table.rows.len(), 5);
    assert!(table.csv().contains("simd,4,not a number\r\n"), "{}", table.csv());
}

#[test]
fn many_samples_make_a_small_picture_and_a_whole_table() {
    let series = |k: usize| {
        let points: Vec<(f64, f64)> = (0..500)
            .map(|i| (i as f64, 1.0 + ((i * 31 + k * 7) % 97) as f64))
            .collect();
        let mut series = line(&format!("k{k}"), &points);
        series
            .points
            .iter_mut()
            .for_each(|p| p.interval = Some((p.y * 0.9, p.y * 1.1)));
        series
    };
    let chart = over(plain(), plain(), (0..20).map(series).collect());
    let markup = svg(&chart, &Options::page(820.0));
    assert!(markup.len() < 1_000_000, "{}", markup.len());
    check(&markup);
    assert_eq!(table(&chart).rows.len(), 10_000);
    let long: Vec<(f64, f64)> = (0..200_000).map(|i| (i as f64, ((i * 31) % 97) as f64)).collect();
    for how in [How::Line, How::Points, How::Band] {
        let mut series = line("simd", &long);
        series.how = how;
        let chart = over(plain(), plain(), vec![series]);
        let markup = svg(&chart, &Options::page(820.0));
        assert!(markup.len() < 600_000, "{how:?} {}", markup.len());
        assert_eq!(table(&chart).rows.len(), 200_000);
    }
}

#[test]
fn ten_thousand_spans_make_a_small_picture() {
    let span = |i: usize| Span {
        start_ms: i as f64 * 0.01,
        end_ms: i as f64 * 0.01 + 0.005,
        key: ["work", "wait"][i % 2].into(),
        label: format!("task {i}"),
    };
    let track = |t: usize| Track {
        key: "threads".into(),
        name: format!("Thread {t}"),
        spans: (0..1250).map(|i| span(i * 8 + t)).collect(),
    };
    let spans = Spans {
        tracks: (0..8).map(track).collect(),
        window: None,
        idle: vec!["wait".into()],
    };
    let chart = of(Kind::Spans(spans.clone()));
    let markup = svg(&chart, &Options::page(820.0));
    check(&markup);
    assert!(markup.len() < 400_000, "{}", markup.len());
    assert_eq!(table(&chart).rows.len(), 10_000);
    // Nearer, each can be gone to.
    let window = Some((10.0, 10.5));
    let near = svg(&of(Kind::Spans(Spans { window, ..spans })), &Options::page(820.0));
    assert!(near.contains("Thread 1: task "), "{near}");
}

#[test]
fn points_say_what_they_are_and_one_of_each_series_is_a_stop() {
    let mut series = line("threads", &[(1.0, 1.0), (2.0, 1.97), (4.0, 3.81)]);
    series.name = "Threads".into();
    series.points[2].interval = Some((3.62, 4.014));
    let threads = Axis::new("threads", Unit::Count).counting("threads");
    let chart = over(
        threads,
        Axis::new("speed-up", Unit::Ratio),
        vec![series, line("gpu", &[(1.0, 2.0)])],
    );
    let markup = svg(&chart, &Options::page(820.0));
    assert!(
        markup.contains(
            "aria-label=\"Threads: 4 threads, 3.81x (3.62-4.01)\" data-series=\"0\" data-index=\"2\""
        )
    );
    assert!(markup.contains("aria-label=\"Threads: 1 thread, 1.00x\""));
    assert_eq!(markup.matches("tabindex=\"0\"").count(), 2);
    assert_eq!(markup.matches("tabindex=\"-1\"").count(), 2);
    assert!(markup.contains("role=\"group\" aria-labelledby=\"c-title c-desc\""));
}

#[test]
fn a_table_is_for_people_and_for_programs() {
    let mut series = line("simd", &[(1024.0, 0.5121), (4096.0, 1500.0)]);
    series.name = "=SIMD, mine".into();
    series.points[0].interval = Some((0.5, 0.53));
    let table = table(&over(
        Axis::new("size", Unit::Bytes),
        Axis::new("time", Unit::TimeMs),
        vec![series],
    ));
    assert_eq!(
        table.csv(),
        "series,size (bytes),time (ms),from (ms),to (ms)\r\n\
         \"'=SIMD, mine\",1024,0.5121,0.5,0.53\r\n\
         \"'=SIMD, mine\",4096,1500,,\r\n"
    );
    let html = table.html();
    assert!(
        html.starts_with(
            "<table class=\"chart-table\"><caption>Title</caption><thead><tr><th scope=\"col\">"
        )
    );
    assert!(html.contains(
        "<th scope=\"row\">=SIMD, mine</th><td class=\"number\">1 kB</td><td class=\"number\">512 us</td>"
    ));
}

#[test]
fn a_file_stands_alone_and_a_piece_of_the_page_does_not() {
    let chart = over(plain(), plain(), vec![line("gpu", &[(1.0, 2.0), (2.0, 3.0)])]);
    let [page, file] = both(&chart, 600.0);
    assert!(file.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\""));
    assert!(file.contains("#d987b5") && !file.contains("var("), "dark colours");
    assert!(file.contains(">Title</text>"));
    assert!(!page.contains("<style") && !page.contains(">Title</text>") && !page.contains('#'));
    assert!(page.contains("s-gpu"));
}

#[test]
fn a_wished_height_is_kept_where_it_can_be() {
    let chart = over(
        plain(),
        plain(),
        vec![
            line("gpu", &[(1.0, 2.0), (2.0, 3.0)]),
            line("simd", &[(1.0, 1.0)]),
        ],
    );
    for width in [340.0, 820.0] {
        for standalone in [None, Some(Theme::Light)] {
            let height = Some(420.0);
            let picture = draw(
                &chart,
                &Options {
                    width,
                    height,
                    standalone,
                },
            );
            assert!((picture.height - 420.0).abs() <= 1.0, "{}", picture.height);
        }
    }
}
