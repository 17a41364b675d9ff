package dev.peer.pki.cli;

import dev.peer.pki.issue.CertificateAuthority;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
    name = "init",
    description = {
      "Make a certificate authority",
      "Writes ca.pem, for PEER_CA of every peer, and ca-key.pem."
    },
    mixinStandardHelpOptions = true,
    footerHeading = Main.EXAMPLES,
    footer = {"  peer-pki init --dir pki", "  peer-pki init --dir pki --days 365"})
final class InitCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Option(
      names = "--dir",
      paramLabel = "DIR",
      defaultValue = ".",
      description = "Where the files go; made if missing. Default: here.")
  private Path directory;

  @Option(
      names = "--name",
      paramLabel = "CN",
      defaultValue = "peer trial CA",
      description = "The authority's common name. Default: ${DEFAULT-VALUE}.")
  private String name;

  @Option(
      names = "--days",
      paramLabel = "N",
      defaultValue = "3650",
      description = "How long it is good. Default: ${DEFAULT-VALUE}.")
  private int days;

  @Mixin private ForceOption force;

  @Override
  public Integer call() throws Exception {
    String commonName = Names.requireCommonName(spec, "--name", name);
    AuthorityFiles.Pair files = AuthorityFiles.ofAuthority(directory);
    if (!force.given()) {
      files.requireAbsent();
    }
    Files.createDirectories(directory);
    CertificateAuthority authority =
        CertificateAuthority.create(commonName, Names.requireDays(spec, days));
    AuthorityFiles.write(files, authority, force.given());
    spec.commandLine().getOut().println(files.certificate());
    spec.commandLine().getOut().println(files.key());
    return 0;
  }
}
