package dev.peer.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.peer.Links;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The installed documents, manual and completions, the latter as man and bash take them. */
@Timeout(900)
class ManualIT {

  @Test
  void manHasNothingToSayAgainstAnyPage() throws Exception {
    List<String> command = new ArrayList<>(List.of("man", "--warnings", "--local-file"));
    List<Path> pages;
    try (var files = Files.list(Dist.home().resolve("share/man/man1"))) {
      pages = files.sorted().toList();
    }
    assertThat(pages).extracting(page -> page.getFileName().toString()).contains("peer-run.1");
    pages.forEach(page -> command.add(page.toString()));

    Said said = run(command);

    assertThat(said.stderr()).isEmpty();
    assertThat(said.exitCode()).isZero();
    assertThat(said.stdout()).contains("EXAMPLES", "peer run --exit lint", "PEER-PKI-ISSUE(1)");
  }

  @Test
  void bashCompletesCommandsAndOptions() throws Exception {
    assertThat(completed("peer", "re"))
        .contains("replay", "relay", "rendezvous")
        .doesNotContain("run");
    assertThat(completed("peer", "run", "--fr")).contains("--fresh", "--freeze");
    assertThat(completed("peer-pki", "rev")).contains("revoke");
  }

  @Test
  void everyLinkOfAnInstalledDocumentLeadsSomewhere() throws Exception {
    List<Path> documents = Links.documents(Dist.home().resolve("share"));

    assertThat(documents)
        .contains(Dist.home().resolve("share/image/README.md"))
        .contains(Dist.home().resolve("share/examples/deploy/README.md"));
    assertThat(Links.broken(documents)).isEmpty();
  }

  /** What bash's own completion function offers for the last word. */
  private static String completed(String... words) throws Exception {
    Path completions = Dist.home().resolve("share/bash-completion/completions");
    String script =
        """
        compopt() { :; }
        source %s
        COMP_WORDS=(%s) COMP_CWORD=%d
        function=$(complete -p %s | sed 's/.*-F \\([^ ]*\\).*/\\1/')
        $function
        printf '%%s\\n' "${COMPREPLY[@]}"
        """
            .formatted(
                completions.resolve(words[0]), String.join(" ", words), words.length - 1, words[0]);

    Said said = run(List.of("bash", "-c", script));

    assertThat(said.stderr()).isEmpty();
    return said.stdout();
  }

  private record Said(int exitCode, String stdout, String stderr) {}

  private static Said run(List<String> command) throws Exception {
    Path errors = Files.createTempFile("said", "");
    try {
      ProcessBuilder builder = new ProcessBuilder(command).redirectError(errors.toFile());
      builder.environment().put("MANPAGER", "cat");
      builder.environment().put("LC_ALL", "C.UTF-8");
      Process process = builder.start();
      process.getOutputStream().close();
      String stdout = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return new Said(process.waitFor(), stdout, Files.readString(errors));
    } finally {
      Files.delete(errors);
    }
  }
}
