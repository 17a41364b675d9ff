package dev.peer.pages;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.peer.core.access.AccessRule;
import dev.peer.core.access.SignRules;
import dev.peer.core.find.Acceptance;
import dev.peer.core.id.Digest;
import dev.peer.core.store.StoredRecord;
import dev.peer.tls.TestAuthority;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResultDocumentTest {

  @TempDir private Path directory;

  @Test
  void isOneFileThatAllowsItsOwnStyleAlone() throws Exception {
    KeptRuns kept = new KeptRuns(new TestAuthority("team"), directory);
    String document;
    try (StoredRecord record =
            kept.add(
                KeptRuns.inputs("git.example.org/a", "test"),
                new KeptRuns.Traces(List.of("<b>bold\n"), Map.of("a.txt", "x"), Optional.empty()));
        OpenedResult opened = OpenedResult.of(record, kept.judge())) {
      document =
          new String(
              ResultDocument.of(
                  opened.verified(),
                  SignRules.everywhere(AccessRule.anyone()),
                  Acceptance.EVERYTHING),
              UTF_8);
    }

    String style =
        document.substring(document.indexOf("<style>") + 7, document.indexOf("</style>"));
    String hash =
        Base64.getEncoder()
            .encodeToString(HexFormat.of().parseHex(Digest.of(style.getBytes(UTF_8)).hex()));
    assertThat(document.replace("&#39;", "'"))
        .contains(
            "content=\"default-src 'none'; style-src 'sha256-" + hash + "'; base-uri 'none';",
            "&lt;b&gt;bold",
            "a.txt",
            "<span>post-test</span> <span>1.0 s</span>")
        .doesNotContain("/ui/", "<link", "<script", "http://", "https://", "src=");
  }
}
