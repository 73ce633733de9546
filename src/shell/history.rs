//! The history file: where it is, and what is kept out of it.
use std::path::{Path, PathBuf};

/// `$XDG_DATA_HOME/dialtone/history.txt`
pub fn path() -> Option<PathBuf> {
    let base = std::env::var_os("XDG_DATA_HOME")
        .map(PathBuf::from)
        .or_else(|| std::env::var_os("HOME").map(|h| Path::new(&h).join(".local/share")))?;
    Some(base.join("dialtone/history.txt"))
}

/// Makes the folder, and the file readable by its owner only.
pub fn prepare(file: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::OpenOptionsExt;
    if let Some(folder) = file.parent() {
        std::fs::create_dir_all(folder)?;
    }
    std::fs::OpenOptions::new().append(true).create(true).mode(0o600).open(file).map(|_| ())
}

/// Words of lines that hold secrets.
const SECRET: [&str; 7] = ["password", "asplaintext", "apikey", "token", "secret", "connectionstring", "securestring"];

/// False for lines that look as if they held a secret.
pub fn may_be_kept(line: &str) -> bool {
    let lower = line.to_ascii_lowercase();
    !SECRET.iter().any(|word| lower.contains(word))
}

#[cfg(test)]
mod tests {
    #[test]
    fn secrets_are_not_kept() {
        assert!(super::may_be_kept("Get-CsOnlineUser -ResultSize 3"));
        assert!(!super::may_be_kept("ConvertTo-SecureString 'x' -AsPlainText -Force"));
        assert!(!super::may_be_kept("Connect-MicrosoftTeams -AccessTokens $t"));
    }
}
