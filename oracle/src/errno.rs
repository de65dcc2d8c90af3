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
    EPERM = 1, ENOENT = 2, ESRCH = 3, EINTR = 4, EIO = 5, ENXIO = 6, E2BIG = 7, ENOEXEC = 8,
    EBADF = 9, ECHILD = 10, EAGAIN = 11, ENOMEM = 12, EACCES = 13, EFAULT = 14, ENOTBLK = 15,
    EBUSY = 16, EEXIST = 17, EXDEV = 18, ENODEV = 19, ENOTDIR = 20, EISDIR = 21, EINVAL = 22,
    ENFILE = 23, EMFILE = 24, ENOTTY = 25, ETXTBSY = 26, EFBIG = 27, ENOSPC = 28, ESPIPE = 29,
    EROFS = 30, EMLINK = 31, EPIPE = 32, EDOM = 33, ERANGE = 34, EDEADLK = 35, ENAMETOOLONG = 36,
    ENOLCK = 37, ENOSYS = 38, ENOTEMPTY = 39, ELOOP = 40, ENOMSG = 42, EIDRM = 43, ECHRNG = 44,
    EL2NSYNC = 45, EL3HLT = 46, EL3RST = 47, ELNRNG = 48, EUNATCH = 49, ENOCSI = 50, EL2HLT = 51,
    EBADE = 52, EBADR = 53, EXFULL = 54, ENOANO = 55, EBADRQC = 56, EBADSLT = 57, EBFONT = 59,
    ENOSTR = 60, ENODATA = 61, ETIME = 62, ENOSR = 63, ENONET = 64, ENOPKG = 65, EREMOTE = 66,
    ENOLINK = 67, EADV = 68, ESRMNT = 69, ECOMM = 70, EPROTO = 71, EMULTIHOP = 72, EDOTDOT = 73,
    EBADMSG = 74, EOVERFLOW = 75, ENOTUNIQ = 76, EBADFD = 77, EREMCHG = 78, ELIBACC = 79,
    ELIBBAD = 80, ELIBSCN = 81, ELIBMAX = 82, ELIBEXEC = 83, EILSEQ = 84, ERESTART = 85,
    ESTRPIPE = 86, EUSERS = 87, ENOTSOCK = 88, EDESTADDRREQ = 89, EMSGSIZE = 90, EPROTOTYPE = 91,
    ENOPROTOOPT = 92, EPROTONOSUPPORT = 93, ESOCKTNOSUPPORT = 94, EOPNOTSUPP = 95,
    EPFNOSUPPORT = 96, EAFNOSUPPORT = 97, EADDRINUSE = 98, EADDRNOTAVAIL = 99, ENETDOWN = 100,
    ENETUNREACH = 101, ENETRESET = 102, ECONNABORTED = 103, ECONNRESET = 104, ENOBUFS = 105,
    EISCONN = 106, ENOTCONN = 107, ESHUTDOWN = 108, ETOOMANYREFS = 109, ETIMEDOUT = 110,
    ECONNREFUSED = 111, EHOSTDOWN = 112, EHOSTUNREACH = 113, EALREADY = 114, EINPROGRESS = 115,
    ESTALE = 116, EUCLEAN = 117, ENOTNAM = 118, ENAVAIL = 119, EISNAM = 120, EREMOTEIO = 121,
    EDQUOT = 122, ENOMEDIUM = 123, EMEDIUMTYPE = 124, ECANCELED = 125, ENOKEY = 126,
    EKEYEXPIRED = 127, EKEYREVOKED = 128, EKEYREJECTED = 129, EOWNERDEAD = 130,
    ENOTRECOVERABLE = 131, ERFKILL = 132, EHWPOISON = 133,
}

impl Errno {
    /// The error of this name, or of the second name that it has on Linux.
    ///
    /// ```
    /// use launder_oracle::Errno;
    ///
    /// assert_eq!(Errno::named("ENOSPC"), Errno::numbered(28));
    /// assert_eq!(Errno::named("ENOTSUP"), Some(Errno::EOPNOTSUPP));
    /// assert!(Errno::EBADF.is_refusal() && !Errno::EIO.is_refusal());
    /// ```
    pub fn named(word: &str) -> Option<Errno> {
        let word = match word {
            "EWOULDBLOCK" => "EAGAIN",
            "EDEADLOCK" => "EDEADLK",
            "ENOTSUP" => "EOPNOTSUPP",
            one => one,
        };
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

    /// Whether a call that answers it has not touched the file: its function, arguments or descriptor were turned down before
    /// it began. One that was interrupted, or is to be tried again, may have done a part.
    pub fn leaves_the_file_alone(self) -> bool {
        use Errno::*;
        matches!(self, ENOSYS | EOPNOTSUPP | EINVAL | EBADF)
    }
}

impl fmt::Display for Errno {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
