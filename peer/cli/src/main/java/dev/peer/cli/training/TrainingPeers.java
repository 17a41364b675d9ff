package dev.peer.cli.training;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;

import dev.peer.client.Timeouts;
import dev.peer.client.announce.LeasedAnnouncer;
import dev.peer.client.announce.ServeSettings;
import dev.peer.core.access.AccessRule;
import dev.peer.core.access.AccessRules;
import dev.peer.core.flow.Announcer.Announcement;
import dev.peer.core.id.Architecture;
import dev.peer.core.id.Digest;
import dev.peer.core.id.RepoId;
import dev.peer.core.id.TreeId;
import dev.peer.core.key.NetworkMode;
import dev.peer.core.key.RunInputs;
import dev.peer.core.pem.Pem;
import dev.peer.core.record.Artifact;
import dev.peer.core.record.Artifacts;
import dev.peer.core.record.BundleWriter;
import dev.peer.core.record.Content;
import dev.peer.core.record.FileMode;
import dev.peer.core.record.OutputRecorder;
import dev.peer.core.record.OutputStreamName;
import dev.peer.core.record.PreparationNetwork;
import dev.peer.core.record.Provenance;
import dev.peer.core.record.RunFiles;
import dev.peer.core.record.RunRecord;
import dev.peer.core.record.StageTimes;
import dev.peer.core.record.StartedFrom;
import dev.peer.core.record.Tries;
import dev.peer.core.record.WrittenBundle;
import dev.peer.core.sign.Attestation;
import dev.peer.core.sign.RecordVerifier;
import dev.peer.core.sign.RunSigner;
import dev.peer.core.store.Store;
import dev.peer.core.store.StoredRecord;
import dev.peer.core.trust.CertificateValidator;
import dev.peer.core.trust.Credentials;
import dev.peer.core.trust.RevocationLists;
import dev.peer.core.trust.TrustAnchors;
import dev.peer.http.ServerLimits;
import dev.peer.pki.issue.CertificateAuthority;
import dev.peer.pki.issue.CertificateRequest;
import dev.peer.pki.issue.PemText;
import dev.peer.pki.issue.Validity;
import dev.peer.rendezvous.EmbeddedIndex;
import dev.peer.rendezvous.IndexSettings;
import dev.peer.rendezvous.RendezvousServer;
import dev.peer.server.HeldFiles;
import dev.peer.tls.TlsIdentity;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import org.eclipse.jgit.api.Git;
import org.eclipse.jgit.api.errors.GitAPIException;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.transport.URIish;

/**
 * What the runtime is trained with, by {@code lib/train.sh}: a repository, and a rendezvous and a
 * peer that hold its results until the process ends: a small one of {@code test}, and one of {@code
 * large} with many bytes, so that what moves them is known from the start.
 */
final class TrainingPeers {

  private static final String REPO = "git.example.org/training";
  private static final String IMAGE = "sha256:" + "0".repeat(64);
  private static final String MKFILE = "test large:V:\n\techo hello\n";
  private static final byte[] HELLO = "hello\n".getBytes(UTF_8);
  private static final int LARGE = 16 << 20;

  private final Path directory;

  private TrainingPeers(Path directory) {
    this.directory = directory;
  }

  /**
   * Makes the repository {@code repo} in an empty directory, and the settings file of a peer that
   * can replay its result: once that is there, all is.
   */
  public static void main(String[] arguments) throws Exception {
    new TrainingPeers(Path.of(arguments[0])).serve();
  }

  private void serve() throws Exception {
    CertificateAuthority authority =
        CertificateAuthority.create("training", Validity.lasting(Duration.ofHours(1)));
    Credentials holder = authority.issue(CertificateRequest.peer("holder"));
    CertificateValidator validator =
        new CertificateValidator(
            TrustAnchors.of(List.of(authority.root())), RevocationLists.none());
    TlsIdentity identity = new TlsIdentity(holder, validator, InstantSource.system());
    Credentials server = authority.issue(CertificateRequest.peer("rendezvous"));
    TreeId tree = tree();
    byte[] large = new byte[LARGE];
    new Random(0).nextBytes(large);
    try (RendezvousServer rendezvous =
            RendezvousServer.start(
                new TlsIdentity(server, validator, InstantSource.system()),
                AccessRules::open,
                new EmbeddedIndex(IndexSettings.DEFAULT, System::nanoTime),
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                ServerLimits.RENDEZVOUS);
        StoredRecord small = record(inputs(tree, "test"), HELLO, holder, validator);
        StoredRecord many = record(inputs(tree, "large"), large, holder, validator);
        LeasedAnnouncer announcer = announcer(identity, rendezvous);
        Announcement _ = announcer.announce(small);
        Announcement _ = announcer.announce(many)) {
      String url = "https://127.0.0.1:" + rendezvous.address().getPort();
      writeSettings(authority, url);
      new CountDownLatch(1).await();
    }
  }

