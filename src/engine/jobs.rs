//! Background pipelines (`&`): not there yet, and says so.
use crate::command::Sink;
use crate::machine::{Engine, Frame};
use dialtone_code::PipelineCode;
use dialtone_object::Res;
use std::rc::Rc;

pub fn start_background(_en: &mut Engine, _f: &Frame, _p: &Rc<PipelineCode>, _out: &dyn Sink) -> Res<()> {
    Err(crate::errors::unsupported("background pipelines (&)").into())
}
