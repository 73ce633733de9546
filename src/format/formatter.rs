//! Out-* behind the scenes: objects of all kinds in, lines out.
use crate::front::Front;
use crate::host;
use crate::output::{Clock, Lines, Output, Screen, UNLIMITED};
use crate::packet::{FormatObject, Packet};
use crate::parameters::Parameters;
use crate::style::Style;
use dialtone_object::{Res, Runtime, Value};
use std::rc::Rc;

pub struct Formatter {
    front: Front,
    output: Output,
}

impl Formatter {
    pub fn new(screen: Screen) -> Formatter {
        Formatter { front: Front::new(None, Parameters::default()), output: Output::new(screen) }
    }

    /// For the host's own output.
    pub fn for_host() -> Formatter {
        let c = host::console();
        Formatter::new(Screen::host(c.width, c.height, c.terminal))
    }

    /// For text (Out-String, Out-File, redirection); `width` is -Width.
    pub fn for_text(width: Option<i32>) -> Formatter {
        let c = host::console();
        Formatter::new(Screen {
            columns: width.unwrap_or(UNLIMITED),
            window_width: c.width,
            window_height: c.height,
            host: false,
            terminal: c.terminal,
        })
    }

    pub fn set_clock(&mut self, clock: Clock) {
        self.output.clock = clock;
    }

    /// Takes an object of the pipeline; writes the lines that are ready.
    pub fn push(&mut self, rt: &mut dyn Runtime, value: &Value, out: &mut dyn Lines) -> Res<()> {
        if let Some(format) = value.get::<FormatObject>() {
            let packet = format.0.clone();
            if matches!(*packet, Packet::Start(_)) && self.output.inside_group() {
                // A new document while the default formatter's is open: that one ends here.
                self.finish(rt, out)?;
            }
            return forward(&mut self.output, &packet, out);
        }
        let Formatter { front, output } = self;
        front.process(rt, value, &mut |_, packet| forward(output, &packet, out))
    }

    /// Ends what is open and writes the rest.
    pub fn finish(&mut self, rt: &mut dyn Runtime, out: &mut dyn Lines) -> Res<()> {
        let Formatter { front, output } = self;
        front.finish(rt, &mut |_, packet| forward(output, &packet, out))?;
        output.finish(out);
        Ok(())
    }
}

fn forward(output: &mut Output, packet: &Rc<Packet>, out: &mut dyn Lines) -> Res<()> {
    if matches!(**packet, Packet::Start(_) | Packet::Entry { out_of_band: true, .. }) {
        // Scripts change $PSStyle on the way.
        let style = Style::current(output.screen.host, output.screen.terminal);
        if *output.style != style {
            output.style = Rc::new(style);
        }
    }
    output.packet(packet, out)
}
