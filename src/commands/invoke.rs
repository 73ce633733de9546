//! Invoke-Expression, Invoke-Command (local), Measure-Command, Set-StrictMode, Out-Null, Tee-Object.
use crate::get_member::dressed;
use crate::input;
use dialtone_engine::Engine;
use dialtone_engine::command::{Command, Cx};
use dialtone_engine::pipeline::NullSink;
use dialtone_object::*;

/// Invoke-Expression: runs text in the current scope.
#[derive(Default)]
pub struct InvokeExpression;

impl Command for InvokeExpression {
    fn process(&mut self, cx: &mut Cx) -> Res<()> {
        let text = cx.args.text("Command").unwrap_or_default();
        let code = cx.en.compile(&text, None).map_err(|flow| {
            // The place of a parse error is the call, its message says where in the text.
            if let Some(error) = flow.error() {
                error.invocation.replace(None);
            }
            dressed(cx, flow)
        })?;
        let scope = cx.en.scope.clone();
        let frame = cx.en.frame(&code, &scope, *cx.redirects, None);
        cx.en.enter(&code, &"".into(), None, &scope)?;
        let result = cx.en.run_blocks(&frame, &code, None, cx.out);
        cx.en.leave();
        result
    }
}

/// Invoke-Command with a script block, here in this session.
#[derive(Default)]
pub struct InvokeCommand {
    input: Vec<Value>,
}

impl Command for InvokeCommand {
    fn process(&mut self, cx: &mut Cx) -> Res<()> {
        if cx.has_input() {
            let object = cx.input.clone();
            self.input.push(object);
        }
        Ok(())
    }
    fn end(&mut self, cx: &mut Cx) -> Res<()> {
        if cx.args.is_bound("ComputerName") || cx.args.is_bound("Session") || cx.args.is_bound("HostName") {
            return Err(cx.fail(ErrorRecord::new(
                "System.Management.Automation.Remoting.PSRemotingTransportException",
                "This parameter set requires WSMan, and no supported WSMan client library was found. WSMan is either not installed or unavailable for this system.",
                "System.Management.Automation.Remoting.PSRemotingDataStructureException",
                ErrorCategory::ResourceUnavailable,
            )));
        }
        let Some(value) = cx.args.value("ScriptBlock").cloned() else { return Ok(()) };
        let args = cx.args.list("ArgumentList");
        let Some(block) = Engine::block(&value).map(|b| b.share()) else { return Ok(()) };
        if cx.args.switch("NoNewScope") {
            let scope = cx.en.scope.clone();
            let code = block.code.clone();
            let frame = cx.en.frame(&code, &scope, *cx.redirects, None);
            return cx.en.run_blocks(&frame, &code, Some(std::mem::take(&mut self.input)), cx.out);
        }
        if self.input.is_empty() {
            return cx.en.invoke_block(&block, &args, None, cx.out, cx.redirects);
        }
        // What came down the pipeline is `$input` of the block.
        let code = block.code.clone();
        let parent = cx.en.parent_scope(&block.module);
        let scope = cx.en.new_scope(&code.layout, &parent);
        let outer = std::mem::replace(&mut cx.en.scope, scope.clone());
        let input = std::mem::take(&mut self.input);
        let result = cx.en.bind_positional(&code, &scope, &args, cx.redirects).and_then(|()| {
            let frame = cx.en.frame(&code, &scope, *cx.redirects, None);
            cx.en.run_blocks(&frame, &code, Some(input), cx.out)
        });
        cx.en.scope = outer;
        result
    }
}

#[derive(Default)]
pub struct MeasureCommand {
    ticks: i64,
}

