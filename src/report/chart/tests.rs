//! Charts of a small table of targets.

use super::*;
use crate::db::{Column, Inference, Table, infer};
use crate::targets::{ClassColor, ColorOverrides};

const COLUMNS: [(&str, [&str; 7]); 6] = [
    ("class", ["dam", "ship", "ship", "ship", "port", "", "dam"]),
    ("image", ["a", "b", "b", "a", "b", "c", "a"]),
    ("date", ["2020-01-01", "2020-01-03", "2020-01-03", "", "2020-01-02", "2020-02-01", "2020-01-01"]),
    ("length_m", ["100", "20", "30", "-5", "", "1", "300"]),
    ("score", ["0.5", "0.25", "0.75", "0.1", "0.9", "NaN", "1"]),
    ("visits", ["1", "2", "2", "3", "9", "4", "1"]),
];

fn table() -> Table {
    let column = |(name, texts): (&str, [&str; 7])| {
        let texts = texts.into_iter().map(|text| Some(text).filter(|text| !text.is_empty())).collect();
        Column::new(name, infer(texts, Inference::All))
    };
    Table::new(COLUMNS.into_iter().map(column).collect()).unwrap()
}

fn spec(kind: ChartKind, x: &str, y: &str) -> ChartSpec {
    ChartSpec { kind, x: x.into(), y: y.into(), ..ChartSpec::default() }
}

fn made(spec: &ChartSpec) -> Chart {
    chart(&table(), &table().rows(), spec, &ColorOverrides::new()).unwrap()
}

fn refused(spec: &ChartSpec) -> String {
    chart(&table(), &table().rows(), spec, &ColorOverrides::new()).unwrap_err().to_string()
}

fn points(chart: &Chart) -> &Points {
    let Marks::Points(points) = &chart.marks else { panic!("no points: {chart:?}") };
    points
}

fn bars(chart: &Chart) -> &[Bar] {
    let Marks::Bars(bars) = &chart.marks else { panic!("no bars: {chart:?}") };
    bars
}

fn names(axis: &Axis) -> Vec<&str> {
    let AxisKind::Categories(names) = &axis.kind else { panic!("no categories: {axis:?}") };
    names.iter().map(String::as_str).collect()
}

fn values(chart: &Chart) -> Vec<f64> {
    bars(chart).iter().map(|bar| bar.value).collect()
}

#[test]
fn a_scatter_plot_has_a_point_for_each_row_with_both_values() {
    let chart = made(&spec(ChartKind::Scatter, "LENGTH_M", "score"));
    assert_eq!(points(&chart).rows, [0, 1, 2, 3, 6]);
    assert_eq!(points(&chart).x, [100.0, 20.0, 30.0, -5.0, 300.0]);
    assert_eq!(points(&chart).y, [0.5, 0.25, 0.75, 0.1, 1.0]);
    assert_eq!(chart.left_out, 2);
    assert_eq!(chart.title, "score by length (m)");
    assert!(chart.x.range.0 < -5.0 && chart.x.range.1 > 300.0);
}

#[test]
fn only_the_rows_that_were_asked_for_are_drawn() {
    let ask = spec(ChartKind::Scatter, "length_m", "score");
    let chart = chart(&table(), &[6, 0], &ask, &ColorOverrides::new()).unwrap();
    assert_eq!(points(&chart).rows, [6, 0]);
}

#[test]
fn a_logarithmic_axis_leaves_out_what_is_not_above_zero() {
    let ask = ChartSpec { x_scale: Scale::Log, ..spec(ChartKind::Scatter, "length_m", "visits") };
    let chart = made(&ask);
    assert_eq!(points(&chart).rows, [0, 1, 2, 5, 6]);
    assert_eq!(points(&chart).x[0], 2.0);
    assert_eq!(chart.x.label(points(&chart).x[0]), "100");
    assert_eq!(chart.left_out, 2, "one without length, one below zero");
}

