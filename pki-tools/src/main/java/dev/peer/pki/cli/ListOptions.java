package dev.peer.pki.cli;

import dev.peer.pki.issue.Validity;
import java.nio.file.Path;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** The options of the commands that write a revocation list. */
final class ListOptions {

  @Option(
      names = "--dir",
      paramLabel = "DIR",
      defaultValue = ".",
      description = "Where the authority's files are, and crl.pem. Default: here.")
  private Path directory;

  @Option(
      names = "--days",
      paramLabel = "N",
      defaultValue = "30",
      description =
          "When the next list is due: peers refuse an older one. Default: ${DEFAULT-VALUE}.")
  private int days;

  Path directory() {
    return directory;
  }

  Validity validity(CommandSpec spec) {
    return Names.requireDays(spec, days);
  }
}
