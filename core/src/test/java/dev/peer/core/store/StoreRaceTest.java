package dev.peer.core.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.peer.core.access.AccessRule;
import dev.peer.core.id.Digest;
import dev.peer.core.id.RepoId;
import dev.peer.core.id.RunKey;
import dev.peer.core.record.Records;
import dev.peer.core.scratch.FileHold;
import dev.peer.core.sign.Attestation;
import dev.peer.core.sign.RecordVerifier;
import dev.peer.core.sign.Signing;
import dev.peer.core.sign.VerifiedRecord;
import dev.peer.core.trust.CertificateMaker;
import dev.peer.core.trust.CertificateValidator;
import dev.peer.core.trust.RevocationLists;
import dev.peer.core.trust.TrustAnchors;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Several processes that use one store at once. */
class StoreRaceTest {

  private static final RepoId REPO = Records.inputs().repo();
  private static final RunKey KEY = Records.inputs().key();
  private static final int ROUNDS = 40;

  @TempDir private Path directory;

  private Signing signing;
  private Path store;

  @BeforeEach
  void prepareFiles() throws Exception {
    signing = new Signing();
    store = directory.resolve("store");
    Files.write(directory.resolve("ca"), signing.root().certificate().getEncoded());
  }

  @Test
  void eachThatKeepsTheSameResultHasIt() throws Exception {
    Path result = result("a");

    runTogether(
        List.of(
            List.of("keep", result.toString()),
            List.of("keep", result.toString()),
            List.of("keep", result.toString()),
            List.of("drop", "")));

    assertThat(Store.open(store, 1).entries().locations()).hasSizeLessThanOrEqualTo(1);
  }

  @Test
  void retentionTakesNothingFromThoseThatKeepOrReadIt() throws Exception {
    Path first = result("a");
    Path second = result("b");

    runTogether(
        List.of(
            List.of("keep", first.toString()),
            List.of("keep", second.toString()),
            List.of("read", ""),
            List.of("read", "")));

    assertThat(Store.open(store, 1).entries().find(REPO, KEY)).isPresent();
  }

  @Test
  void leavesAWholeEntryWhereItIsKilledBeforeTheDiskHasIt() throws Exception {
    Path result = result("a");
    Process process = start(List.of("keep-once", result.toString()));
    try {
      assertThat(process.inputReader().readLine()).isEqualTo("ready");
      process.outputWriter().write("go\n");
      process.outputWriter().flush();
      assertThat(process.inputReader().readLine()).isEqualTo("kept");
    } finally {
      process.destroyForcibly().waitFor();
    }

    StoredEntry entry = Store.open(store, 1).entries().find(REPO, KEY).orElseThrow();
    RecordVerifier verifier = signing.verifier();
    assertThat(
            verifier
                .verify(
                    verifier.verify(entry.attestation(), KEY, entry.lists()),
                    entry.bundleFile(),
                    Files.createTempDirectory(directory, "unpacked"))
                .record()
                .inputs()
                .key())
        .isEqualTo(KEY);
  }

  private Path result(String name) throws Exception {
    Path made = directory.resolve(name);
    Signing.Result result = signing.result(made, name);
    Files.write(made.resolve("attestation"), result.attestation().bytes());
    return made;
  }

  private void runTogether(List<List<String>> roles) throws Exception {
    List<Process> processes = new ArrayList<>();
    try {
      for (List<String> role : roles) {
        processes.add(start(role));
      }
      for (Process process : processes) {
        assertThat(process.inputReader().readLine()).isEqualTo("ready");
      }
      for (Process process : processes) {
        process.outputWriter().write("go\n");
        process.outputWriter().flush();
      }
      for (Process process : processes) {
        String said = String.join("\n", process.inputReader().lines().toList());
        assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
        assertThat(said).isEqualTo("done");
      }
    } finally {
      processes.forEach(Process::destroyForcibly);
    }
  }

  private Process start(List<String> role) throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                User.class.getName(),
                directory.toString()));
    command.addAll(role);
    return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
  }

  /** Does one thing to the store many times. */
  static final class User {

    private User() {}

    public static void main(String[] arguments) throws Exception {
      Path directory = Path.of(arguments[0]);
      Store store = Store.open(directory.resolve("store"), 1);
      Step step =
          switch (arguments[1]) {
            case "keep" -> keep(store, verified(directory, Path.of(arguments[2])));
            case "keep-once" -> keepOnce(store, verified(directory, Path.of(arguments[2])));
            case "read" -> read(store);
            default -> () -> store.removals().drop(REPO, KEY);
          };
      System.out.println("ready");
      System.in.read();
      for (int i = 0; i < ROUNDS; i++) {
        step.run();
      }
      System.out.println("done");
    }

    /** What is done again and again. */
    private interface Step {

      void run() throws Exception;
    }

    private static Step keep(Store store, VerifiedRecord record) {
      Digest expected = record.attestation().bundle().digest();
      return () -> {
        try (StoredRecord kept = store.keep(record)) {
          require(Digest.of(kept.bundleFile()).equals(expected));
        }
      };
    }

    /** Says so, and waits for its end. */
    private static Step keepOnce(Store store, VerifiedRecord record) {
      return () -> {
        store.keep(record);
        System.out.println("kept");
        new CountDownLatch(1).await();
      };
    }

    private static Step read(Store store) {
      return () -> {
        Optional<StoredEntry> entry = store.entries().find(REPO, KEY);
        Optional<FileHold> hold =
            entry.isPresent() ? store.entries().hold(entry.get()) : Optional.<FileHold>empty();
        if (hold.isPresent()) {
          try (FileHold _ = hold.get()) {
            require(Files.size(entry.get().bundleFile()) > 0);
            require(
                store.entries().list().stream()
                    .anyMatch(listed -> listed.entry().equals(entry.get())));
          }
        }
      };
    }

    private static void require(boolean holds) {
      if (!holds) {
        throw new AssertionError("another's bytes, or none");
      }
    }

    private static VerifiedRecord verified(Path directory, Path result) throws Exception {
      RecordVerifier verifier =
          new RecordVerifier(
              new CertificateValidator(
                  TrustAnchors.of(List.of(authority(directory))), RevocationLists.none()),
              AccessRule.anyone(),
              () -> CertificateMaker.NOW);
      return verifier.verify(
          verifier.verify(Attestation.of(Files.readAllBytes(result.resolve("attestation"))), KEY),
          result.resolve("bundle"),
          Files.createTempDirectory(directory, "unpacked"));
    }

    private static X509Certificate authority(Path directory) throws Exception {
      try (InputStream in = new ByteArrayInputStream(Files.readAllBytes(directory.resolve("ca")))) {
        return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
      }
    }
  }
}
