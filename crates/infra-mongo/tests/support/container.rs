//! A MongoDB in a container, shared by the tests of one program and removed after the last of them.

use std::sync::{Arc, Mutex, Weak, mpsc};
use std::thread::JoinHandle;
use std::time::Duration;

use bson::doc;
use mongodb::Client;
use mongodb::options::ClientOptions;
use testcontainers::core::{ContainerPort, WaitFor};
use testcontainers::runners::AsyncRunner;
use testcontainers::{ContainerAsync, GenericImage, ImageExt};

const PORT: ContainerPort = ContainerPort::Tcp(27017);
const HINT: &str = "tests on MongoDB need Docker or a replica set named by CHINWAG_TEST_MONGODB_URI; \
    scripts/setup-mongodb gets either";

static SHARED: Mutex<Weak<Running>> = Mutex::new(Weak::new());

/// A share in the container.
#[derive(Clone)]
pub(crate) struct Container(Arc<Running>);

impl Container {
    /// Gives a share in the program's container, starting it if nobody has one.
    pub(crate) fn shared() -> Self {
        let mut shared = SHARED.lock().unwrap();
        if let Some(running) = shared.upgrade() {
            return Self(running);
        }
        let running = Arc::new(Running::start());
        *shared = Arc::downgrade(&running);
        Self(running)
    }

    /// Gives the address of the replica set.
    pub(crate) fn uri(&self) -> &str {
        &self.0.uri
    }
}

/// A container that lives on a thread with a runtime of its own, because it outlives the test that started it.
struct Running {
    uri: String,
    stop: Option<mpsc::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Running {
    fn start() -> Self {
        let (ready, is_ready) = mpsc::channel();
        let (stop, stopped) = mpsc::channel();
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            let container = runtime.block_on(start());
            ready.send(runtime.block_on(initiate(&container))).unwrap();
            let _ = stopped.recv();
            runtime.block_on(container.rm()).unwrap();
        });
        let uri = is_ready.recv().expect(HINT);
        Self { uri, stop: Some(stop), thread: Some(thread) }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

async fn start() -> ContainerAsync<GenericImage> {
    let image = std::env::var("CHINWAG_TEST_MONGO_IMAGE").unwrap_or_else(|_| "mongo".to_owned());
    let tag = std::env::var("CHINWAG_TEST_MONGO_TAG").unwrap_or_else(|_| "8.0".to_owned());
    let ready = WaitFor::message_on_stdout("Waiting for connections");
    let image = GenericImage::new(image, tag).with_exposed_port(PORT).with_wait_for(ready);
    image.with_cmd(["--replSet", "rs0", "--bind_ip_all"]).start().await.expect(HINT)
}

/// Makes the server the one member of a replica set; works with every image, because the driver does it.
async fn initiate(container: &ContainerAsync<GenericImage>) -> String {
    let port = container.get_host_port_ipv4(PORT).await.unwrap();
    let uri = format!("mongodb://127.0.0.1:{port}/?directConnection=true");
    let client = Client::with_options(ClientOptions::parse(&uri).await.unwrap()).unwrap();
    let admin = client.database("admin");
    let member = doc! { "_id": 0, "host": "127.0.0.1:27017" };
    admin.run_command(doc! { "replSetInitiate": { "_id": "rs0", "members": [member] } }).await.unwrap();
    for _ in 0..600 {
        let hello = admin.run_command(doc! { "hello": 1 }).await.unwrap();
        if hello.get_bool("isWritablePrimary").unwrap_or(false) {
            return uri;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("the replica set had no primary after 30 seconds");
}