#[test]
fn texts_color_groups_and_numbers_color_a_ramp() {
    let ask = ChartSpec { color: "class".into(), ..spec(ChartKind::Scatter, "visits", "visits") };
    let by_class = made(&ask);
    let groups: Vec<(&str, usize)> = by_class.groups.iter().map(|group| (group.name.as_str(), group.rows)).collect();
    assert_eq!(groups, [("ship", 3), ("dam", 2), ("(none)", 1), ("port", 1)]);
    assert_eq!(points(&by_class).groups, [1, 0, 0, 0, 3, 2, 1]);
    let by_score = made(&ChartSpec { color: "score".into(), ..ask });
    assert!(by_score.groups.is_empty());
    assert_eq!(by_score.color_scale.as_ref().unwrap().range, (0.1, 1.0));
    assert!(points(&by_score).ramp[5].is_nan(), "NaN has no place on the ramp");
    assert_eq!(points(&by_score).ramp[3], 0.0);
}

#[test]
fn groups_have_the_colours_of_their_classes() {
    let red = ClassColor::new(255, 0, 0);
    let colors = ColorOverrides::from([("dam".to_owned(), red)]);
    let ask = ChartSpec { color: "class".into(), ..spec(ChartKind::Bar, "image", "") };
    let chart = chart(&table(), &table().rows(), &ask, &colors).unwrap();
    let dam = chart.groups.iter().find(|group| group.name == "dam").unwrap();
    assert_eq!(dam.color, [255, 0, 0]);
    assert!(chart.groups.iter().filter(|group| group.color == [255, 0, 0]).count() == 1);
}

#[test]
fn sizes_go_from_the_smallest_to_the_largest() {
    let ask = ChartSpec { size: "visits".into(), ..spec(ChartKind::Scatter, "visits", "visits") };
    let chart = made(&ask);
    assert_eq!(points(&chart).sizes[0], 0.0);
    assert_eq!(points(&chart).sizes[4], 1.0);
    assert_eq!(chart.size_scale, Some(("visits".into(), (1.0, 9.0))));
    assert!(refused(&ChartSpec { size: "class".into(), ..ask }).contains("holds no numbers"));
}

#[test]
fn bars_count_rows_and_the_highest_comes_first() {
    let chart = made(&spec(ChartKind::Bar, "class", ""));
    assert_eq!(names(&chart.x), ["ship", "dam", "(none)", "port"]);
    assert_eq!(values(&chart), [3.0, 2.0, 1.0, 1.0]);
    assert_eq!(bars(&chart)[0].rows, [1, 2, 3]);
    assert_eq!(chart.title, "count by class");
}

#[test]
fn bars_aggregate_a_column() {
    let ask = ChartSpec { aggregate: Aggregate::Mean, ..spec(ChartKind::Bar, "class", "length_m") };
    let chart = made(&ask);
    assert_eq!(names(&chart.x), ["dam", "ship", "(none)", "port"]);
    assert_eq!(values(&chart), [200.0, 15.0, 1.0]);
    assert_eq!(chart.left_out, 1, "the port has no length");
    assert_eq!(chart.y.title, "mean length (m)");
    assert!(refused(&ChartSpec { y: String::new(), ..ask }).contains("needs a column for the side axis"));
}

#[test]
fn counts_of_groups_are_stacked_and_means_stand_side_by_side() {
    let counts = ChartSpec { color: "image".into(), ..spec(ChartKind::Bar, "class", "") };
    let chart = made(&counts);
    let ship: Vec<_> = bars(&chart).iter().filter(|bar| bar.x.0 == -0.4).map(|bar| bar.y).collect();
    assert_eq!(ship, [(0.0, 1.0), (1.0, 3.0)], "one in a, two in b");
    let means = ChartSpec { aggregate: Aggregate::Mean, y: "score".into(), ..counts };
    let chart = made(&means);
    assert!(bars(&chart).iter().all(|bar| bar.y.0 == 0.0));
    let mut lefts: Vec<f64> = bars(&chart).iter().map(|bar| bar.x.0).collect();
    lefts.dedup();
    assert_eq!(lefts.len(), bars(&chart).len(), "no two bars in one place");
}

#[test]
fn heights_on_a_logarithmic_axis_begin_below_the_lowest() {
    let chart = made(&ChartSpec { y_scale: Scale::Log, ..spec(ChartKind::Bar, "class", "") });
    assert_eq!(values(&chart), [3.0, 2.0, 1.0, 1.0]);
    assert!(bars(&chart).iter().all(|bar| bar.y.0 == chart.y.range.0 && bar.y.1 > bar.y.0));
    assert_eq!(bars(&chart)[0].y.1, 3_f64.log10());
}

