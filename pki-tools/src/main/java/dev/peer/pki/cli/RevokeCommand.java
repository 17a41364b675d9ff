package dev.peer.pki.cli;

import dev.peer.core.pem.Pem;
import dev.peer.pki.issue.CertificateAuthority;
import dev.peer.pki.issue.RevocationReason;
import dev.peer.pki.issue.Revocations;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "revoke",
    description = {
      "Revoke a certificate, and write the next revocation list",
      "Writes crl.pem, for PEER_CRL of every peer. The revocation takes effect now. The list"
          + " is the only record of what was revoked: keep it."
    },
    mixinStandardHelpOptions = true,
    footerHeading = Main.EXAMPLES,
    footer = {"  peer-pki revoke laptop.pem --dir pki --reason key-compromise"})
final class RevokeCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Parameters(
      paramLabel = "CERT",
      description = "A file with the certificate in PEM, the first if there are several.")
  private Path file;

  @Option(
      names = "--reason",
      paramLabel = "REASON",
      defaultValue = "unspecified",
      description = "${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
  private RevocationReason reason;

  @Mixin private ListOptions list;

  @Override
  public Integer call() throws Exception {
    X509Certificate certificate =
        Pem.certificates(file.toString(), AuthorityFiles.text(file)).getFirst();
    spec.commandLine()
        .getOut()
        .println(
            AuthorityFiles.writeRevocationList(
                list.directory(),
                list.validity(spec),
                (authority, before) -> revoked(authority, before, certificate)));
    return 0;
  }

  private Revocations revoked(
      CertificateAuthority authority, Revocations before, X509Certificate certificate)
      throws CommandException {
    if (!authority.hasIssued(certificate)) {
      throw new CommandException(
          file + " was not issued by the authority in " + list.directory(),
          "only who issued a certificate can revoke it: `peer-pki inspect` shows who that was");
    }
    return before.and(certificate, Instant.now().truncatedTo(ChronoUnit.SECONDS), reason);
  }
}
