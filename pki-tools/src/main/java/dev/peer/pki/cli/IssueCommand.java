package dev.peer.pki.cli;

import dev.peer.pki.issue.CertificateAuthority;
import dev.peer.pki.issue.CertificateRequest;
import dev.peer.pki.issue.KeyType;
import dev.peer.pki.issue.Purpose;
import dev.peer.pki.issue.SigningRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PublicKey;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "issue",
    description = {
      "Make a key and a certificate for a peer",
      "Writes NAME.pem, for PEER_CERT, and NAME-key.pem, for PEER_KEY. The peer's name is"
          + " urn:peer:NAME unless --uri gives another."
    },
    mixinStandardHelpOptions = true,
    footerHeading = Main.EXAMPLES,
    footer = {
      "  peer-pki issue laptop --dir pki",
      "  peer-pki issue meet --dir pki --server",
      "  peer-pki issue laptop --dir pki --csr request.pem",
      "  peer-pki issue tsa --dir pki --tsa --days 364"
    })
final class IssueCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "NAME", description = "The common name, and the files' name.")
  private String name;

  @Option(
      names = "--dir",
      paramLabel = "DIR",
      defaultValue = ".",
      description = "Where the authority's files are. Default: here.")
  private Path directory;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Where the new files go; made if missing. Default: as --dir.")
  private Path out;

  @Option(
      names = "--uri",
      paramLabel = "URI",
      description = "A URI that names the peer; the first is what it is called.")
  private List<String> uris = List.of();

  @Option(names = "--dns", paramLabel = "NAME", description = "A DNS name of the peer.")
  private List<String> dnsNames = List.of();

  @Option(
      names = "--ip",
      paramLabel = "ADDRESS",
      description = "An IP address of the peer; one of IPv6 with or without brackets.")
  private List<String> addresses = List.of();

  @Option(names = "--ou", paramLabel = "OU", description = "The organizational unit.")
  private String organizationalUnit;

  @Option(
      names = "--days",
      paramLabel = "N",
      defaultValue = "90",
      description = "How long it is good. Default: ${DEFAULT-VALUE}.")
  private int days;

  @Option(
      names = "--key-type",
      paramLabel = "TYPE",
      description = "${COMPLETION-CANDIDATES}. Default: p256.")
  private KeyType keyType;

  @Option(
      names = "--csr",
      paramLabel = "FILE",
      description =
          "Certify the key of this request (`peer join URL --csr` makes one), and write NAME.pem"
              + " alone. Nothing else of the request counts. --force deletes a NAME-key.pem that is"
              + " another key.")
  private Path csr;

  @Option(
      names = "--server",
      description =
          "For a rendezvous or a relay: it serves, and can sign no result. Not for a peer.")
  private boolean server;

  @Option(
      names = "--tsa",
      description =
          "For a time-stamping authority and nothing else: --tsa-cert and --tsa-key of a"
              + " rendezvous.")
  private boolean tsa;

  @Mixin private ForceOption force;

  @Override
  public Integer call() throws Exception {
    CertificateRequest request = request();
    Path target = out == null ? directory : out;
    AuthorityFiles.Pair files = AuthorityFiles.ofPeer(target, name);
    if (!force.given()) {
      files.requireAbsent();
    }
    CertificateAuthority authority = AuthorityFiles.read(directory);
    Files.createDirectories(target);
    requireEndBefore(authority, request);
    try {
      if (csr == null) {
        AuthorityFiles.write(files, authority.issue(request), force.given());
      } else {
        PublicKey key = SigningRequest.key(csr.toString(), AuthorityFiles.text(csr));
        AuthorityFiles.write(files, authority.certify(request, key), force.given());
      }
    } catch (IllegalArgumentException e) {
      throw new CommandException(e.getMessage(), "see peer-pki issue --help");
    }
    spec.commandLine().getOut().println(files.certificate());
    if (csr == null) {
      spec.commandLine().getOut().println(files.key());
    }
    return 0;
  }

  private CertificateRequest request() {
    Names.requireName(spec, name);
    if (csr != null && keyType != null) {
      throw new ParameterException(
          spec.commandLine(), "--csr and --key-type: the request has a key already");
    }
    CertificateRequest request =
        CertificateRequest.named(name)
            .keyType(keyType == null ? KeyType.P256 : keyType)
            .validity(Names.requireDays(spec, days));
    for (String uri : uris.isEmpty() ? List.of(CertificateRequest.uriOf(name)) : uris) {
      request = request.uri(uri);
    }
    for (String dnsName : dnsNames) {
      request = request.dns(dnsName);
    }
    for (String address : addresses) {
      request = request.ip(Names.requireAddress(spec, address));
    }
    if (server && tsa) {
      throw new ParameterException(
          spec.commandLine(),
          "--server and --tsa: a time-stamping authority has its own certificate");
    }
    if (server) {
      request = request.purposes(Purpose.SERVER_AUTH);
    }
    if (tsa) {
      request = request.purposes(Purpose.TIME_STAMPING);
    }
    return organizationalUnit == null
        ? request
        : request.ou(Names.requireCommonName(spec, "--ou", organizationalUnit));
  }

  private static void requireEndBefore(CertificateAuthority authority, CertificateRequest request)
      throws CommandException {
    if (request.validity().until().isAfter(authority.certificate().getNotAfter().toInstant())) {
      throw new CommandException(
          "the certificate would be good for longer than the authority's, which ends at "
              + authority.certificate().getNotAfter().toInstant(),
          "ask for fewer --days, or make a new authority");
    }
  }
}
