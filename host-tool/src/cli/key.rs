//! `postern key`.

use super::{
    args::{Key, KeyExport},
    now, open_store, print,
};
use crate::{
    exit::{Exit, Failure},
    key_file,
    store::Store as _,
};

pub(super) fn run(command: &Key) -> Result<Exit, Failure> {
    match command {
        Key::Export(args) => export(args),
    }
}

fn export(args: &KeyExport) -> Result<Exit, Failure> {
    let mut store = open_store(&args.store)?;
    let key = store.key(now()).map_err(Failure::Store)?;
    key_file::write(&args.file, &key).map_err(Failure::input)?;
    print(&format!(
        "{}: the key of this store; whoever has it can forge what proves a finding\n",
        args.file.display()
    ))?;
    Ok(Exit::Done)
}
