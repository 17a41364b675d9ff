package dev.peer.core.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.peer.core.id.RepoId;
import dev.peer.core.id.RunKey;
import dev.peer.core.record.Records;
import dev.peer.core.sign.KeptLists;
import dev.peer.core.sign.Signing;
import dev.peer.core.sign.VerifiedRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoreTest {

  private static final RepoId REPO = Records.inputs().repo();
  private static final RunKey KEY = Records.inputs().key();

  @TempDir private Path directory;

  private Signing signing;
  private Store store;

  @BeforeEach
  void openStore() throws Exception {
    signing = new Signing();
    store = Store.open(directory.resolve("store"), 1);
  }

  @Test
  void findsWhatItKept() throws Exception {
    Signing.Result result = signing.result(directory.resolve("a"), "a");
    byte[] bundle = Files.readAllBytes(result.bundle());

    try (StoredRecord kept = keep(result)) {
      StoredEntry found = store.find(REPO, KEY).orElseThrow();

      assertThat(found.attestation()).isEqualTo(result.attestation());
      assertThat(found.bundleFile()).hasBinaryContent(bundle);
      assertThat(kept.bundleFile()).isEqualTo(found.bundleFile());
      assertThat(kept.bundle().size()).isEqualTo(bundle.length);
    }
  }

  @Test
  void findsNothingElse() throws Exception {
    keep(signing.result(directory.resolve("a"), "a")).close();

    assertThat(store.find(new RepoId("another"), KEY)).isEmpty();
    assertThat(store.find(REPO, RunKey.ofHex("0".repeat(64)))).isEmpty();
  }

  @Test
  void findsARunByTheFirstDigitsOfItsKey() throws Exception {
    Signing.Result result = signing.result(directory.resolve("a"), "a");
    try (StoredRecord kept = keep(result)) {
      Path entry = kept.bundleFile().getParent();
      Files.createDirectory(entry.getParent().resolveSibling(KEY.hex() + ".old"));

      for (String prefix : List.of("", KEY.hex().substring(0, 1), KEY.hex())) {
        assertThat(store.findByPrefix(prefix))
            .containsOnlyKeys(KEY)
            .extractingByKey(KEY)
            .isEqualTo(new StoredEntry(result.attestation(), kept.bundleFile(), KeptLists.NONE));
      }
      assertThat(store.findByPrefix("0".repeat(64))).isEmpty();
      assertThat(store.findByPrefix(KEY.hex().substring(1))).isEmpty();
      assertThat(Store.entryIn(entry))
          .isEqualTo(new StoredEntry(result.attestation(), kept.bundleFile(), KeptLists.NONE));
      assertThatThrownBy(() -> Store.entryIn(directory)).isInstanceOf(NoSuchFileException.class);
    }
  }

  @Test
  void listsWhatItKeepsTheNewestFirst() throws Exception {
    Store large = Store.open(directory.resolve("large"), 2);
    Signing.Result first = signing.result(directory.resolve("a"), "a");
    Signing.Result second = signing.result(directory.resolve("b"), "b");
    assertThat(large.list()).isEmpty();
    StoredRecord older = large.keep(verified(first));
    age(older);
    older.close();
    large.keep(verified(second)).close();

    assertThat(large.list(REPO))
        .extracting(listed -> listed.entry().attestation())
        .containsExactly(second.attestation(), first.attestation());
    assertThat(large.list()).isEqualTo(large.list(REPO)).hasSize(2);
    assertThat(large.list().getFirst().key()).isEqualTo(KEY);
    assertThat(large.list().getFirst().bundleBytes())
        .isEqualTo(Files.size(large.find(REPO, KEY).orElseThrow().bundleFile()));
    assertThat(large.list(new RepoId("another"))).isEmpty();
  }

  @Test
  void keepsTheRevocationListsThatWereLookedAt() throws Exception {
    Signing.Result result = signing.result(directory.resolve("a"), "a");
    keep(result).close();
    assertThat(store.find(REPO, KEY).orElseThrow().lists()).isEqualTo(KeptLists.NONE);
    store.drop(REPO, KEY);

    signing.revokeNobody();
    keep(signing.result(directory.resolve("b"), "b")).close();

    KeptLists kept = store.find(REPO, KEY).orElseThrow().lists();
    assertThat(kept.pem()).startsWith("-----BEGIN X509 CRL-----");
    assertThat(signing.verified(signing.result(directory.resolve("c"), "c"), unpack()))
        .extracting(verified -> verified.attestation().lists())
        .isEqualTo(kept);
  }

  @Test
  void keepsTheNewestAloneUnlessAnOlderOneIsServed() throws Exception {
    Signing.Result first = signing.result(directory.resolve("a"), "a");
    Signing.Result second = signing.result(directory.resolve("b"), "b");
    Signing.Result third = signing.result(directory.resolve("c"), "c");
    StoredRecord served = keep(first);
    age(served);
    StoredRecord left = keep(second);
    age(left);
    left.close();

    keep(third).close();

    assertThat(served.bundleFile()).exists();
    assertThat(left.bundleFile()).doesNotExist();
    assertThat(store.find(REPO, KEY).orElseThrow().attestation()).isEqualTo(third.attestation());
    served.close();
  }

  @Test
  void keepsAResultOnce() throws Exception {
    Signing.Result result = signing.result(directory.resolve("a"), "a");
    keep(result).close();

    keep(result).close();

    try (Stream<Path> files = Files.walk(directory.resolve("store"))) {
      assertThat(files.filter(file -> file.endsWith("bundle.tar.zst"))).hasSize(1);
    }
  }

  @Test
  void mendsADamagedBundleThatComesAgain() throws Exception {
    Signing.Result result = signing.result(directory.resolve("a"), "a");
    byte[] bundle = Files.readAllBytes(result.bundle());
    StoredRecord kept = keep(result);
    kept.close();
    Files.write(kept.bundleFile(), "damaged".getBytes(UTF_8));

    keep(result).close();

    assertThat(kept.bundleFile()).hasBinaryContent(bundle);
  }

  @Test
  void dropsWhatIsToBeDropped() throws Exception {
    keep(signing.result(directory.resolve("a"), "a")).close();

    store.drop(REPO, KEY);

    assertThat(store.find(REPO, KEY)).isEmpty();
  }

  @Test
  void leavesNothingInItsStagingDirectory() throws Exception {
    keep(signing.result(directory.resolve("a"), "a")).close();

    assertThat(directory.resolve("store/staging")).isEmptyDirectory();
  }

  private StoredRecord keep(Signing.Result result) throws Exception {
    return store.keep(verified(result));
  }

  private VerifiedRecord verified(Signing.Result result) throws Exception {
    return signing.verified(result, unpack());
  }

  private Path unpack() throws IOException {
    return Files.createTempDirectory(directory, "unpacked");
  }

  private static void age(StoredRecord record) throws Exception {
    Path entry = record.bundleFile().getParent();
    FileTime before = Files.getLastModifiedTime(entry);
    Instant older = before.toInstant().minusSeconds(60);
    Files.setLastModifiedTime(entry, FileTime.from(older));
  }
}
