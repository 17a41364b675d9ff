package dev.peer.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.lang.runtime.ObjectMethods;
import java.net.spi.URLStreamHandlerProvider;
import java.nio.channels.spi.SelectorProvider;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.jar.JarOutputStream;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Until when results hold, and what {@code peer ls} says of it. */
@Timeout(900)
class EvidenceEndIT {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String PASSING = "test:VQ:\n\techo passed\n";

  private Sample sample;
  private Team team;

  @BeforeEach
  void makeTeam() throws Exception {
    sample = Sample.get();
    team = sample.team();
  }

  @AfterEach
  void nothingIsLeft() throws Exception {
    team.close();
  }

  @Test
  void aRunIsStampedByTheRendezvousAndOpensslVerifiesIt() throws Exception {
    Authority.Identity tsa = team.authority().issueTimestamper("tsa");
    team.startRendezvous(
        "--tsa-cert", tsa.certificate().toString(), "--tsa-key", tsa.key().toString());
    Peer laptop = team.peer("laptop");
    Peer stamped = laptop.with("PEER_TSA", team.rendezvous());
    Repository repository = team.repository("stamped", PASSING);

    Run run = stamped.start(repository, "run");
    run.awaitLine("^peer: (serving the result)");

    assertThat(run.stderr()).doesNotContain("without a timestamp");
    assertThat(laptop.here().run(repository, "ls").hasExitCode(0).stdout())
        .contains("test of tree ")
        .contains("CN=laptop ran it ")
        .containsPattern("holds until \\S+ \\(timestamp of \\S+ by CN=tsa\\)");
    JsonNode listed = ls(laptop, repository);
    assertThat(Instant.parse(listed.path("holdsUntil").textValue()))
        .isAfter(Instant.now().plus(Duration.ofDays(200)));
    assertThat(listed.at("/timestamp/authority").textValue()).isEqualTo("CN=tsa");
    team.peer("ci").withoutQemu().run(repository, "replay").hasExitCode(0);

    JsonNode signature =
        JSON.readTree(laptop.onlyResult().resolve("attestation.json").toFile()).at("/signatures/0");
    Path data = write("sig", signature.path("sig").textValue());
    Path token = write("token", signature.path("timestamp").textValue());
    team.tool(
            "openssl",
            "ts",
            "-verify",
            "-in",
            token.toString(),
            "-token_in",
            "-data",
            data.toString(),
            "-CAfile",
            team.authority().certificate().toString())
        .hasExitCode(0);
  }

  @Test
  void anAuthorityThatIsNotThereTakesNothingFromARun() throws Exception {
    Peer laptop = team.peer("laptop").with("PEER_TSA", "http://127.0.0.1:1/tsr");
    Repository repository = team.repository("unstamped", PASSING);

    Run run = laptop.run(repository, "run", "--exit").hasExitCode(0);

    assertThat(run.stderr())
        .contains("peer: the result goes out without a timestamp: 127.0.0.1:1: ");
    assertThat(laptop.here().run(repository, "ls").stdout()).containsPattern("\\(certificate\\)");
  }

  @Test
  void lsSaysWhoRanWhatAndUntilWhenItHolds() throws Exception {
    Peer holder = holder();

    Run run = holder.here().run(sample.repository(), "ls").hasExitCode(0);

    assertThat(run.stdout().lines()).hasSize(1);
    assertThat(run.stdout())
        .containsPattern("^[0-9a-f]{12}  test of tree [0-9a-f]{12}, CN=signer ran it .* ago, ")
        .containsPattern("MiB, holds until \\S+Z \\(certificate\\)\n$");
    JsonNode listed = ls(holder, sample.repository());
    assertThat(listed.path("repository").textValue()).isEqualTo("example.org/sample");
    assertThat(listed.path("signer").textValue()).isEqualTo("CN=signer");
    assertThat(listed.has("timestamp")).isFalse();
    assertThat(Instant.parse(listed.path("holdsUntil").textValue()))
        .isBetween(Instant.now(), Instant.now().plus(Duration.ofDays(90)));
  }

  @Test
  void lsIsAboutOneRepositoryUnlessItIsAskedForAll() throws Exception {
    Peer holder = holder();
    Repository other = team.repository("other", PASSING);

    assertThat(holder.here().run(other, "ls").hasExitCode(0).stdout()).isEmpty();
    assertThat(holder.here().run(team.root(), "ls", "--all").hasExitCode(0).stdout())
        .contains("example.org/sample test of tree ");
    holder.here().run(team.root(), "ls").refuses(2, "git");
    assertThat(team.peer("new").here().run(other, "ls").hasExitCode(0).stdout()).isEmpty();
  }

  @Test
  void lsSaysWhyAResultIsRefused() throws Exception {
    Peer holder = holder();
    Authority other = Authority.create(team.root().resolve("other-pki"), "Team CA");

    assertThat(
            holder
                .with("PEER_CA", other.certificate())
                .here()
                .run(sample.repository(), "ls")
                .hasExitCode(0)
                .stdout())
        .contains("refused: the signer is not trusted: no way from");
    assertThat(
            holder.with("PEER_ALLOW_SIGN", "cn:ci").here().run(sample.repository(), "ls").stdout())
        .contains("refused: CN=signer may not sign");
    assertThat(holder.results()).isEqualTo(1);
  }

