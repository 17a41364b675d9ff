package dev.peer.cli.check;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.peer.cli.console.Output;
import dev.peer.cli.option.InputFile;
import dev.peer.cli.syntax.Option;
import dev.peer.cli.syntax.Positional;
import dev.peer.cli.syntax.Syntax;
import dev.peer.config.CallContext;
import dev.peer.config.PeerSettings;
import dev.peer.config.Settings;
import dev.peer.core.access.AccessRule;
import dev.peer.core.access.AccessRules;
import dev.peer.core.access.CertificateUse;
import dev.peer.core.access.CertificateUse.Verdict;
import dev.peer.core.id.RepoId;
import dev.peer.core.json.JsonTree;
import dev.peer.core.pem.Pem;
import dev.peer.core.trust.CertificateFacts;
import dev.peer.core.trust.CertificateFault;
import dev.peer.core.trust.CertificateValidator;
import dev.peer.core.trust.Identity;
import dev.peer.core.trust.UntrustedCertificateException;
import dev.peer.identity.RuleReader;
import dev.peer.identity.Verifiers;
import dev.peer.report.ExitCode;
import dev.peer.report.Facts;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** {@code peer explain-cert}. */
public final class ExplainCertCommand implements Callable<Integer> {

  private final CallContext call;
  private final Output output;

  private final Positional<Path> file =
      Positional.at(0, "CERT", Path.class, "a PEM file: the certificate, then its intermediates");

  private final Option<List<CertificateUse>> uses =
      Option.separated(
              "--for",
              "USE",
              CertificateUse.class,
              "ask about these alone: connect, serve, fetch, announce, sign, image, prepare")
          .readBy(new UseConverter());

  private final Option<RepoId> repo =
      Option.of(
              "--repo",
              "REPO",
              RepoId.class,
              "fetch, announce and sign results of this repository; else of any")
          .readBy(new RepoConverter());

  private final Option<String> target =
      Option.of("--target", "TARGET", String.class, "sign results of this target; else of any");

  private final Option<Instant> time =
      Option.of(
              "--at", "TIME", Instant.class, "at this time, such as 2030-01-31T12:00:00Z; else now")
          .readBy(new InstantConverter());

  private final Option<Boolean> json = Option.flag("--json", "print JSON");

  public ExplainCertCommand(CallContext call, Output output) {
    this.call = call;
    this.output = output;
  }

  static final class UseConverter implements ITypeConverter<CertificateUse> {
    @Override
    public CertificateUse convert(String text) {
      return Arrays.stream(CertificateUse.values())
          .filter(use -> name(use).equals(text))
          .findFirst()
          .orElseThrow(
              () ->
                  new TypeConversionException(
                      "connect, serve, fetch, announce, sign or image expected: " + text));
    }
  }

  static final class RepoConverter implements ITypeConverter<RepoId> {
    @Override
    public RepoId convert(String text) {
      try {
        return new RepoId(text);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(e.getMessage());
      }
    }
  }

  static final class InstantConverter implements ITypeConverter<Instant> {
    @Override
    public Instant convert(String text) {
      try {
        return Instant.parse(text);
      } catch (DateTimeParseException e) {
        throw new TypeConversionException("a time such as 2030-01-31T12:00:00Z expected: " + text);
      }
    }
  }

  /** How it is called. */
  public Syntax syntax() {
    return Syntax.of(
            "explain-cert",
            this,
            "Show what a certificate may do here, and why not",
            "Judges by PEER_CA, PEER_CRL and the PEER_ALLOW_ rules of your environment. Shows how"
                + " to fix what is wrong. Needs no network.",
            "Exit code 0: every requested use is allowed; 5: one is not.")
        .examples(
            "  peer explain-cert laptop.pem",
            "  peer explain-cert laptop.pem --for sign,fetch --repo github.com/team/x",
            "  peer explain-cert laptop.pem --for sign --repo team/x --target publish",
            "  peer explain-cert laptop.pem --at 2030-01-31T12:00:00Z")
        .takes(file, uses, repo, target, time, json);
  }

