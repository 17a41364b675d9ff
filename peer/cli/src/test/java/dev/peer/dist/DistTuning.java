package dev.peer.dist;

import static java.nio.charset.StandardCharsets.UTF_8;

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
import dev.peer.core.record.StartedFrom;
import dev.peer.core.record.Tries;
import dev.peer.core.record.WrittenBundle;
import dev.peer.core.scratch.ScratchDirectory;
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
import java.io.InputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassFile.ClassHierarchyResolverOption;
import java.lang.classfile.ClassFileVersion;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeTransform;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.eclipse.jgit.api.Git;

/**
 * The last step of the build: makes the installed command start fast.
 *
 * <p>Takes the signatures off JGit's and BouncyCastle's jars, whose check costs some tenths of a
 * second at every start and keeps their classes out of the AOT cache; lays zstd's library beside
 * the jars instead of unpacking it at every start; and trains the AOT cache with real replays and
 * what else reads: a rendezvous, a holder and certificates that live as long as this.
 */
final class DistTuning {

  private static final String IMAGE = "sha256:" + "0".repeat(64);
  private static final String MKFILE = "test:V:\n\techo hello\n";

  /**
   * What works on bytes in bulk: digests and ciphers. A profile of their first moment would keep
   * them at the first compiler, which does not know the processor's instructions for them, for some
   * hundred megabytes.
   */
  private static final List<String> WITHOUT_PROFILE =
      List.of(
          "sun/security/provider/DigestBase.*",
          "sun/security/provider/SHA*.*",
          "com/sun/crypto/provider/*.*");

  /** The commands that read, and first of all a replay from another peer. */
  private static final List<String> REHEARSED =
      List.of("replay", "explain", "ls", "show", "log", "artifacts", "replay");

  private final Path dist;

  private DistTuning(Path dist) {
    this.dist = dist;
  }

  public static void main(String[] arguments) throws Exception {
    DistTuning tuning = new DistTuning(Path.of(arguments[0]));
    tuning.unsign();
    tuning.modernizePicocli();
    tuning.unpackZstd();
    try (ScratchDirectory directory = ScratchDirectory.in(tuning.dist.resolveSibling("tuning"))) {
      tuning.train(directory.path());
    }
  }

  private void unsign() throws IOException {
    List<Path> jars;
    try (var files = Files.list(dist.resolve("lib/app"))) {
      jars = files.toList();
    }
    for (Path jar : jars) {
      try (FileSystem zip = FileSystems.newFileSystem(jar)) {
        unsign(zip.getPath("META-INF"));
      }
    }
  }

  private static void unsign(Path metaInf) throws IOException {
    List<Path> signatures;
    try (var files = Files.list(metaInf)) {
      signatures = files.filter(file -> file.toString().matches(".*\\.(SF|RSA|DSA|EC)")).toList();
    }
    for (Path signature : signatures) {
      Files.delete(signature);
    }
    // A search through the JDK's providers would end at this one, and load it whole for its name.
    Files.deleteIfExists(metaInf.resolve("services/java.security.Provider"));
  }

  /**
   * Gives picocli's classes the form of today. Theirs is Java 5's, without the frames that the
   * verifier wants since, and such classes stay out of the AOT cache.
   */
  private void modernizePicocli() throws IOException {
    Path jar = dist.resolve("lib/app/picocli.jar");
    try (URLClassLoader loader = new URLClassLoader(new URL[] {jar.toUri().toURL()}, null);
        FileSystem zip = FileSystems.newFileSystem(jar)) {
      ClassFile format =
          ClassFile.of(
              ClassHierarchyResolverOption.of(ClassHierarchyResolver.ofClassLoading(loader)));
      List<Path> classes;
      try (var files = Files.walk(zip.getPath("picocli"))) {
        classes = files.filter(file -> file.toString().endsWith(".class")).toList();
      }
      for (Path file : classes) {
        Files.write(file, modern(format, Files.readAllBytes(file)));
      }
    }
  }

  private static byte[] modern(ClassFile format, byte[] bytes) {
    ClassTransform frames = ClassTransform.transformingMethodBodies(CodeTransform.ACCEPT_ALL);
    ClassTransform version =
        (builder, element) ->
            builder.with(
                element instanceof ClassFileVersion
                    ? ClassFileVersion.of(ClassFile.JAVA_8_VERSION, 0)
                    : element);
    return format.transformClass(format.parse(bytes), frames.andThen(version));
  }

  private void unpackZstd() throws IOException {
    Path jar = dist.resolve("lib/app/zstd-jni.jar");
    Path target = Files.createDirectories(dist.resolve("lib/native")).resolve("libzstd-jni.so");
    try (FileSystem zip = FileSystems.newFileSystem(jar);
        var files = Files.list(zip.getPath("linux", System.getProperty("os.arch")));
        InputStream library = Files.newInputStream(files.findFirst().orElseThrow())) {
      Files.copy(library, target);
    }
  }

