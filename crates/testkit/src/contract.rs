//! The macro behind the macros: one named test per case, in a module named after the port.

/// Makes the tests of one port. The `*_contract!` macros hand it their lists of cases.
#[doc(hidden)]
#[macro_export]
macro_rules! __contract {
    (await $port:ident, $subject:ty, $fresh:expr, [$($case:ident)+]) => {
        mod $port {
            #[allow(unused_imports, clippy::wildcard_imports, reason = "the argument is written for the module around")]
            use super::*;

            $(
                #[::tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $case() {
                    let subject: $subject = ($fresh).await;
                    $crate::cases::$port::$case(&subject).await;
                }
            )+
        }
    };
    (async $port:ident, $subject:ty, $make:expr, [$($case:ident)+]) => {
        mod $port {
            #[allow(unused_imports, clippy::wildcard_imports, reason = "the argument is written for the module around")]
            use super::*;

            $(
                #[::tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $case() {
                    let subject: $subject = $make;
                    $crate::cases::$port::$case(&subject).await;
                }
            )+
        }
    };
    (sync $port:ident, $subject:ty, $make:expr, [$($case:ident)+]) => {
        mod $port {
            #[allow(unused_imports, clippy::wildcard_imports, reason = "the argument is written for the module around")]
            use super::*;

            $(
                #[::tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $case() {
                    let subject: $subject = $make;
                    $crate::cases::$port::$case(&subject);
                }
            )+
        }
    };
}