  @Override
  public Integer call() throws Exception {
    Settings variables = call.settings();
    output.warn(variables);
    PeerSettings settings = PeerSettings.of(variables);
    CertificateValidator validator = Verifiers.validator(settings);
    AccessRules rules = RuleReader.rules(settings);
    List<X509Certificate> chain =
        Pem.certificates(
            file.value().toString(),
            new String(InputFile.read(file.value(), Pem.LONGEST), StandardCharsets.UTF_8));
    Instant at = time.given().orElseGet(Instant::now);
    List<CertificateUse> asked =
        uses.value().isEmpty() ? List.of(CertificateUse.values()) : uses.value();
    Map<CertificateUse, Verdict> verdicts = new EnumMap<>(CertificateUse.class);
    for (CertificateUse use : asked) {
      verdicts.put(use, use.judge(validator, rules, chain, repo.given(), target.given(), at));
    }
    boolean all = verdicts.values().stream().allMatch(Verdict.Admitted.class::isInstance);
    ExitCode exitCode = all ? ExitCode.PASSED : ExitCode.NOTHING_VERIFIED;
    if (json.value()) {
      output.print(Facts.text(json(chain.getFirst(), verdicts, at, exitCode)));
    } else {
      show(chain.getFirst(), verdicts);
    }
    return exitCode.number();
  }

  private void show(X509Certificate certificate, Map<CertificateUse, Verdict> verdicts) {
    output.print(Facts.line("certificate", Facts.of(CertificateFacts.of(certificate))));
    identity(certificate)
        .ifPresent(
            identity -> {
              output.print(Facts.line("peer", identity.id().text()));
              output.print(
                  Facts.line("rule terms", String.join("  ", AccessRule.termsFor(identity))));
            });
    verdicts.forEach(this::show);
  }

  private void show(CertificateUse use, Verdict verdict) {
    switch (verdict) {
      case Verdict.Admitted(List<String> by) ->
          output.print(
              Facts.line(name(use), "yes" + (by.isEmpty() ? "" : ", by " + String.join("; ", by))));
      case Verdict.Refused(List<CertificateFault> faults) -> {
        output.print(Facts.line(name(use), "no"));
        for (CertificateFault fault : faults) {
          output.print(Facts.line("", "- " + fault.what()));
          output.print(Facts.line("", "  fix: " + fault.mend()));
        }
      }
    }
  }

  private ObjectNode json(
      X509Certificate certificate,
      Map<CertificateUse, Verdict> verdicts,
      Instant at,
      ExitCode exitCode) {
    ObjectNode answer = JsonTree.object();
    answer.put("admitted", exitCode == ExitCode.PASSED);
    answer.put("exitCode", exitCode.number());
    answer.put("at", at.toString());
    answer.set("certificate", Facts.json(CertificateFacts.of(certificate)));
    identity(certificate)
        .ifPresent(
            identity -> {
              answer.put("peer", identity.id().text());
              AccessRule.termsFor(identity).forEach(answer.putArray("ruleTerms")::add);
            });
    ArrayNode all = answer.putArray("uses");
    verdicts.forEach((use, verdict) -> addTo(all, use, verdict));
    return answer;
  }

  private static void addTo(ArrayNode all, CertificateUse use, Verdict verdict) {
    ObjectNode one = all.addObject();
    one.put("use", name(use));
    switch (verdict) {
      case Verdict.Admitted(List<String> by) -> {
        one.put("admitted", true);
        by.forEach(one.putArray("by")::add);
      }
      case Verdict.Refused(List<CertificateFault> faults) -> {
        one.put("admitted", false);
        ArrayNode array = one.putArray("faults");
        faults.forEach(
            fault -> array.addObject().put("what", fault.what()).put("mend", fault.mend()));
      }
    }
  }

  /** Empty if the certificate has no name: each verdict says so. */
  private static Optional<Identity> identity(X509Certificate certificate) {
    try {
      return Optional.of(Identity.of(certificate));
    } catch (UntrustedCertificateException e) {
      return Optional.empty();
    }
  }

  private static String name(CertificateUse use) {
    return use.name().toLowerCase(Locale.ROOT);
  }
}
