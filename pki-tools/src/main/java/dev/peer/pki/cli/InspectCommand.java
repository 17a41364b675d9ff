package dev.peer.pki.cli;

import dev.peer.core.record.StrictJson;
import dev.peer.core.trust.Pem;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
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
      "Shows what the first certificate of a file says: whom it names, for what and until when, and"
          + " the terms by which PEER_ALLOW_FETCH, _ANNOUNCE and _SIGN can match it.",
      "Says nothing about whether it is trusted."
    },
    mixinStandardHelpOptions = true)
final class InspectCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "CERT", description = "A file with certificates in PEM.")
  private Path file;

  @Option(names = "--json", description = "Print one JSON object.")
  private boolean json;

  @Override
  public Integer call() throws Exception {
    List<X509Certificate> chain = Pem.certificates(file.toString(), AuthorityFiles.text(file));
    Inspection inspection = Inspection.of(chain.getFirst());
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.println(new String(StrictJson.bytes(inspection.toJson()), StandardCharsets.UTF_8));
    } else {
      inspection.lines().forEach(out::println);
    }
    out.flush();
    return 0;
  }
}
