//! Teams.VoiceApps: schedules - hours of the week or dates - with the service's error codes.

use serde_json::{Value, json};

use crate::call::{Answer, Call, Refusal, ok};
use crate::collection::page;
use crate::ids;
use crate::json;
use crate::route::{Route, config};
use crate::store::Store;
use crate::voice_apps::{ATTENDANT, found, named, refuse};

pub const ROUTES: &[Route] = &[
    config("GET", "/Teams.VoiceApps/schedules", list_schedules),
    config("GET", "/Teams.VoiceApps/schedules/{id}", get_schedule),
    config("POST", "/Teams.VoiceApps/schedules", create_schedule),
    config("PUT PATCH", "/Teams.VoiceApps/schedules/{id}", change_schedule),
    config("DELETE", "/Teams.VoiceApps/schedules/{id}", remove_schedule),
];

pub const SCHEDULE: &str = "schedule";

fn list_schedules(call: &Call) -> Answer {
    let rows = page(call, call.store.list(SCHEDULE)?);
    named("Schedules", Value::Array(rows.into_iter().map(|r| show_schedule(call.store, r)).collect::<Result<_, _>>()?))
}

fn get_schedule(call: &Call) -> Answer {
    named("Schedule", show_schedule(call.store, found(call.store, SCHEDULE, "Schedule", call.param("id"))?)?)
}

fn show_schedule(store: &Store, mut schedule: Value) -> Result<Value, Refusal> {
    let id = schedule["Id"].clone();
    let uses = |a: &Value| json::items(a, "CallHandlingAssociations").iter().any(|c| c["ScheduleId"] == id);
    let users: Vec<Value> = store.list(ATTENDANT)?.iter().filter(|a| uses(a)).map(|a| a["Id"].clone()).collect();
    schedule["AssociatedConfigurationIds"] = json!(users);
    Ok(schedule)
}

fn create_schedule(call: &Call) -> Answer {
    let id = ids::guid();
    let schedule = check_schedule(call, &id)?;
    call.store.put(SCHEDULE, &id, &schedule)?;
    named("Schedule", schedule)
}

fn change_schedule(call: &Call) -> Answer {
    let id = call.param("id");
    found(call.store, SCHEDULE, "Schedule", id)?;
    let schedule = check_schedule(call, id)?;
    call.store.put(SCHEDULE, id, &schedule)?;
    named("Schedule", show_schedule(call.store, schedule)?)
}

const DAYS: &[&str] =
    &["MondayHours", "TuesdayHours", "WednesdayHours", "ThursdayHours", "FridayHours", "SaturdayHours", "SundayHours"];

fn check_schedule(call: &Call, id: &str) -> Result<Value, Refusal> {
    let body = &call.body;
    let name = json::filled(body, "Name").filter(|n| !n.trim().is_empty());
    let Some(name) = name else { return refuse("Schedule_NameNullOrWhitespace", "The name cannot be null or empty.") };
    let weekly = json::field(body, "WeeklyRecurrentSchedule").filter(|w| w.is_object());
    let fixed = json::field(body, "FixedSchedule").filter(|f| f.is_object());
    match (weekly, fixed) {
        (Some(weekly), None) => check_week(weekly)?,
        (None, Some(fixed)) => check_dates(fixed)?,
        _ => return refuse("Schedule_TypeNotSpecified", "Either a weekly recurrent or a fixed schedule is required."),
    }
    let mut week = weekly.cloned();
    if let (Some(week), Some(range)) = (&mut week, json::field(body, "RecurrenceRange")) {
        json::set(week, "RecurrenceRange", range.clone());
    }
    Ok(json!({
        "Id": id, "Name": name, "Type": if weekly.is_some() { "WeeklyRecurrence" } else { "Fixed" },
        "WeeklyRecurrentSchedule": week, "FixedSchedule": fixed, "AssociatedConfigurationIds": [],
    }))
}

/// Minutes of `hh:mm:ss`, or of `1.00:00:00`, the end of the day.
fn minutes(text: &str) -> Option<u32> {
    let (days, time) = text.split_once('.').unwrap_or(("0", text));
    let mut parts = time.split(':').map(str::parse::<u32>);
    let (hours, minutes) = (parts.next()?.ok()?, parts.next()?.ok()?);
    Some(days.parse::<u32>().ok()? * 1440 + hours * 60 + minutes)
}

fn check_week(week: &Value) -> Result<(), Refusal> {
    for day in DAYS {
        let mut ranges = Vec::new();
        for range in json::items(week, day) {
            let value = |name: &str| json::text(range, name).and_then(|t| minutes(&t));
            let (Some(start), Some(end)) = (value("Start"), value("End")) else {
                return refuse("TimeRange_InvalidBoundary", format!("A time range of {day} is not valid."));
            };
            if start >= end || start % 15 != 0 || end % 15 != 0 || end > 1440 {
                let text = format!("The time ranges of {day} must start before they end, on boundaries of 15 minutes.");
                return refuse("TimeRange_InvalidBoundary", text);
            }
            ranges.push((start, end));
        }
        ranges.sort_unstable();
        if ranges.windows(2).any(|w| w[0].1 > w[1].0) {
            return refuse(
                "WeeklyRecurrentSchedule_OverlappingTimeRanges",
                format!("The time ranges of {day} overlap."),
            );
        }
    }
    Ok(())
}

fn check_dates(fixed: &Value) -> Result<(), Refusal> {
    let mut starts = Vec::new();
    for range in json::items(fixed, "DateTimeRanges") {
        let start = json::text(range, "Start").unwrap_or_default();
        if starts.contains(&start) {
            let text = format!("Two date ranges start at '{start}'.");
            return refuse("FixedSchedule_DuplicateDateTimeRangeStartBoundaries", text);
        }
        starts.push(start);
    }
    Ok(())
}

fn remove_schedule(call: &Call) -> Answer {
    let id = call.param("id");
    let schedule = show_schedule(call.store, found(call.store, SCHEDULE, "Schedule", id)?)?;
    let users = json::items(&schedule, "AssociatedConfigurationIds").len();
    if users > 0 {
        let text = format!("The schedule '{id}' cannot be removed: {users} configuration(s) use it.");
        return refuse("RemoveScheduleOperation_ScheduleInUse", text);
    }
    call.store.remove(SCHEDULE, id)?;
    ok(json!({"Diagnostics": []}))
}
