package dev.peer.core.record;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.peer.core.id.Digest;
import dev.peer.core.json.JsonTree;
import dev.peer.core.secret.SecretScan;
import dev.peer.core.secret.SecretValue;
import dev.peer.core.secret.Secrets;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Bundles with links, directories and modes, and of more artifacts than an attestation names. */
class ManifestedBundleTest {

  private static final int MANY = 12_000;

  @TempDir private Path directory;

  private RunFiles files;
  private Path bundle;
  private Path target;
  private List<Artifact> many;
  private RunRecord record;

  @BeforeEach
  void makeRun() throws Exception {
    files = new RunFiles(Files.createDirectory(directory.resolve("files")));
    bundle = directory.resolve("bundle");
    target = Files.createDirectory(directory.resolve("target"));
    RunRecord made = Records.make(files, Map.of("report", "fine\n".getBytes(UTF_8)));
    many = new ArrayList<>(files.list(made.artifacts()));
    for (int i = 0; i < MANY; i++) {
      many.add(new Artifact.Link("links/to/report/" + i, "../../../report"));
    }
    many.sort(Comparator.comparing(Artifact::path));
    record =
        Records.record(
            made.inputs(), made.output(), ArtifactManifest.of(new Artifacts.Listed(many), files));
  }

  @Test
  void namesFewArtifactsInTheRecordItself() throws Exception {
    assertThat(ArtifactManifest.of(new Artifacts.Listed(many.subList(0, 100)), files))
        .isEqualTo(new Artifacts.Listed(many.subList(0, 100)));
  }

  @Test
  void namesManyInAFileOfTheBundle() throws Exception {
    assertThat(record.artifacts()).isInstanceOf(Artifacts.Manifested.class);
    assertThat(JsonTree.bytes(RunRecordJson.write(record))).hasSizeLessThan(4_096);
    Content content = BundleWriter.write(record, files, bundle).content();

    RunFiles unpacked = IncomingBundle.unpack(bundle, content, record, target);

    assertThat(unpacked.list(record.artifacts())).isEqualTo(many);
    assertThat(target.resolve("artifacts/report")).hasContent("fine\n");
    assertThat(target.resolve("artifacts/links")).doesNotExist();
  }

  @Test
  void neitherLinkNorDirectoryIsEverMadeOfABundle() throws Exception {
    RunRecord few =
        Records.record(
            record.output(),
            List.of(
                new Artifact.Link("a", "b"), new Artifact.Directory("c", FileMode.parse("0700"))));
    Content content = BundleWriter.write(few, files, bundle).content();

    RunFiles unpacked = IncomingBundle.unpack(bundle, content, few, target);

    assertThat(unpacked.artifacts()).doesNotExist();
  }

  @Test
  void refusesAListThatIsNotTheSignedOne() throws Exception {
    Content content = BundleWriter.write(record, files, bundle).content();
    Artifacts.Manifested said = (Artifacts.Manifested) record.artifacts();
    Content other = new Content(said.manifest().size(), Digest.of(new byte[0]));
    RunRecord lying =
        Records.record(
            record.inputs(),
            record.output(),
            new Artifacts.Manifested(said.count(), said.contentBytes(), other));

    assertThatThrownBy(() -> IncomingBundle.unpack(bundle, content, lying, target))
        .isInstanceOf(MalformedException.class)
        .hasMessageContaining("\"manifest\" has another digest");
  }

  @Test
  void writesNoListThatNamesAPathTwice() throws Exception {
    Path file = files.manifest();
    Files.writeString(file, Files.readString(file).replace("/9\"", "/8\""));

    assertThatThrownBy(() -> BundleWriter.write(record, files, bundle))
        .hasMessageContaining("two artifacts have the path");
  }

  @Test
  void refusesAListOfAnotherCountOrOfOtherSizes() throws Exception {
    Artifacts.Manifested said = (Artifacts.Manifested) record.artifacts();
    for (Artifacts.Manifested other :
        List.of(
            new Artifacts.Manifested(MANY, said.contentBytes(), said.manifest()),
            new Artifacts.Manifested(MANY + 2, said.contentBytes(), said.manifest()),
            new Artifacts.Manifested(said.count(), said.contentBytes() + 1, said.manifest()))) {
      Content content = BundleWriter.write(record, files, bundle).content();
      RunRecord lying = Records.record(record.inputs(), record.output(), other);

      assertThatThrownBy(() -> IncomingBundle.unpack(bundle, content, lying, emptyTarget()))
          .isInstanceOf(MalformedException.class);
      Files.delete(bundle);
    }
  }

  @Test
  void findsASecretInALinksTargetAndInALongList() throws Exception {
    Secrets secrets = Secrets.of(Map.of("TOKEN", SecretValue.of("../../../report")));

    assertThat(SecretScan.leak(secrets, record, files))
        .contains("the target of the link \"links/to/report/0\" holds the secret TOKEN");
  }

  private Path emptyTarget() throws IOException {
    return Files.createTempDirectory(directory, "into");
  }
}