  private void writeSettings(CertificateAuthority authority, String rendezvous) throws Exception {
    Credentials replaying = authority.issue(CertificateRequest.peer("replaying"));
    Map<String, String> settings = new TreeMap<>();
    settings.put("PEER_CA", write("ca.pem", Pem.write(authority.root())));
    settings.put("PEER_CERT", write("peer.pem", PemText.chain(replaying)));
    settings.put("PEER_KEY", write("peer-key.pem", PemText.privateKey(replaying.privateKey())));
    settings.put("PEER_IMAGE", IMAGE);
    settings.put("PEER_RENDEZVOUS", rendezvous);
    StringBuilder lines = new StringBuilder();
    settings.forEach((name, value) -> lines.append(name).append('=').append(value).append('\n'));
    Path file = Path.of(write("env", lines.toString()));
    Path place = Files.createDirectories(directory.resolve(".config/peer")).resolve("env");
    Files.move(file, place, ATOMIC_MOVE);
  }

  private String write(String name, String text) throws IOException {
    return Files.writeString(directory.resolve(name), text).toString();
  }

  private static LeasedAnnouncer announcer(TlsIdentity identity, RendezvousServer rendezvous) {
    URI address = URI.create("https://127.0.0.1:" + rendezvous.address().getPort());
    ServeSettings settings = new ServeSettings(List.of(address), Optional.empty(), List.of());
    return new LeasedAnnouncer(
        identity, AccessRules::open, HeldFiles.NONE, settings, Timeouts.DEFAULT, line -> {});
  }

  /** As repositories are: a clone of packed objects, with newer ones and a work tree in use. */
  private TreeId tree() throws Exception {
    Path repository = Files.createDirectory(directory.resolve("repo"));
    Path source = Files.createDirectory(repository.resolve("source")).resolve("main.c");
    Files.writeString(source, "int main(void) { return 0; }\n");
    Files.writeString(repository.resolve(".env"), "PEER_NETWORK=none\n");
    try (Git git = Git.init().setDirectory(repository.toFile()).call()) {
      git.remoteAdd().setName("origin").setUri(new URIish("https://" + REPO + ".git")).call();
      commit(git);
      git.gc().call();
      Files.writeString(repository.resolve("mkfile"), MKFILE);
      TreeId tree = commit(git);
      // Where something is untracked, more is read to know whether it is ignored; and where a file
      // is newer than the index says, to know whether it has changed.
      Files.writeString(repository.resolve("untracked"), "");
      Files.setLastModifiedTime(source, FileTime.from(Instant.now().plusSeconds(10)));
      return tree;
    }
  }

  private static TreeId commit(Git git) throws GitAPIException {
    git.add().addFilepattern(".").call();
    RevCommit commit =
        git.commit()
            .setMessage("training")
            .setAuthor("training", "training@localhost")
            .setCommitter("training", "training@localhost")
            .setSign(false)
            .call();
    return new TreeId(commit.getTree().name());
  }

  private static RunInputs inputs(TreeId tree, String target) {
    return new RunInputs(
        new RepoId(REPO),
        tree,
        Optional.empty(),
        target,
        List.of(),
        new TreeMap<>(),
        Digest.parse(IMAGE),
        Architecture.AMD64,
        NetworkMode.NONE);
  }

  private StoredRecord record(
      RunInputs inputs, byte[] made, Credentials holder, CertificateValidator validator)
      throws Exception {
    Store store = Store.open(directory.resolve("store"), 1);
    Path run = Files.createDirectory(directory.resolve("run-" + inputs.target()));
    RunFiles files = new RunFiles(Files.createDirectory(run.resolve("files")));
    OutputRecorder recorder = new OutputRecorder(files, () -> System.nanoTime() / 1000);
    recorder.write(OutputStreamName.STDOUT, HELLO, 0, HELLO.length);
    recorder.write(OutputStreamName.STDERR, HELLO, 0, HELLO.length);
    Files.createDirectories(files.artifacts().resolve("reports"));
    Files.write(files.artifacts().resolve("reports/made"), made);
    Artifact artifact =
        new Artifact.File(
            "reports/made", FileMode.parse("0644"), new Content(made.length, Digest.of(made)));
    RunRecord record =
        new RunRecord(
            inputs,
            0,
            Instant.now(),
            Instant.now(),
            "localhost/ci-base",
            "0".repeat(64),
            List.of(),
            "tcg",
            2,
            2L << 30,
            new Provenance.Stated(
                StartedFrom.BLANK,
                PreparationNetwork.open(true),
                "9base 1:6-13",
                "0.6.0",
                Tries.ONCE,
                new StageTimes(List.of(new StageTimes.Stage("test", Duration.ZERO)))),
            recorder.finish(),
            new Artifacts.Listed(List.of(artifact)),
            Optional.empty());
    WrittenBundle written = BundleWriter.write(record, files, run.resolve("bundle"));
    Attestation signed = new RunSigner(holder).sign(record, written.content());
    RecordVerifier verifier =
        new RecordVerifier(validator, AccessRule.anyone(), InstantSource.system());
    return store.keep(verifier.verify(verifier.verify(signed, inputs.key()), written));
  }
}
