//! Templates as people write them, and as they should not.

use super::*;

fn blocks(text: &str) -> Vec<Block> {
    Template::parse(text).blocks().cloned().collect()
}

#[test]
fn settings_name_the_template_and_give_parameters_their_defaults() {
    let template = Template::parse("---\ntitle: \"Ports\"\nabout: All ports\nclass: port\nwest: -180\n---\n# Text\n");
    assert_eq!((template.title.as_str(), template.about.as_str()), ("Ports", "All ports"));
    assert_eq!(template.parameters["class"], "port");
    assert_eq!(template.parameters["west"], "-180");
    assert_eq!(template.parameters["to"], "");
    assert_eq!(template.parts, [TemplatePart::Text(TextPart::parse("# Text\n"))]);
}

#[test]
fn a_rule_at_the_beginning_is_no_settings() {
    let template = Template::parse("---\nOnly a rule above.\n");
    assert_eq!(template.parts.len(), 1);
    assert_eq!(Template::parse("# Ports\n").title, "Ports");
    assert_eq!(Template::parse("# {{ class }}\n").title, "");
}

#[test]
fn a_block_has_a_name_settings_and_a_query() {
    let found = blocks(
        "a\n\n```plot big hidden\nkind: bar\nx: class\ncaption: How many: all\n\nSELECT class,\n  id::text\nFROM t;\n```\nb",
    );
    let [block] = found.as_slice() else { panic!("{found:?}") };
    assert_eq!((block.kind, block.name.as_str(), block.is_hidden), (BlockKind::Plot, "big", true));
    assert_eq!(block.setting("caption"), Some("How many: all"));
    assert_eq!(block.setting("kind"), Some("bar"));
    assert_eq!(block.sql, "SELECT class,\n  id::text\nFROM t");
}

#[test]
fn a_query_may_follow_a_rule_or_begin_at_once() {
    let [ruled] = blocks("```sql\ncaption: x\n---\nselect 1\n```").try_into().unwrap_or_else(|_| panic!("one"));
    assert_eq!((ruled.setting("caption"), ruled.sql.as_str()), (Some("x"), "select 1"));
    let [plain] = blocks("```sql\nselect :a\n```").try_into().unwrap_or_else(|_| panic!("one"));
    assert_eq!((plain.settings.len(), plain.sql.as_str()), (0, "select :a"));
}

#[test]
fn other_fences_stay_text_and_hide_what_looks_like_a_block() {
    let template = Template::parse("````text\n```sql\nselect 1\n```\n````\n");
    assert_eq!(template.blocks().count(), 0);
    assert_eq!(template.parts.len(), 1);
}

#[test]
fn a_block_that_nobody_closes_ends_with_the_text() {
    let found = blocks("```sql\nselect 1\n");
    assert_eq!(found.first().map(|block| block.sql.as_str()), Some("select 1"));
}

#[test]
fn values_are_cut_out_of_the_text() {
    let part = TextPart::parse(
        r"On {{ image }}: {{big.length_m}} m, {{ SELECT count(*) FROM t; }}, {{ 1+1 }} and \{{ x }} {{",
    );
    let expected = [
        Wish::Word("image".into()),
        Wish::Field("big".into(), "length_m".into()),
        Wish::Query("SELECT count(*) FROM t".into()),
        Wish::Wrong("1+1".into()),
    ];
    assert_eq!(part.wishes, expected);
    assert_eq!(part.filled(|at| format!("<{at}>")), "On <0>: <1> m, <2>, <3> and {{ x }} {{");
}
