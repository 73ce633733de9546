//! Microsoft Graph usage reports: a redirect to a signed address that gives the CSV. Rows are made up from the seed; the
//! columns are data (`data/reports.json`).

use serde_json::Value;

use crate::call::{Answer, Call, Refusal, Reply, check_link, encode, open_link};
use crate::ids::{self, Sequence};
use crate::json;
use crate::people::Person;
use crate::route::{Route, graph, open};

pub const ROUTES: &[Route] = &[
    graph("GET", "/v1.0/reports/{name}(period='{period}')", by_period),
    graph("GET", "/v1.0/reports/{name}(date={date})", by_date),
    open("GET", "/data/download/{token}", download),
];

const DAY: i64 = 86_400;

/// The columns of a report, by its name whatever its case.
fn columns(name: &str) -> Option<Vec<String>> {
    let all: Value = serde_json::from_str(include_str!("data/reports.json")).unwrap_or_default();
    json::field(&all, name)?.as_array()?.iter().map(|c| c.as_str().map(str::to_owned)).collect()
}

fn by_period(call: &Call) -> Answer {
    let period = call.param("period").to_ascii_uppercase();
    if !["D7", "D30", "D90", "D180"].contains(&period.as_str()) {
        let text = format!("Invalid period '{period}': D7, D30, D90 and D180 are supported.");
        return Err(Refusal::graph(400, "InvalidArgument", text));
    }
    redirect(call, &period)
}

fn by_date(call: &Call) -> Answer {
    let date = call.param("date");
    let day = format!("{date}T00:00:00Z").parse::<jiff::Timestamp>().map(|t| t.as_second());
    let recent = day.is_ok_and(|d| (0..=30 * DAY).contains(&(ids::seconds() - d)));
    if !recent || !call.param("name").to_ascii_lowercase().ends_with("detail") {
        return Err(Refusal::graph(
            400,
            "InvalidArgument",
            format!("Invalid date '{date}': the last 30 days are supported, for detail reports."),
        ));
    }
    redirect(call, date)
}

fn redirect(call: &Call, span: &str) -> Answer {
    let name = call.param("name");
    if columns(name).is_none() {
        return Err(Refusal::graph(400, "BadRequest", format!("Resource not found for the segment '{name}'.")));
    }
    let location =
        open_link(call, &format!("data/download/{}", encode(&format!("{name}.{span}"))), ids::seconds() + 300);
    Ok(Reply { status: 302, content_type: "text/plain", ..Reply::default() }.header("Location", location))
}

fn download(call: &Call) -> Answer {
    check_link(call)?;
    let token = call.param("token").to_owned();
    let (name, span) = token.split_once('.').unwrap_or((&token, "D7"));
    let columns = columns(name).ok_or_else(|| Refusal::plain(404, "The report was not found."))?;
    let text = csv(call, name, span, &columns)?;
    let tag = format!("\"{:x}\"", Sequence::of(text.len() as u64, &text, 0).next());
    if call.header("If-None-Match") == Some(&tag) {
        return Ok(Reply { status: 304, ..Reply::default() });
    }
    let file = format!("attachment; filename={name}.csv");
    Ok(Reply::bytes("application/octet-stream", text.into_bytes())
        .header("ETag", tag)
        .header("Content-Disposition", file))
}

/// One row for each user in detail reports, for each day in counts, one in distributions.
fn csv(call: &Call, name: &str, span: &str, columns: &[String]) -> Result<String, Refusal> {
    let seed: u64 = call.store.meta("seed")?.parse().unwrap_or(1);
    let refreshed = ids::seconds() - 2 * DAY;
    let days: i64 = span.trim_start_matches('D').parse().unwrap_or(1);
    let lower = name.to_ascii_lowercase();
    // A byte order mark goes first.
    let mut text = format!("\u{feff}{}\r\n", columns.join(","));
    let mut row = |index: usize, day: i64, person: Option<&Person>, name: Option<&str>| {
        let mut sequence = Sequence::of(seed, &lower, index * 1000 + (day / DAY) as usize % 1000);
        let cells: Vec<String> =
            columns.iter().map(|c| cell(c, refreshed, day, days, person, name, &mut sequence)).collect();
        text.push_str(&(cells.join(",") + "\r\n"));
    };
    if lower.ends_with("userdetail") {
        let people = call.store.people("type='User' AND deleted=0", &[], "seq", 1_000_000)?;
        for person in &people {
            row(person.seq as usize, refreshed, Some(person), None);
        }
    } else if lower.ends_with("detail") {
        for (index, (_, group)) in call.store.entries("group")?.iter().enumerate() {
            row(index, refreshed, None, json::text(group, "displayName").as_deref());
        }
    } else if lower.contains("distribution") {
        row(0, refreshed, None, None);
    } else {
        for back in 0..days {
            row(0, refreshed - back * DAY, None, None);
        }
    }
    Ok(text)
}

fn cell(
    column: &str,
    refreshed: i64,
    day: i64,
    days: i64,
    person: Option<&Person>,
    name: Option<&str>,
    sequence: &mut Sequence,
) -> String {
    let date = |at: i64| ids::stamp(at).split('T').next().unwrap_or_default().to_owned();
    let number = sequence.below(40);
    match column {
        "Report Refresh Date" => date(refreshed),
        "Report Date" => date(day),
        "Report Period" => days.to_string(),
        "User Principal Name" => person.map_or("", Person::upn).to_owned(),
        "User Id" => person.map_or("", Person::id).to_owned(),
        "Team Name" => name.unwrap_or_default().to_owned(),
        "Team Id" => sequence.guid(),
        "Team Type" => "Private".to_owned(),
        "Tenant Display Name" => "Contoso".to_owned(),
        "Shared Channel Tenant Display Names" | "Deleted Date" => String::new(),
        "Is Deleted" => "False".to_owned(),
        "Is Licensed" => yes(person.is_some_and(|p| p.plans().next().is_some())),
        "Has Other Action" => "No".to_owned(),
        "Assigned Products" => person.map(|p| p.plans().collect::<Vec<_>>().join("+")).unwrap_or_default(),
        c if c.ends_with("Date") => date(refreshed - (number as i64 % days.max(1)) * DAY),
        c if c.starts_with("Used ") => yes(number.is_multiple_of(3)),
        c if c.ends_with("Duration") => format!("PT{}M", number * 7),
        c if c.ends_with("In Seconds") => (number * 420).to_string(),
        c if c.contains("Minutes") => (number * 11).to_string(),
        _ => number.to_string(),
    }
}

fn yes(flag: bool) -> String {
    if flag { "Yes" } else { "No" }.to_owned()
}
