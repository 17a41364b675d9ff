package dev.peer.pki.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.peer.core.json.JsonTree;
import dev.peer.core.pem.Pem;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "inspect",
    description = {
      "Show what a certificate or a revocation list says",
      "For the first certificate of a file: its names, its purpose and lifetime, and the terms"
          + " by which PEER_ALLOW_FETCH, _ANNOUNCE and _SIGN can match it.",
      "Does not say whether it is trusted: `peer explain-cert` does, and `peer verify` for an"
          + " attestation."
    },
    mixinStandardHelpOptions = true,
    footerHeading = Main.EXAMPLES,
    footer = {"  peer-pki inspect laptop.pem", "  peer-pki inspect pki/crl.pem"})
final class InspectCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Parameters(
      paramLabel = "FILE",
      description = "Certificates in PEM, or revocation lists in PEM or DER.")
  private Path file;

  @Option(names = "--json", description = "Print a JSON object, on a line.")
  private boolean json;

  @Override
  public Integer call() throws Exception {
    byte[] bytes = AuthorityFiles.bytes(file, Pem.LARGEST_LIST);
    PrintWriter out = spec.commandLine().getOut();
    if (isRevocationList(bytes)) {
      for (X509CRL list : Pem.revocationLists(file.toString(), bytes)) {
        ListInspection inspection = ListInspection.of(list);
        show(out, inspection.lines(), inspection.toJson());
      }
    } else {
      List<X509Certificate> chain = Pem.certificates(file.toString(), AuthorityFiles.text(file));
      Inspection inspection = Inspection.of(chain.getFirst());
      show(out, inspection.lines(), inspection.toJson());
    }
    out.flush();
    return 0;
  }

  private void show(PrintWriter out, List<String> lines, ObjectNode object) {
    if (json) {
      out.println(new String(JsonTree.bytes(object), StandardCharsets.UTF_8));
    } else {
      lines.forEach(out::println);
    }
  }

  /** In DER, since certificates are read in PEM alone, or in PEM before any certificate. */
  private static boolean isRevocationList(byte[] bytes) {
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    int list = text.indexOf("-----BEGIN X509 CRL-----");
    int certificate = text.indexOf("-----BEGIN CERTIFICATE-----");
    return text.startsWith("0") || (list >= 0 && (certificate < 0 || list < certificate));
  }
}