  private void train(Path directory) throws Exception {
    CertificateAuthority authority =
        CertificateAuthority.create("training", Validity.lasting(Duration.ofHours(1)));
    Credentials holder = authority.issue(CertificateRequest.peer("holder"));
    CertificateValidator validator =
        new CertificateValidator(
            TrustAnchors.of(List.of(authority.root())), RevocationLists.none());
    TlsIdentity identity = new TlsIdentity(holder, validator, InstantSource.system());
    Credentials server = authority.issue(CertificateRequest.peer("rendezvous"));
    RunInputs inputs = inputs(directory);
    try (RendezvousServer rendezvous =
            RendezvousServer.start(
                new TlsIdentity(server, validator, InstantSource.system()),
                AccessRules::open,
                new EmbeddedIndex(IndexSettings.DEFAULT, System::nanoTime),
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                ServerLimits.RENDEZVOUS);
        StoredRecord record = record(directory, inputs, holder, validator);
        LeasedAnnouncer announcer = announcer(identity, rendezvous);
        Announcement _ = announcer.announce(record)) {
      Map<String, String> settings = new TreeMap<>();
      settings.put("PEER_CA", Pem.write(authority.root()));
      Credentials replaying = authority.issue(CertificateRequest.peer("replaying"));
      settings.put("PEER_CERT", PemText.chain(replaying));
      settings.put("PEER_KEY", PemText.privateKey(replaying.privateKey()));
      settings.put("PEER_HOME", directory.resolve("home").toString());
      settings.put("PEER_REPO", inputs.repo().text());
      settings.put("PEER_IMAGE", IMAGE);
      settings.put("PEER_RENDEZVOUS", "https://127.0.0.1:" + rendezvous.address().getPort());
      replay(directory.resolve("repo"), settings);
    }
  }

  private static LeasedAnnouncer announcer(TlsIdentity identity, RendezvousServer rendezvous) {
    URI address = URI.create("https://127.0.0.1:" + rendezvous.address().getPort());
    ServeSettings settings = new ServeSettings(List.of(address), Optional.empty(), List.of());
    return new LeasedAnnouncer(
        identity, AccessRules::open, HeldFiles.NONE, settings, Timeouts.DEFAULT, line -> {});
  }

  private static RunInputs inputs(Path directory) throws Exception {
    Path repository = Files.createDirectory(directory.resolve("repo"));
    Files.writeString(repository.resolve("mkfile"), MKFILE);
    try (Git git = Git.init().setDirectory(repository.toFile()).call()) {
      git.add().addFilepattern("mkfile").call();
      var commit =
          git.commit()
              .setMessage("training")
              .setAuthor("training", "training@localhost")
              .setCommitter("training", "training@localhost")
              .setSign(false)
              .call();
      // Where something is untracked, more is read to know whether it is ignored.
      Files.writeString(repository.resolve("untracked"), "");
      return new RunInputs(
          new RepoId("training"),
          new TreeId(commit.getTree().name()),
          Optional.empty(),
          "test",
          List.of(),
          new TreeMap<>(),
          Digest.parse(IMAGE),
          Architecture.AMD64,
          NetworkMode.NONE);
    }
  }

  private static StoredRecord record(
      Path directory, RunInputs inputs, Credentials holder, CertificateValidator validator)
      throws Exception {
    Store store = Store.open(directory.resolve("store"), 1);
    RunFiles files = new RunFiles(Files.createDirectory(directory.resolve("files")));
    OutputRecorder recorder = new OutputRecorder(files, () -> System.nanoTime() / 1000);
    byte[] hello = "hello\n".getBytes(UTF_8);
    recorder.write(OutputStreamName.STDOUT, hello, 0, hello.length);
    recorder.write(OutputStreamName.STDERR, hello, 0, hello.length);
    Files.createDirectory(files.artifacts());
    Files.write(files.artifacts().resolve("hello"), hello);
    Artifact artifact =
        new Artifact.File(
            "hello", FileMode.parse("0644"), new Content(hello.length, Digest.of(hello)));
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
                Tries.ONCE),
            recorder.finish(),
            new Artifacts.Listed(List.of(artifact)),
            Optional.empty());
    WrittenBundle written = BundleWriter.write(record, files, directory.resolve("bundle"));
    Attestation signed = new RunSigner(holder).sign(record, written.content());
    RecordVerifier verifier =
        new RecordVerifier(validator, AccessRule.anyone(), InstantSource.system());
    return store.keep(verifier.verify(verifier.verify(signed, inputs.key()), written));
  }

  private void replay(Path repository, Map<String, String> settings) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(dist.resolve("lib/runtime/bin/java").toString());
    command.add("@" + dist.resolve("lib/java.options"));
    // Only G1 lays objects into the cache, which the commands' collector then takes over.
    command.add("-XX:+UseG1GC");
    command.add("-XX:TieredStopAtLevel=1");
    command.add("-XX:CompileCommand=quiet");
    for (String methods : WITHOUT_PROFILE) {
      command.add("-XX:CompileCommand=exclude," + methods);
    }
    command.add("-XX:AOTCacheOutput=" + dist.resolve("lib/peer.aot"));
    command.add("-Dpeer.dist=" + dist);
    command.add("-DZstdNativePath=" + dist.resolve("lib/native/libzstd-jni.so"));
    command.add("-cp");
    command.add(dist + "/lib/app/peer-cli.jar:" + dist + "/lib/app/peer-pki-tools.jar");
    command.add("dev.peer.cli.Rehearsal");
    command.addAll(REHEARSED);
    ProcessBuilder builder =
        new ProcessBuilder(command).directory(repository.toFile()).redirectErrorStream(true);
    builder.environment().putAll(settings);
    Process process = builder.start();
    String said = new String(process.getInputStream().readAllBytes(), UTF_8);
    if (process.waitFor() != 0 || !Files.exists(dist.resolve("lib/peer.aot"))) {
      throw new IOException("the command could not be trained: " + said);
    }
  }
}
