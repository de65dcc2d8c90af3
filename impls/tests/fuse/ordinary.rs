//! An ordinary user reaches the mount through a namespace of users, where /dev/fuse is open to all.

use super::put::{ground, says};
use launder_impls::kernel::Fuse;
use std::process::Command;

/// Opens /dev/fuse to all, for what follows and nobody else, and goes on as nobody: user 65534.
const AS_NOBODY: &str = r#"
    mount -t tmpfs tmpfs "$1" && mknod "$1/fuse" c 10 229 && chmod 666 "$1/fuse" &&
        mount --bind "$1/fuse" /dev/fuse || exit 3
    cp "$2" "$1/test" && chmod 755 "$1" "$1/test" || exit 3
    exec setpriv --reuid 65534 --regid 65534 --clear-groups -- \
        "$1/test" --exact ordinary::reaches_it --ignored --nocapture
"#;

#[test]
fn an_ordinary_user_reaches_the_mount() {
    if !rustix::process::geteuid().is_root() {
        return println!("skipped: only root can open /dev/fuse to somebody else");
    }
    let this = std::env::current_exe().unwrap();
    let mut run = Command::new("unshare");
    run.args(["--mount", "--propagation", "private", "--", "sh", "-c", AS_NOBODY, "sh"]);
    let ran = run.arg(env!("CARGO_TARGET_TMPDIR")).arg(this).output();
    let ran = match ran {
        Ok(ran) if !matches!(ran.status.code(), Some(1 | 3 | 126 | 127)) => ran,
        Ok(ran) => {
            let why = String::from_utf8_lossy(&ran.stderr).into_owned();
            return println!("skipped: /dev/fuse cannot be opened to nobody: {}", why.trim());
        }
        Err(why) => return println!("skipped: unshare: {why}"),
    };
    let said = String::from_utf8_lossy(&ran.stdout);
    println!("{said}");
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    assert!(said.contains("user 65534: ") && said.contains("1 passed"), "{said}");
}

/// Not a test: what nobody does.
#[test]
#[ignore = "the other runs it, as nobody"]
fn reaches_it() {
    print!("user {}: ", rustix::process::geteuid().as_raw());
    let Some(ground) = ground::<Fuse>() else { return };
    says::<Fuse>(
        &ground,
        "a1 pwrite 1..2
         . WRITE 1..2 for a
         a1 < ok
         server pread 0..4
         server < got 0 1 0 0",
    );
    println!("it is reached");
}