  @Test
  void lsNeedsNoCertificateOfItsOwn() throws Exception {
    Peer holder = holder().without("PEER_CERT").without("PEER_KEY");

    assertThat(holder.here().run(sample.repository(), "ls").hasExitCode(0).stdout())
        .contains("CN=signer");
    holder
        .without("PEER_CA")
        .here()
        .run(sample.repository(), "ls")
        .refuses(2, "PEER_CA is not set");
  }

  /** Loading it takes longer than the rest of a replay. */
  @Test
  void aReplayWithoutATimestampDoesNotLoadBouncyCastle() throws Exception {
    assertThat(classesOfAReplay())
        .contains("dev.peer.core.sign.RecordVerifier")
        .doesNotContain("org.bouncycastle");
  }

  /** For one that is not there, the runtime would open every file of the class path. */
  @Test
  void aReplayHasItsClassesFromTheArchive() throws Exception {
    assertThat(classesOfAReplay().lines().filter(line -> line.contains("source: file:")))
        // Makes a tree of the paths that count, which no training does.
        .allMatch(line -> line.contains(" org.eclipse.jgit.lib.ObjectInserter$Formatter "));
  }

  /** Java would make it in the middle of the replay, some of it for a millisecond and more. */
  @Test
  void aReplayHasTheCodeOfItsRecordsAndSwitches() throws Exception {
    assertThat(classesOfAReplay())
        .contains(" dev.peer.core.record.Content ")
        .doesNotContain(ObjectMethods.class.getName())
        .doesNotContainPattern(" dev[.]peer[.]\\S*TypeSwitch");
  }

  /** What Java lets others provide, the runtime's own module answers ({@code peer/runtime}). */
  @Test
  void aReplaySearchesTheClassPathForNoProvider() throws Exception {
    Path trap = team.root().resolve("trap.jar");
    String sprung = Sprung.class.getName();
    try (JarOutputStream jar = new JarOutputStream(Files.newOutputStream(trap));
        InputStream bytes =
            Sprung.class.getResourceAsStream(Sprung.class.getSimpleName() + ".class")) {
      jar.putNextEntry(new ZipEntry(sprung.replace('.', '/') + ".class"));
      bytes.transferTo(jar);
      for (Class<?> provided :
          List.of(
              System.LoggerFinder.class, URLStreamHandlerProvider.class, SelectorProvider.class)) {
        jar.putNextEntry(new ZipEntry("META-INF/services/" + provided.getName()));
        jar.write(sprung.getBytes(UTF_8));
      }
    }

    replayBy(List.of(), ":" + trap).hasExitCode(0);
  }

  private String classesOfAReplay() throws Exception {
    Path log = team.root().resolve("classes");
    replayBy(List.of("-Xlog:class+load:file=" + log), "").hasExitCode(0);
    return Files.readString(log);
  }

  /** Replays as the installed command does, with more options and a longer class path. */
  private Run replayBy(List<String> options, String behind) throws Exception {
    Path lib = Dist.command("peer").resolveSibling("../lib").normalize();
    List<String> command = new ArrayList<>();
    Collections.addAll(
        command,
        lib.resolve("runtime/bin/java").toString(),
        "@" + lib.resolve("java.options"),
        "-XX:+UseSerialGC",
        "@" + lib.resolve("command.options"),
        "-XX:AOTCache=" + lib.resolve("peer.aot"),
        "-Dpeer.openssl=" + lib.resolve("native/libpeer-openssl.so"),
        "-Dpeer.files=" + lib.resolve("native/libpeer-files.so"),
        "-DZstdNativePath=" + lib.resolve("native/libzstd-jni.so"));
    command.addAll(options);
    Collections.addAll(
        command,
        "-cp",
        lib.resolve("app/peer-cli.jar") + ":" + lib.resolve("app/peer-pki-tools.jar") + behind,
        "dev.peer.cli.Main",
        "replay",
        "--artifacts",
        team.root().resolve("replayed").toString());
    return team.start(
            sample.repository().directory(), holder().withoutQemu().environment(), command)
        .await();
  }

  @Test
  void aRendezvousStampsWithNoCertificateThatNobodyWouldCount() throws Exception {
    Authority.Identity peer = team.authority().issue("no-tsa", Authority.Key.EC_P256);
    String certificate = peer.certificate().toString();

    rendezvous("--tsa-cert", certificate, "--tsa-key", peer.key().toString())
        .refuses(2, "no peer would count these timestamps: .* is not for timestamps alone");
    rendezvous("--tsa-cert", certificate).refuses(2, "--tsa-key");
  }

  private Run rendezvous(String... more) throws IOException, InterruptedException {
    List<String> arguments = new ArrayList<>(List.of("rendezvous", "--listen", "127.0.0.1:0"));
    arguments.addAll(List.of(more));
    return team.peer("rendezvous-" + more.length)
        .run(team.root(), arguments.toArray(String[]::new));
  }

  private Peer holder() throws IOException, InterruptedException {
    Peer holder = team.peer("holder");
    sample.copyTo(holder);
    return holder;
  }

  private static JsonNode ls(Peer peer, Repository repository) throws Exception {
    return JSON.readTree(peer.here().run(repository, "ls", "--json").hasExitCode(0).stdout())
        .at("/results/0");
  }

  private Path write(String name, String base64) throws IOException {
    return Files.write(team.root().resolve(name), Base64.getDecoder().decode(base64));
  }
}
