//! The mock's own routes, for the owner's bearer only: the request log and the fault rules.
//!
//! `GET /mock/log?path=*&method=PATCH&since=SEQ`, `DELETE /mock/log`, `GET|POST|DELETE /mock/faults` (a posted body is
//! text with rules, or `{"rules": "..."}`), `GET /mock/info`.

use serde_json::{Value, json};

use crate::call::{Answer, Call, Refusal, empty, ok};
use crate::faults;
use crate::json;
use crate::route::{Audience, Route};

const fn owner(methods: &'static str, path: &'static str, handler: fn(&Call) -> Answer) -> Route {
    Route { methods, path, handler, audience: Audience::Owner }
}

pub const ROUTES: &[Route] = &[
    owner("GET", "/mock/info", info),
    owner("GET", "/mock/log", log),
    owner("DELETE", "/mock/log", clear_log),
    owner("GET", "/mock/faults", list_faults),
    owner("POST", "/mock/faults", add_faults),
    owner("DELETE", "/mock/faults", clear_faults),
];

fn info(call: &Call) -> Answer {
    let count = |table: &str| call.store.count(&format!("SELECT count(*) FROM {table}"), &[]);
    ok(json!({
        "path": call.store.path.display().to_string(), "tenantId": call.store.tenant_id()?,
        "administrator": call.store.meta("administrator")?, "seed": call.store.meta("seed")?,
        "created": call.store.meta("created")?, "users": count("user")?, "numbers": count("number")?,
        "documents": count("document")?, "assignments": count("assignment")?,
    }))
}

fn log(call: &Call) -> Answer {
    let like = |name: &str| call.query(name).unwrap_or("*").replace('*', "%");
    let mut query = call.store.db.prepare_cached(
        "SELECT seq,time,method,path,query,cmdlet,correlation,caller,status,micros,fault FROM log
         WHERE seq>?1 AND path LIKE ?2 AND method LIKE ?3 ORDER BY seq",
    )?;
    let since = call.query_number("since").unwrap_or(0) as i64;
    let rows = query.query_map((since, like("path"), like("method")), |row| {
        let text = |i: usize| row.get::<_, Option<String>>(i);
        Ok(json!({
            "seq": row.get::<_, i64>(0)?, "time": text(1)?, "method": text(2)?, "path": text(3)?, "query": text(4)?,
            "cmdlet": text(5)?, "correlationId": text(6)?, "caller": text(7)?, "status": row.get::<_, i64>(8)?,
            "micros": row.get::<_, i64>(9)?, "fault": text(10)?,
        }))
    })?;
    ok(Value::Array(rows.collect::<Result<_, _>>()?))
}

fn clear_log(call: &Call) -> Answer {
    call.store.db.execute("DELETE FROM log", [])?;
    empty(204)
}

fn list_faults(call: &Call) -> Answer {
    let rows = faults::list(call.store)?;
    ok(rows.into_iter().map(|(rule, seen)| json!({"rule": rule, "seen": seen})).collect())
}

fn add_faults(call: &Call) -> Answer {
    let text = call.body.as_str().map(str::to_owned).or_else(|| json::text(&call.body, "rules")).unwrap_or_default();
    let rules = faults::parse(&text).map_err(|why| Refusal::gateway(400, "BadRequest", why))?;
    faults::add(call.store, &rules)?;
    empty(204)
}

fn clear_faults(call: &Call) -> Answer {
    faults::clear(call.store)?;
    empty(204)
}
