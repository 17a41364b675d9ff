package dev.peer.pki.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(
    name = "crl",
    description = {
      "Write the next revocation list",
      "Writes crl.pem, for PEER_CRL of every peer. It holds the entries of the last list and"
          + " replaces it."
    },
    mixinStandardHelpOptions = true,
    footerHeading = Main.EXAMPLES,
    footer = {"  peer-pki crl --dir pki --days 7"})
final class CrlCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Mixin private ListOptions list;

  @Override
  public Integer call() throws Exception {
    spec.commandLine()
        .getOut()
        .println(
            AuthorityFiles.writeRevocationList(
                list.directory(), list.validity(spec), (_, before) -> before));
    return 0;
  }
}
