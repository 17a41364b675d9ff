package dev.peer.core.secret;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.peer.core.key.RunInputs;
import dev.peer.core.record.OutputStreamName;
import dev.peer.core.record.Records;
import dev.peer.core.record.RunFiles;
import dev.peer.core.record.RunRecord;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** No secret in anything that a result makes public. */
class SecretScanTest {

  private static final String VALUE = "s3cret \"value\"";

  @TempDir private Path directory;

  private RunFiles files;
  private Secrets secrets;

  @BeforeEach
  void make() throws Exception {
    files = new RunFiles(directory);
    secrets =
        Secrets.of(
            Map.of("OTHER", SecretValue.of("another secret"), "TOKEN", SecretValue.of(VALUE)));
  }

  private Optional<String> leak(String artifact, String content) throws IOException {
    RunRecord record =
        Records.make(files, Map.of("a.txt", new byte[0], artifact, content.getBytes(UTF_8)));
    return SecretScan.leak(secrets, record, files);
  }

  @Test
  void passesAResultWithoutAny() throws Exception {
    assertThat(leak("report.txt", "s3cret \"value and TOKEN")).isEmpty();
  }

  @Test
  void namesTheArtifactAndTheSecret() throws Exception {
    assertThat(leak("dir/report.txt", "x".repeat(100_000) + VALUE))
        .contains("the artifact \"dir/report.txt\" holds the secret TOKEN");
  }

  /** As the file of a disk: blocks of other files, zeros, and a value that nothing names. */
  @Test
  void findsAValueAmongTheBytesOfADisk() throws Exception {
    Path disk = directory.resolve("disk");
    byte[] blocks = new byte[300_000];
    Files.write(disk, blocks);
    assertThat(SecretScan.firstIn(secrets, disk)).isEmpty();

    for (String form :
        List.of(
            VALUE,
            URLEncoder.encode(VALUE, UTF_8),
            Base64.getEncoder().encodeToString((":" + VALUE).getBytes(UTF_8)))) {
      byte[] held = blocks.clone();
      System.arraycopy(form.getBytes(UTF_8), 0, held, 131_070, form.length());
      Files.write(disk, held);
      assertThat(SecretScan.firstIn(secrets, disk)).contains("TOKEN");
    }
  }

  @Test
  void findsTheEncodedForms() throws Exception {
    String encoded = Base64.getEncoder().encodeToString(("a" + VALUE).getBytes(UTF_8));

    assertThat(leak("report.txt", "0" + encoded.substring(1))).isPresent();
    assertThat(leak("report.txt", "s3cret+%22value%22")).isPresent();
    assertThat(leak("report.txt", "{\"a\": \"s3cret \\\"value\\\"\"}")).isPresent();
  }

  @Test
  void findsItInTheNameOfAnArtifactAndDoesNotShowIt() throws Exception {
    assertThat(leak("dir/another secret.txt", ""))
        .contains("the name of the artifact \"dir/***.txt\" holds the secret OTHER");
  }

  @Test
  void findsItInTheOutput() throws Exception {
    RunRecord record = Records.make(files, Map.of());
    Files.writeString(files.output(OutputStreamName.STDERR), VALUE);

    assertThat(SecretScan.leak(secrets, record, files)).contains("stderr holds the secret TOKEN");
  }

  @Test
  void findsItInTheRecord() throws Exception {
    RunRecord made = Records.make(files, Map.of());
    RunInputs inputs = made.inputs();
    RunInputs withValue =
        new RunInputs(
            inputs.repo(),
            inputs.tree(),
            inputs.commit(),
            inputs.target(),
            List.of(),
            new TreeMap<>(Map.of("URL", "https://me:" + VALUE + "@example.org")),
            inputs.image(),
            inputs.architecture(),
            inputs.network());
    RunRecord record = Records.record(withValue, made.output(), List.of());

    assertThat(SecretScan.leak(secrets, record, files))
        .contains("the record, with its counted variables and arguments, holds the secret TOKEN");
  }
}