#[test]
fn a_histogram_holds_every_number_once() {
    let chart = made(&spec(ChartKind::Histogram, "visits", ""));
    assert_eq!(
        bars(&chart).iter().map(|bar| (bar.x.0, bar.value)).collect::<Vec<_>>(),
        [(1.0, 2.0), (2.0, 2.0), (3.0, 1.0), (4.0, 1.0), (9.0, 1.0)]
    );
    let asked = made(&ChartSpec { bins: 4, ..spec(ChartKind::Histogram, "visits", "") });
    assert_eq!(values(&asked), [4.0, 2.0, 1.0], "1 to 3, 3 to 5, none, 7 to 9 with both ends");
    assert!(refused(&spec(ChartKind::Histogram, "class", "")).contains("a bar chart counts texts"));
}

#[test]
fn a_histogram_of_one_value_has_one_bar() {
    let chart = chart(&table(), &[0, 6], &spec(ChartKind::Histogram, "visits", ""), &ColorOverrides::new()).unwrap();
    assert_eq!(values(&chart), [2.0]);
}

#[test]
fn a_time_line_counts_days_and_shows_those_without_any() {
    let chart = made(&spec(ChartKind::Timeline, "date", ""));
    let Marks::Lines(vertices) = &chart.marks else { panic!("no lines") };
    assert_eq!(vertices.len(), 32, "every day from 1 January to 1 February");
    let first: Vec<f64> = vertices.iter().take(4).map(|vertex| vertex.value).collect();
    assert_eq!(first, [2.0, 1.0, 2.0, 0.0]);
    assert_eq!(chart.x.label(vertices[2].x), "2020-01-03");
    assert_eq!((chart.left_out, chart.x.title.as_str()), (1, "date (day)"));
    assert!(refused(&spec(ChartKind::Timeline, "score", "")).contains("holds no days or times"));
}

#[test]
fn a_time_line_of_means_has_points_where_there_are_values() {
    let ask =
        ChartSpec { aggregate: Aggregate::Max, step: TimeStep::Month, ..spec(ChartKind::Timeline, "date", "length_m") };
    let chart = made(&ask);
    let Marks::Lines(vertices) = &chart.marks else { panic!("no lines") };
    assert_eq!(vertices.iter().map(|vertex| vertex.value).collect::<Vec<_>>(), [300.0, 1.0]);
}

#[test]
fn a_heat_map_has_a_cell_for_each_pair_that_occurs() {
    let chart = made(&spec(ChartKind::Heatmap, "image", "class"));
    let Marks::Cells(cells) = &chart.marks else { panic!("no cells") };
    let found: Vec<(&str, &str, f64)> = cells
        .iter()
        .map(|cell| (names(&chart.x)[cell.x as usize], names(&chart.y)[cell.y as usize], cell.value))
        .collect();
    let expected =
        [("b", "port", 1.0), ("c", "(none)", 1.0), ("a", "dam", 2.0), ("a", "ship", 1.0), ("b", "ship", 2.0)];
    assert_eq!(found, expected);
    assert_eq!(names(&chart.y).last(), Some(&"ship"), "the most frequent on top");
    assert_eq!((cells[3].ramp, cells[4].ramp), (0.0, 1.0));
}

#[test]
fn of_too_many_values_the_most_frequent_are_shown_and_the_reader_is_told() {
    let texts = (0..200).map(|at| (at % 100).max(20).to_string()).collect::<Vec<_>>();
    let texts = infer(texts.iter().map(|text| Some(text.as_str())).collect(), Inference::Temporal);
    let table = Table::new(vec![Column::new("tile", texts)]).unwrap();
    let chart = chart(&table, &table.rows(), &spec(ChartKind::Bar, "tile", ""), &ColorOverrides::new()).unwrap();
    assert_eq!(names(&chart.x).len(), MOST_CATEGORIES);
    assert_eq!(bars(&chart)[0].value, 42.0);
    assert_eq!(chart.notes, ["the 60 most frequent of 80 values of tile are shown"]);
}

#[test]
fn what_is_wrong_with_a_wish_names_the_column() {
    let wrong = refused(&spec(ChartKind::Scatter, "speed", "score"));
    assert!(wrong.starts_with("there is no column \"speed\" (the columns: class, image, date"), "{wrong}");
    assert_eq!(refused(&spec(ChartKind::Scatter, "score", "")), "a scatter plot needs a column for the side axis");
}