impl Command for MeasureCommand {
    fn process(&mut self, cx: &mut Cx) -> Res<()> {
        let Some(value) = cx.args.value("Expression").cloned() else { return Ok(()) };
        let this = input(cx);
        let Some(block) = Engine::block(&value).map(|b| b.share()) else { return Ok(()) };
        let start = std::time::Instant::now();
        let scope = cx.en.scope.clone();
        let code = block.code.clone();
        let frame = cx.en.frame(&code, &scope, *cx.redirects, None);
        let slot = frame.slot(dialtone_code::layout::UNDERSCORE_SLOT);
        let old = this.map(|v| scope.swap(slot, v));
        let result = cx.en.run_block_once(&frame, &code, &NullSink);
        if let Some(old) = old {
            scope.put(slot, old);
        }
        self.ticks += i64::try_from(start.elapsed().as_nanos() / 100).unwrap_or(i64::MAX);
        result
    }
    fn end(&mut self, cx: &mut Cx) -> Res<()> {
        cx.write(Value::TimeSpan(self.ticks))
    }
}

#[derive(Default)]
pub struct SetStrictMode;

impl Command for SetStrictMode {
    fn process(&mut self, cx: &mut Cx) -> Res<()> {
        let level = if cx.args.switch("Off") {
            0
        } else {
            let version = cx.args.get("Version").cloned().unwrap_or_default();
            let text = cx.en.to_text(&version);
            let major = text.split('.').next().unwrap_or_default().trim();
            match major.parse::<u8>() {
                Ok(n) => n.min(3),
                Err(_) if major.eq_ignore_ascii_case("latest") => 3,
                Err(_) => {
                    let text = format!(
                        "Cannot process argument transformation on parameter 'Version'. Cannot convert value \"{text}\" to type \"System.Version\"."
                    );
                    return Err(cx.fail(ErrorRecord::new(
                        "System.Management.Automation.ParameterBindingArgumentTransformationException",
                        text,
                        "ParameterArgumentTransformationError",
                        ErrorCategory::InvalidData,
                    )));
                }
            }
        };
        cx.en.any_strict |= level > 0;
        cx.en.scope.strict.set(Some(level));
        Ok(())
    }
}

/// Out-Null: takes everything, gives nothing.
#[derive(Default)]
pub struct OutNull;

impl Command for OutNull {}

/// Tee-Object: passes everything on and keeps a copy in a file or variable.
#[derive(Default)]
pub struct TeeObject {
    items: Vec<Value>,
}

impl Command for TeeObject {
    fn process(&mut self, cx: &mut Cx) -> Res<()> {
        let Some(object) = input(cx) else { return Ok(()) };
        self.items.push(object.clone());
        cx.write(object)
    }
    fn end(&mut self, cx: &mut Cx) -> Res<()> {
        let items = std::mem::take(&mut self.items);
        if let Some(name) = cx.args.text("Variable") {
            let append = cx.args.switch("Append");
            let mut all = Vec::new();
            if append && let Some(old) = cx.en.variable(&name) {
                all = cx.en.enumerate(&old)?;
            }
            all.extend(items);
            return cx.en.set_variable(&name, Value::from_results(all).or_null());
        }
        let path = cx.args.text("FilePath").or_else(|| cx.args.text("LiteralPath")).unwrap_or_default();
        let full = cx.en.resolve_path(&path);
        let text = cx.en.host.clone().render(cx.en, items)?;
        let encoding = crate::encoding::Encoding::of(cx)?;
        let append = cx.args.switch("Append");
        write_text(&full, &text, encoding, append).map_err(|e| cx.fail(crate::file_system::open_failure(&e, &full)))
    }
}

/// Writes or appends text to a file.
pub fn write_text(path: &str, text: &str, encoding: crate::encoding::Encoding, append: bool) -> std::io::Result<()> {
    use std::io::Write;
    let mut options = std::fs::OpenOptions::new();
    options.create(true);
    if append {
        options.append(true)
    } else {
        options.write(true).truncate(true)
    };
    let mut file = options.open(path)?;
    let mut bytes = Vec::new();
    if file.metadata().is_ok_and(|m| m.len() == 0) {
        bytes.extend_from_slice(encoding.mark());
    }
    encoding.encode(text, &mut bytes);
    file.write_all(&bytes)
}
