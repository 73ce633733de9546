//! The interactive part: editor, completion, highlighting, prompt, history.