#[test]
fn nothing_to_draw_is_an_empty_chart() {
    for kind in ChartKind::ALL {
        let ask = match kind {
            ChartKind::Heatmap => spec(kind, "image", "class"),
            ChartKind::Timeline => spec(kind, "date", ""),
            _ => spec(kind, "visits", "visits"),
        };
        let chart = chart(&table(), &[], &ask, &ColorOverrides::new()).unwrap();
        assert!(chart.is_empty(), "{kind}");
        assert!(chart.x.range.0 < chart.x.range.1 && chart.y.range.0 < chart.y.range.1, "{kind}");
    }
}

#[test]
fn a_wish_reads_as_it_was_written() {
    let ask: ChartSpec = serde_json::from_str(r#"{"kind":"timeline","x":"date","step":"week"}"#).unwrap();
    assert_eq!((ask.kind, ask.step, ask.aggregate), (ChartKind::Timeline, TimeStep::Week, Aggregate::Count));
    assert_eq!(serde_json::from_str::<ChartSpec>(&serde_json::to_string(&ask).unwrap()).unwrap(), ask);
    assert!(serde_json::from_str::<ChartSpec>(r#"{"kind":"pie"}"#).is_err());
    assert!(serde_json::from_str::<ChartSpec>(r#"{"colour":"class"}"#).is_err());
}

#[test]
fn density_counts_and_mixes_colours() {
    let chart = made(&ChartSpec { color: "class".into(), ..spec(ChartKind::Scatter, "visits", "visits") });
    let grid = DensityGrid { x: (0.0, 10.0), y: (0.0, 10.0), width: 2, height: 2 };
    let picture = density(&chart, grid, [1, 2, 3], |_| true);
    assert_eq!(picture.pixel(0, 0).unwrap()[3], 0, "nothing at the upper left");
    assert_eq!(picture.pixel(0, 1).unwrap()[3], 255, "six at the lower left");
    let port = chart.groups[3].color;
    assert_eq!(picture.pixel(1, 0).unwrap()[..3], port);
    let none = density(&chart, grid, [1, 2, 3], |_| false);
    assert!(none.is_blank());
}

fn data(spec: &ChartSpec) -> String {
    let data = chart_data(&made(spec), &table(), spec, &[0]);
    crate::db::csv_text(&data, &data.rows())
}

#[test]
fn the_data_of_a_chart_is_a_table_of_its_marks() {
    let scatter = spec(ChartKind::Scatter, "length_m", "score");
    assert_eq!(data(&scatter).lines().take(2).collect::<Vec<_>>(), ["class,length_m,score", "dam,100,0.5"]);
    let bars = ChartSpec { color: "image".into(), ..spec(ChartKind::Bar, "class", "") };
    assert_eq!(data(&bars).lines().take(3).collect::<Vec<_>>(), ["class,image,count,rows", "ship,a,1,1", "ship,b,2,2"]);
    let histogram = spec(ChartKind::Histogram, "visits", "");
    assert_eq!(data(&histogram).lines().nth(1), Some("1,2,2,2"));
    let timeline = ChartSpec { step: TimeStep::Month, ..spec(ChartKind::Timeline, "date", "") };
    assert_eq!(data(&timeline), "date,count,rows\n2020-01-01,5,5\n2020-02-01,1,1\n");
    let heatmap = spec(ChartKind::Heatmap, "image", "class");
    assert_eq!(data(&heatmap).lines().nth(1), Some("b,port,1,1"));
}

#[test]
fn hidden_groups_are_left_out() {
    let by_class = made(&ChartSpec { color: "class".into(), ..spec(ChartKind::Scatter, "visits", "visits") });
    let rest = by_class.without_groups(&[0, 2]);
    assert_eq!(points(&rest).rows, [0, 4, 6]);
    assert_eq!(points(&rest).groups, [1, 3, 1]);
    assert_eq!(rest.x, by_class.x);
    let plain = made(&spec(ChartKind::Scatter, "visits", "visits"));
    assert_eq!(plain.without_groups(&[0]), plain, "without groups there is nothing to hide");
}
