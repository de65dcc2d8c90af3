//! The errors that a call may answer, by the names of errno(3).

use std::fmt;

macro_rules! errnos {
    ($($name:ident = $number:literal),* $(,)?) => {
        /// An error of errno(3), with Linux's number.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[repr(u16)]
        #[allow(missing_docs, clippy::upper_case_acronyms)]
        pub enum Errno { $($name = $number),* }

        impl Errno {
            /// Every error that has a name here.
            pub const ALL: &'static [Errno] = &[$(Errno::$name),*];

            /// The name of errno(3).
            pub fn name(self) -> &'static str {
                match self { $(Errno::$name => stringify!($name)),* }
            }
        }
    };
}

errnos! {
    EPERM = 1, ENOENT = 2, EINTR = 4, EIO = 5, ENXIO = 6, EBADF = 9, EAGAIN = 11, ENOMEM = 12,
    EACCES = 13, EFAULT = 14, EBUSY = 16, EEXIST = 17, ENODEV = 19, EINVAL = 22, ENFILE = 23,
    EMFILE = 24, ETXTBSY = 26, EFBIG = 27, ENOSPC = 28, EROFS = 30, EPIPE = 32, ERANGE = 34,
    EDEADLK = 35, ENOLCK = 37, ENOSYS = 38, ENODATA = 61, ENOLINK = 67, EPROTO = 71,
    EOVERFLOW = 75, EOPNOTSUPP = 95, ECONNABORTED = 103, ECONNRESET = 104, ENOTCONN = 107,
    ETIMEDOUT = 110, ECONNREFUSED = 111, EHOSTDOWN = 112, EALREADY = 114, EINPROGRESS = 115,
    ESTALE = 116, EREMOTEIO = 121, EDQUOT = 122, ENOMEDIUM = 123, ECANCELED = 125, ENOKEY = 126,
    EKEYEXPIRED = 127, EKEYREVOKED = 128, EKEYREJECTED = 129,
}

impl Errno {
    /// The error of this name.
    pub fn named(word: &str) -> Option<Errno> {
        Errno::ALL.iter().copied().find(|errno| errno.name() == word)
    }

    /// The error of this number, on Linux.
    pub fn numbered(number: i32) -> Option<Errno> {
        Errno::ALL.iter().copied().find(|errno| *errno as i32 == number)
    }

    /// Whether the error only says that the call was not carried out, for which no fault is needed.
    pub fn is_refusal(self) -> bool {
        use Errno::*;
        matches!(self, ENOSYS | EOPNOTSUPP | EINVAL | EBADF | EAGAIN | EINTR | EDEADLK)
    }
}

impl fmt::Display for Errno {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
